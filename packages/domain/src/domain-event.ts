import type { Json } from '@ashlar/kernel'

/**
 * A fact of the domain: what happened, in the past tense, and the data that belong to it.
 *
 * The data are JSON, because events are stored and sent: a Money, a Date or a bigint does not compile; write
 * `price.toJson()` instead. An aggregate's events are a union of these.
 * @see {@link AggregateRoot} for an example
 */
export type DomainEvent<Type extends string = string, Data extends Json = Json> = {
  /** What happened, in the past tense: `CustomerRegistered`. */
  readonly type: Type
  /** The facts; a `type` alias, since an `interface` is not assignable to JSON. */
  readonly data: Data
}

/** The data that an event type of a union carries. */
export type EventData<Event extends DomainEvent, Type extends Event['type']> = Extract<
  Event,
  { readonly type: Type }
>['data']

/** A `switch` over events met a type that it does not know; thrown by {@link unknownEvent}. */
export class UnknownEventError extends TypeError {
  override readonly name = 'UnknownEventError'
  readonly code = 'ASHLAR_DOMAIN_UNKNOWN_EVENT'

  constructor(type: string) {
    super(`event type "${type}" is not known here; expected one of the union that the switch branches on`)
  }
}

/**
 * Ends an exhaustive `switch` over events, as its default: a forgotten event type does not compile.
 *
 * @param event - nothing is left of the union when every type has a case
 * @returns never
 * @throws {@link UnknownEventError} when a type comes that the union does not have, out of an old store, say
 * @example
 * ```ts
 * import { type DomainEvent, unknownEvent } from '@ashlar/domain'
 *
 * type DoorEvent = DomainEvent<'DoorOpened', { by: string }> | DomainEvent<'DoorClosed', { by: string }>
 *
 * function isOpenAfter(event: DoorEvent): boolean {
 *   switch (event.type) {
 *     case 'DoorOpened':
 *       return true
 *     case 'DoorClosed':
 *       return false
 *     default:
 *       return unknownEvent(event)
 *   }
 * }
 *
 * console.log(isOpenAfter({ type: 'DoorOpened', data: { by: 'ada' } }))
 * ```
 */
export function unknownEvent(event: never): never {
  throw new UnknownEventError(String((event as DomainEvent | undefined)?.type))
}
