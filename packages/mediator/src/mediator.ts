import type { Context } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { AddedFor, Adds } from './behaviour.ts'
import { type Step, settle } from './chain.ts'
import { type InvalidInput, type ParsableClass, whenParsed } from './input.ts'
import type { FailsOf, MessageKind, Sendable, ValueOf } from './message.ts'
import type { Notification } from './notification.ts'
import type { NotificationFailed } from './publishing.ts'

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
  readonly notifications: ReadonlyMap<string, Step>
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
export class Mediator<in Handled extends Sendable, out Added extends Adds<MessageKind, AnyFailure> = never> {
  /** Carries what behaviours add; absent at run time. */
  declare readonly '~added': Added
  readonly #sendable: ReadonlyMap<string, Step>
  readonly #notifications: ReadonlyMap<string, Step>
  readonly #unheard: Step

  constructor(chains: Chains) {
    this.#sendable = chains.sendable
    this.#notifications = chains.notifications
    this.#unheard = chains.unheard
  }

  /**
   * Sends a command or query to its handler.
   *
   * @param message - one whose class was handed to `handle`; others don't compile
   * @param context - of the request
   * @returns the message's value, or one of its own failures or of those that behaviours add to its kind
   * @throws `context.signal.reason` when aborted before; {@link HandlerNotFoundError}; whatever the handler or
   *   a behaviour throws, unchanged
   * @example See {@link Command}.
   */
  send<M extends Handled>(
    message: M,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | AddedFor<Added, M['kind']>>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    const chain = this.#sendable.get(message.type)
    if (chain === undefined)
      return Promise.reject(new HandlerNotFoundError(message.type, 'register one by MediatorBuilder.handle'))
    return settle(chain, message, context) as ReturnType<typeof this.send<M>>
  }

  /**
   * Checks input against the message's schema, makes the message and sends it.
   *
   * @param message - a class with a `static readonly schema`, which may answer with a promise
   * @param input - anything, as it came from outside
   * @param context - of the request
   * @returns as {@link Mediator.send}, or `InvalidInput` with every issue and its path; behaviours never see that
   * @throws as {@link Mediator.send}, and whatever the schema itself throws
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
    message: ParsableClass<M, Output>,
    input: unknown,
    context: Context,
  ): Promise<Result<ValueOf<M>, FailsOf<M> | AddedFor<Added, M['kind']> | InvalidInput>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    try {
      return whenParsed(message, input, (parsed) =>
        parsed.isErr() ? Promise.resolve(parsed as never) : this.send(parsed.value, context),
      )
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }

  /**
   * Hands a notification to all of its handlers; none that fails or throws stops the others.
   *
   * @param notification - one that nobody hears is fine
   * @param context - of the request
   * @returns nothing, or `NotificationFailed` with what went wrong in which handler, or what behaviours add
   * @throws `context.signal.reason` when aborted before; whatever a behaviour throws, but nothing of a handler
   * @example See {@link Notification}.
   */
  publish(
    notification: Notification,
    context: Context,
  ): Promise<Result<void, NotificationFailed | AddedFor<Added, 'notification'>>> {
    if (context.signal.aborted) return Promise.reject(context.signal.reason)
    const { type, kind } = notification
    if (kind !== 'notification')
      return Promise.reject(new HandlerNotFoundError(type, `it is a ${kind}, use send instead of publish`))
    const chain = this.#notifications.get(type) ?? this.#unheard
    return settle(chain, notification, context) as ReturnType<typeof this.publish>
  }
}
