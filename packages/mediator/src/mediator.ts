import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { AddedFor, Adds } from './behaviour.ts'
import { type Step, settle } from './chain.ts'
import { type InvalidInput, type ParsableClass, whenParsed } from './input.ts'
import type {
  Answerable,
  AnyMessage,
  FailsOf,
  MessageKind,
  Sendable,
  StreamMessage,
  ValueOf,
} from './message.ts'
import type { Notification } from './notification.ts'
import type { NotificationFailed, Publication, PublishStrategy } from './publishing.ts'
import { watchStream } from './watch-stream.ts'

/** A message reached a mediator that has no handler for it; only possible where types were left behind. */
export class HandlerNotFoundError extends Error {
  override readonly name = 'HandlerNotFoundError'
  readonly code = 'ASHLAR_MEDIATOR_HANDLER_NOT_FOUND'
  /** The message's name. */
  readonly messageType: string

  constructor(messageType: string, advice: string) {
    super(`no handler for message "${messageType}": ${advice}`)
    this.messageType = messageType
  }
}

/** What {@link MediatorBuilder.build} hands over: one compiled chain per message type, found by name. */
export interface Chains {
  readonly sendable: ReadonlyMap<string, Step>
  readonly streams: ReadonlyMap<string, Step>
  readonly notifications: ReadonlyMap<string, Publication>
  /** Behaviours of notifications around nothing, for those that nobody hears. */
  readonly unheard: Step
}

/**
 * Brings messages to their handlers, through the behaviours; made by {@link MediatorBuilder.build}.
 *
 * `Handled` are the messages that it accepts. Who asks for `Mediator<AddItem>` also takes one that handles more.
 * @example
 * ```ts
 * import { createContext } from '@ashlar/kernel'
 * import { type Mediator, MediatorBuilder, Query } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class CountCarts extends Query<number> {
 *   static readonly type = 'CountCarts'
 *   readonly type = 'CountCarts'
 * }
 *
 * const mediator: Mediator<CountCarts> = new MediatorBuilder().handle(CountCarts, async () => ok(3)).build()
 * const result = await mediator.send(new CountCarts(), createContext())
 * console.log(result._unsafeUnwrap())
 * ```
 */
export class Mediator<
  in Handled extends Answerable,
  out Added extends Adds<MessageKind, AnyFailure> = never,
> {
  /** Carries what behaviours add; absent at run time. */
  declare readonly '~added': Added
  readonly #sendable: ReadonlyMap<string, Step>
  readonly #streams: ReadonlyMap<string, Step>
  readonly #notifications: ReadonlyMap<string, Publication>
  readonly #unheard: Step

  constructor(chains: Chains) {
    this.#sendable = chains.sendable
    this.#streams = chains.streams
    this.#notifications = chains.notifications
    this.#unheard = chains.unheard
  }

  /**
   * Sends a command or query to its handler.
   *
   * @param message - one whose class was handed to `handle`; others don't compile
   * @param context - of the request
   * @returns the message's value, or one of its own failures or of those that behaviours add to its kind
   * @throws `context.signal.reason` when aborted before the handler is called; {@link HandlerNotFoundError}; whatever
   *   the handler or a behaviour throws, unchanged; {@link NextCalledTwiceError} or {@link MessageSwappedError} of a
   *   behaviour that is mistaken
   * @example See {@link Command}.
   */
  send<M extends Handled>(
    message: M & Sendable,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | AddedFor<Added, M['kind']>>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    const chain = this.#sendable.get(message.type)
    if (chain === undefined) return Promise.reject(notFound(message, 'send'))
    return settle(chain, message, context) as ReturnType<typeof this.send<M>>
  }

  /**
   * Checks input against the message's schema, makes the message and sends it.
   *
   * @param message - a class with a `static readonly schema`, which may answer with a promise
   * @param input - anything, as it came from outside
   * @param context - of the request
   * @returns as {@link Mediator.send}, or `InvalidInput` with every issue and its path; behaviours never see that
   * @throws as {@link Mediator.send}, whatever the schema itself throws, and {@link SchemaAnswerError}
   * @example
   * ```ts
   * import { createContext } from '@ashlar/kernel'
   * import { Command, MediatorBuilder } from '@ashlar/mediator'
   * import { ok } from '@ashlar/result'
   * import * as v from 'valibot'
   *
   * class OpenCart extends Command<string> {
   *   static readonly type = 'OpenCart'
   *   static readonly schema = v.strictObject({ cartId: v.string() })
   *   readonly type = 'OpenCart'
   *   readonly cartId: string
   *   constructor(data: { cartId: string }) {
   *     super()
   *     this.cartId = data.cartId
   *   }
   * }
   *
   * const mediator = new MediatorBuilder().handle(OpenCart, async ({ cartId }) => ok(cartId)).build()
   * const result = await mediator.sendInput(OpenCart, JSON.parse('{ "cartId": 42 }'), createContext())
   * console.log(result.isErr() && result.error.issues)
   * ```
   */
  sendInput<M extends Handled, Output>(
    message: ParsableClass<M & Sendable, Output>,
    input: unknown,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | AddedFor<Added, M['kind']> | InvalidInput>> {
    return whenParsed(message, input, context.signal, (parsed) =>
      parsed.isErr() ? Promise.resolve(parsed as never) : this.send<M>(parsed.value, context),
    )
  }

  /**
   * Asks a stream query; behaviours surround the start, not the items.
   *
   * The items stop when `context.signal` is aborted, also while one is awaited, by throwing its reason. The source is
   * closed then, and when the iteration is left early.
   *
   * @param query - one whose class was handed to `handle`; others don't compile
   * @param context - of the request; its signal is looked at before each item
   * @returns the items, or one of the query's own failures or of those that behaviours add to streams. The iteration
   *   throws what goes wrong after the start, unchanged
   * @throws as {@link Mediator.send}
   * @example See {@link StreamQuery}.
   */
  stream<Q extends Handled>(
    query: Q & StreamMessage,
    context: Context,
  ): Promise<Result<ValueOf<Q>, FailsOf<Q> | AddedFor<Added, 'stream'>>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    const chain = this.#streams.get(query.type)
    if (chain === undefined) return Promise.reject(notFound(query, 'stream'))
    return settle(chain, query, context).then((started) =>
      started.map((items) => watchStream(items as AsyncIterable<unknown>, context.signal)),
    ) as ReturnType<typeof this.stream<Q>>
  }

  /**
   * Checks input against the query's schema, makes the query and asks it.
   *
   * @param query - a class with a `static readonly schema`, which may answer with a promise
   * @param input - anything, as it came from outside
   * @param context - of the request
   * @returns as {@link Mediator.stream}, or `InvalidInput` with every issue and its path
   * @throws as {@link Mediator.stream}, and whatever the schema itself throws
   * @example
   * ```ts
   * import { createContext } from '@ashlar/kernel'
   * import { MediatorBuilder, StreamQuery } from '@ashlar/mediator'
   * import { ok } from '@ashlar/result'
   * import * as v from 'valibot'
   *
   * class CountTo extends StreamQuery<number> {
   *   static readonly type = 'CountTo'
   *   static readonly schema = v.strictObject({ limit: v.number() })
   *   readonly type = 'CountTo'
   *   readonly limit: number
   *   constructor(data: { limit: number }) {
   *     super()
   *     this.limit = data.limit
   *   }
   * }
   *
   * async function* numbersTo(limit: number) {
   *   for (let n = 1; n <= limit; n++) yield n
   * }
   *
   * const mediator = new MediatorBuilder().handle(CountTo, async ({ limit }) => ok(numbersTo(limit))).build()
   * const counted = await mediator.streamInput(CountTo, JSON.parse('{ "limit": 3 }'), createContext())
   * if (counted.isOk()) for await (const n of counted.value) console.log(n)
   * ```
   */
  streamInput<Q extends Handled, Output>(
    query: ParsableClass<Q & StreamMessage, Output>,
    input: unknown,
    context: Context,
  ): Promise<Result<ValueOf<Q>, FailsOf<Q> | AddedFor<Added, 'stream'> | InvalidInput>> {
    return whenParsed(query, input, context.signal, (parsed) =>
      parsed.isErr() ? Promise.resolve(parsed as never) : this.stream<Q>(parsed.value, context),
    )
  }

  /**
   * Hands a notification to its handlers; none that fails or throws stops the others, unless told so.
   *
   * @param notification - one that nobody hears is fine
   * @param context - of the request; when it is aborted, handlers that have not been called yet are not called
   * @param strategy - for this one, instead of what the builder was told
   * @returns nothing, or `NotificationFailed` with what went wrong in which handler, or what behaviours add
   * @throws `context.signal.reason` when aborted before a handler was called; whatever a behaviour throws, but nothing
   *   of a handler
   * @example
   * ```ts
   * import { createContext } from '@ashlar/kernel'
   * import { MediatorBuilder, Notification } from '@ashlar/mediator'
   * import { err, failure, ok } from '@ashlar/result'
   *
   * class OrderPlaced extends Notification {
   *   static readonly type = 'OrderPlaced'
   *   readonly type = 'OrderPlaced'
   * }
   *
   * const mediator = new MediatorBuilder({ publish: { order: 'parallel' } })
   *   .on(OrderPlaced, async function sendMail() {
   *     return err(failure('MailboxFull', 'mailbox "ada" is full'))
   *   })
   *   .on(OrderPlaced, async function countOrder() {
   *     return ok()
   *   })
   *   .build()
   *
   * const inTurn = { order: 'sequential', onFailure: 'stop' } as const
   * const published = await mediator.publish(new OrderPlaced(), createContext(), inTurn)
   * if (published.isErr() && published.error.type === 'NotificationFailed') console.log(published.error.skipped)
   * ```
   */
  publish(
    notification: Notification,
    context: Context,
    strategy: PublishStrategy = {},
  ): Promise<Result<void, NotificationFailed | AddedFor<Added, 'notification'>>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    if (notification.kind !== 'notification') return Promise.reject(notFound(notification, 'publish'))
    const chain = this.#notifications.get(notification.type)?.(strategy) ?? this.#unheard
    return settle(chain, notification, context) as ReturnType<typeof this.publish>
  }
}

function notFound({ type, kind }: AnyMessage, used: 'send' | 'stream' | 'publish'): HandlerNotFoundError {
  const right = kind === 'notification' ? 'publish' : kind === 'stream' ? 'stream' : 'send'
  const advice = `it is a ${kind}, use ${right} instead of ${used}`
  return new HandlerNotFoundError(type, right === used ? 'register one by MediatorBuilder.handle' : advice)
}
