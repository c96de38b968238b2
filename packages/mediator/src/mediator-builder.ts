import { type AnyFailure, ok } from '@ashlar/result'
import type { Adds, Behaviour } from './behaviour.ts'
import { compileChain, type Expected, type Step } from './chain.ts'
import type { Handler, NotificationHandler } from './handler.ts'
import { Mediator } from './mediator.ts'
import type { Answerable, MessageClass, MessageKind } from './message.ts'
import type { Notification } from './notification.ts'
import { type PublishStrategy, publicationOf, publishing } from './publishing.ts'

/** Options of {@link MediatorBuilder}. */
export interface MediatorOptions {
  /** How notifications are published, unless `publish` is told otherwise: in order, and all failures collected. */
  readonly publish?: PublishStrategy
}

/** A command, query or stream query was given a second handler. */
export class DuplicateHandlerError extends Error {
  override readonly name = 'DuplicateHandlerError'
  readonly code = 'ASHLAR_MEDIATOR_DUPLICATE_HANDLER'
  /** The message's name. */
  readonly messageType: string

  constructor(messageType: string) {
    super(`message "${messageType}" has a handler already: expected exactly one`)
    this.messageType = messageType
  }
}

/** Two message classes have the same `type`. */
export class MessageTypeTakenError extends Error {
  override readonly name = 'MessageTypeTakenError'
  readonly code = 'ASHLAR_MEDIATOR_MESSAGE_TYPE_TAKEN'
  /** The name that both classes bear. */
  readonly messageType: string

  constructor(messageType: string) {
    super(`two message classes have the type "${messageType}": expected one class per type`)
    this.messageType = messageType
  }
}

/**
 * Puts a mediator together: behaviours, handlers, and then `build`.
 *
 * The builder grows in place; its type grows with each call, so chain the calls. Behaviours apply to all handlers,
 * also to those that were registered before them.
 * @example
 * ```ts
 * import { createContext, silentLogger } from '@ashlar/kernel'
 * import { Command, logging, MediatorBuilder } from '@ashlar/mediator'
 * import { ok } from '@ashlar/result'
 *
 * class OpenCart extends Command<void> {
 *   static readonly type = 'OpenCart'
 *   readonly type = 'OpenCart'
 * }
 *
 * const mediator = new MediatorBuilder()
 *   .use(logging(silentLogger))
 *   .handle(OpenCart, async () => ok())
 *   .build()
 * console.log((await mediator.send(new OpenCart(), createContext())).isOk())
 * ```
 */
export class MediatorBuilder<
  Handled extends Answerable = never,
  Added extends Adds<MessageKind, AnyFailure> = never,
> {
  /** Carries what has been registered; absent at run time. */
  declare readonly '~builds': (message: Handled) => Added
  readonly #classes = new Map<string, object>()
  readonly #sendable: Handlers = new Map()
  readonly #streams: Handlers = new Map()
  readonly #hearers = new Map<string, NotificationHandler<Notification>[]>()
  readonly #behaviours: Behaviour<MessageKind, AnyFailure>[] = []
  readonly #publish: PublishStrategy

  constructor(options: MediatorOptions = {}) {
    this.#publish = options.publish ?? {}
  }

  /**
   * Puts a behaviour around all messages of its kinds, inside of those that were used before.
   *
   * @param behaviour - its failures are added to what `send`, `stream` and `publish` return for its kinds
   * @returns this builder
   * @example See {@link Behaviour}.
   */
  use<Kind extends MessageKind, Fails extends AnyFailure = never>(
    behaviour: Behaviour<Kind, Fails>,
  ): MediatorBuilder<Handled, Added | ([Fails] extends [never] ? never : Adds<Kind, Fails>)> {
    this.#behaviours.push(behaviour)
    return this as never
  }

  /**
   * Registers the one handler of a command, query or stream query.
   *
   * @param message - the message's class
   * @param handler - may return only what the message declares
   * @returns this builder
   * @throws {@link DuplicateHandlerError} when the message has a handler; {@link MessageTypeTakenError} when another
   *   class has the same type
   * @example See {@link Command}.
   */
  handle<M extends Answerable>(
    message: MessageClass<M>,
    handler: Handler<M>,
  ): MediatorBuilder<Handled | M, Added> {
    this.#claim(message.type, message)
    const { kind } = message.prototype
    const handlers = kind === 'stream' ? this.#streams : this.#sendable
    if (handlers.has(message.type)) throw new DuplicateHandlerError(message.type)
    handlers.set(message.type, { kind, handler: handler as Step })
    return this as never
  }

  /**
   * Registers handlers of a notification, after those that it has already.
   *
   * @param notification - the notification's class
   * @param handlers - hear it in this order
   * @returns this builder
   * @throws {@link MessageTypeTakenError} when another class has the same type
   * @example See {@link Notification}.
   */
  on<N extends Notification>(
    notification: MessageClass<N>,
    ...handlers: readonly [NotificationHandler<N>, ...NotificationHandler<N>[]]
  ): this {
    this.#claim(notification.type, notification)
    const hearers = this.#hearers.get(notification.type) ?? []
    hearers.push(...(handlers as readonly unknown[] as NotificationHandler<Notification>[]))
    this.#hearers.set(notification.type, hearers)
    return this
  }

  /**
   * Compiles one chain per message type; what is registered afterwards does not reach the mediator.
   *
   * @returns a mediator for what has been registered
   * @example See {@link MediatorBuilder}.
   */
  build(): Mediator<Handled, Added> {
    const compile = (expected: Expected, last: Step) => compileChain(this.#behaviours, expected, last)
    const compileHandled = (handlers: Handlers) =>
      mapValues(handlers, ({ kind, handler }, type) => compile({ kind, type }, handler))
    return new Mediator({
      sendable: compileHandled(this.#sendable),
      streams: compileHandled(this.#streams),
      notifications: mapValues(this.#hearers, (hearers, type) =>
        publicationOf(this.#publish, (strategy) =>
          compile({ kind: 'notification', type }, publishing(type, hearers, strategy)),
        ),
      ),
      unheard: compile({ kind: 'notification' }, async () => ok()),
    })
  }

  #claim(type: string, messageClass: object): void {
    const owner = this.#classes.get(type)
    if (owner !== undefined && owner !== messageClass) throw new MessageTypeTakenError(type)
    this.#classes.set(type, messageClass)
  }
}

type Handlers = Map<string, { readonly kind: MessageKind; readonly handler: Step }>

function mapValues<From, To>(
  map: ReadonlyMap<string, From>,
  to: (value: From, key: string) => To,
): Map<string, To> {
  return new Map([...map].map(([key, value]) => [key, to(value, key)]))
}
