import type { AnyFailure, Result } from '@ashlar/result'
import { expect } from 'vitest'
import type { AnyEventSourcedAggregate, EventOf } from '../event-sourced-aggregate.ts'

/** An aggregate to which something has happened. */
export interface Given<Aggregate extends AnyEventSourcedAggregate> {
  /** Asks it for something; the answer, Result or not, is looked at by what follows. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a method that only raises returns nothing
  when(act: (aggregate: Aggregate) => Result<unknown, AnyFailure> | void): When<Aggregate>
}

/** What came of it. */
export interface When<Aggregate extends AnyEventSourcedAggregate> {
  /** Expects exactly these events, and no failure. */
  thenRaised(...events: readonly EventOf<Aggregate>[]): void
  /** Expects a failure of this type, with at least these facts, and no event. */
  thenRefused(type: string, facts?: object): void
  /** Expects no failure and no event. */
  thenNothing(): void
}

/**
 * Begins a test of an aggregate with what has happened to it.
 *
 * @param aggregateClass - makes the aggregate
 * @param history - its events so far, oldest first
 * @returns the aggregate, ready to be asked
 * @example
 * ```ts
 * import { type DomainEvent, unknownEvent } from '@ashlar/domain'
 * import { EventSourcedAggregate } from '@ashlar/event-sourcing'
 * import { given } from '@ashlar/event-sourcing/testing'
 * import { err, failure, ok, type Failure, type Result } from '@ashlar/result'
 * import { it } from 'vitest'
 *
 * type DoorEvent = DomainEvent<'DoorOpened', { by: string }> | DomainEvent<'DoorLocked', { by: string }>
 *
 * class Door extends EventSourcedAggregate<DoorEvent> {
 *   static readonly category = 'door'
 *   #isLocked = false
 *
 *   open(by: string): Result<void, Failure<'DoorIsLocked'>> {
 *     if (this.#isLocked) return err(failure('DoorIsLocked', `door "${this.id}" is locked`))
 *     return ok(this.raise('DoorOpened', { by }))
 *   }
 *
 *   protected apply(event: DoorEvent): void {
 *     switch (event.type) {
 *       case 'DoorOpened':
 *         return
 *       case 'DoorLocked':
 *         this.#isLocked = true
 *         return
 *       default:
 *         return unknownEvent(event)
 *     }
 *   }
 * }
 *
 * it('stays shut while it is locked', () => {
 *   given(Door, { type: 'DoorLocked', data: { by: 'ada' } })
 *     .when((door) => door.open('bob'))
 *     .thenRefused('DoorIsLocked')
 * })
 * ```
 */
export function given<Aggregate extends AnyEventSourcedAggregate>(
  aggregateClass: new (id: Aggregate['id']) => Aggregate,
  ...history: readonly EventOf<Aggregate>[]
): Given<Aggregate> {
  return {
    when(act) {
      const aggregate = new aggregateClass('given' as Aggregate['id'])
      aggregate.loadFromHistory(history)
      const result = act(aggregate)
      const refused = result?.isErr() ? result.error : undefined
      return {
        thenRaised(...events) {
          expect({ refused, raised: aggregate.uncommittedEvents }).toEqual({
            refused: undefined,
            raised: events,
          })
        },
        thenRefused(type, facts = {}) {
          expect({ refused, raised: aggregate.uncommittedEvents }).toEqual({
            refused: expect.objectContaining({ ...facts, type }),
            raised: [],
          })
        },
        thenNothing() {
          expect({ refused, raised: aggregate.uncommittedEvents }).toEqual({ refused: undefined, raised: [] })
        },
      }
    },
  }
}
