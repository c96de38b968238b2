import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { AnyMessage, Message, MessageKind } from './message.ts'

/**
 * What is done around the handlers of all messages of some kinds: logging, transactions, permissions.
 *
 * `Adds` are the failures with which it may answer by itself; `send` shows them for messages of its kinds.
 * The first behaviour that is used is the outermost. One that only looks at some messages returns `next(…)`
 * without `async`: passing through then costs nothing. Failures of its own want the type written out, as below.
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { type Behaviour, Command, MediatorBuilder } from '@ashlar/mediator'
 * import { err, type Failure, failure, ok } from '@ashlar/result'
 *
 * type NotSignedIn = Failure<'NotSignedIn'>
 *
 * const signedIn: Behaviour<'command', NotSignedIn> = {
 *   name: 'signedIn',
 *   kinds: ['command'],
 *   handle(message, context, next) {
 *     if (context.userId !== undefined) return next(message, context)
 *     return Promise.resolve(err(failure('NotSignedIn', `${message.type} is for users who are signed in`)))
 *   },
 * }
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const mediator = new MediatorBuilder()
 *   .use(signedIn)
 *   .handle(OpenCart, async () => ok())
 *   .build()
 * const result = await mediator.send(new OpenCart(), createContext())
 * console.log(result.isErr() && result.error.type)
 * ```
 */
export interface Behaviour<out Kind extends MessageKind = MessageKind, out Adds extends AnyFailure = never> {
  /** For people who look at the pipeline. */
  readonly name: string
  /** The kinds of messages that it is put around; others never meet it. */
  readonly kinds: readonly Kind[]
  /** The names of the messages that it is put around; all of its kinds unless told. Looked at once, by `build`. */
  readonly types?: ReadonlySet<string>
  /**
   * Says that it may call `next` more than once for one message, as a behaviour that retries does; false unless told.
   * All that follows then runs again with each call.
   */
  readonly repeats?: boolean
  /**
   * Passes the message on, or answers by itself.
   *
   * @param message - of one of `kinds`
   * @param context - of the call
   * @param next - the rest of the pipeline
   * @returns what `next` returned, or one of its own failures
   * @throws what it throws rejects `send`, unchanged
   */
  handle<Value, Fails extends AnyFailure>(
    message: Message<Kind, unknown, AnyFailure>,
    context: Context,
    next: Next<Value, Fails>,
  ): Promise<Result<Value, Fails | Adds>>
}

/**
 * The rest of a pipeline, down to the handler; whatever that throws at once, comes back as a rejection.
 *
 * It takes the message that came in or another one of the same `type`, and the same or another context, and rejects
 * with the reason of the context's signal when that is aborted. Only two mistakes of the behaviour itself are thrown
 * at once, so that a call whose promise is forgotten does not hide them: {@link NextCalledTwiceError} for a second
 * call by a behaviour that does not say `repeats`, and {@link MessageSwappedError} for a message of another `type`.
 * @see {@link Behaviour} for an example
 */
export type Next<Value, Fails extends AnyFailure> = (
  message: AnyMessage,
  context: Context,
) => Promise<Result<Value, Fails>>

/** Failures that a behaviour adds to the messages of some kinds; lives in types only. */
export interface Adds<out Kind extends MessageKind, out Fails extends AnyFailure> {
  /** Whose answers grow. */
  readonly kind: Kind
  /** By what they grow. */
  readonly fails: Fails
}

/** All failures that behaviours add to messages of a kind. */
export type AddedFor<Added extends Adds<MessageKind, AnyFailure>, Kind extends MessageKind> =
  Added extends Adds<infer Kinds, infer Fails> ? (Kind extends Kinds ? Fails : never) : never
