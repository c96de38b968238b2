import type { DomainEvent, EventData } from '@ashlar/domain'
import { frozenJson } from '@ashlar/kernel'

/** Any event-sourced aggregate, its events and kind of id unknown; the bound of type parameters that stand for one. */
// biome-ignore lint/suspicious/noExplicitAny: events stand in a protected method's parameter, where only any fits all
export type AnyEventSourcedAggregate = EventSourcedAggregate<any, string>

/** The union of an aggregate's events. */
export type EventOf<Aggregate extends AnyEventSourcedAggregate> = Aggregate['uncommittedEvents'][number]

/**
 * An aggregate whose state is made of its events alone.
 *
 * Methods check the rules and raise events; only `apply` changes state, the same way for new events and for old ones.
 * A class names its streams by `static readonly category`.
 *
 * @example
 * ```ts
 * import { type DomainEvent, unknownEvent } from '@ashlar/domain'
 * import { EventSourcedAggregate } from '@ashlar/event-sourcing'
 *
 * type DoorEvent = DomainEvent<'DoorOpened', { by: string }> | DomainEvent<'DoorClosed', { by: string }>
 *
 * class Door extends EventSourcedAggregate<DoorEvent> {
 *   static readonly category = 'door'
 *   #isOpen = false
 *
 *   open(by: string): void {
 *     if (!this.#isOpen) this.raise('DoorOpened', { by })
 *   }
 *
 *   protected apply(event: DoorEvent): void {
 *     switch (event.type) {
 *       case 'DoorOpened':
 *         this.#isOpen = true
 *         return
 *       case 'DoorClosed':
 *         this.#isOpen = false
 *         return
 *       default:
 *         return unknownEvent(event)
 *     }
 *   }
 * }
 *
 * const door = new Door('1')
 * door.open('ada')
 * door.open('bob')
 * console.log(door.version, door.uncommittedEvents)
 * ```
 */
export abstract class EventSourcedAggregate<Event extends DomainEvent, Id extends string = string> {
  /** What makes it this one and no other; the stream's name without its category. */
  readonly id: Id
  #committedVersion = 0
  #uncommittedEvents: Event[] = []

  /** @param id - of the aggregate; its state comes from events alone */
  constructor(id: Id) {
    this.id = id
  }

  /** How many events it is made of, those that are not yet stored included; counts from 1, 0 is none. */
  get version(): number {
    return this.#committedVersion + this.#uncommittedEvents.length
  }

  /** What was raised since it was last stored, oldest first. */
  get uncommittedEvents(): readonly Event[] {
    return this.#uncommittedEvents
  }

  /**
   * Takes what was raised as stored; called by the repository.
   *
   * @param version - up to which it is stored, the present one unless told; what was raised later stays uncommitted
   */
  markEventsAsCommitted(version: number = this.version): void {
    const stored = Math.min(version, this.version) - this.#committedVersion
    if (stored <= 0) return
    this.#committedVersion += stored
    this.#uncommittedEvents = this.#uncommittedEvents.slice(stored)
  }

  /**
   * Makes the state of what has happened.
   *
   * @param history - events that are stored, oldest first, following those that were loaded before
   * @throws what `apply` throws at an event that it does not know
   */
  loadFromHistory(history: Iterable<Event>): void {
    for (const event of history) {
      this.apply(event)
      this.#committedVersion++
    }
  }

  /** Changes the state by one event: a `switch` whose default is `unknownEvent(event)`. Refuses nothing. */
  protected abstract apply(event: Event): void

  /**
   * Lets something happen: applies a frozen copy of it, and keeps that for the repository.
   *
   * @param type - one of the aggregate's event types
   * @param data - the facts of that type; what is done to them afterwards changes nothing
   * @throws InvalidJsonError when the data is nothing that JSON can carry
   */
  protected raise<Type extends Event['type']>(type: Type, data: EventData<Event, Type>): void {
    const raised: DomainEvent = Object.freeze({ type, data: frozenJson(data) })
    const event = raised as Event // sound: Event is a union of such pairs
    this.apply(event)
    this.#uncommittedEvents.push(event)
  }
}
