import { type DomainEvent, unknownEvent } from '@ashlar/domain'
import { type EventStore, InMemoryEventStore } from '@ashlar/event-store'
import { type Context, createContext } from '@ashlar/kernel'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { Cart, type CartEvent, type CartNotOpen } from '../test/cart.ts'
import { type EventOf, EventSourcedAggregate, EventSourcedRepository, type SaveFailure } from './index.ts'
import { given } from './testing.ts'

type DoorEvent = DomainEvent<'DoorOpened', { by: string }> | DomainEvent<'DoorClosed', { at: string }>
type DoorId = string & { readonly brand: 'Door' }

class Door extends EventSourcedAggregate<DoorEvent, DoorId> {
  static readonly category = 'door'

  open(): void {
    this.raise('DoorOpened', { by: 'ada' })
    // @ts-expect-error there is no such event
    this.raise('DoorPainted', { by: 'ada' })
    // @ts-expect-error the data of another event
    this.raise('DoorOpened', { at: 'noon' })
    // @ts-expect-error a fact is missing
    this.raise('DoorOpened', {})
    // @ts-expect-error a date is no fact
    this.raise('DoorClosed', { at: new Date(0) })
    // @ts-expect-error what was raised is not taken back
    this.uncommittedEvents.pop()
    // @ts-expect-error the version counts itself
    this.version = 3
  }

  protected apply(event: DoorEvent): void {
    switch (event.type) {
      case 'DoorOpened':
        return
      default:
        // @ts-expect-error an event was forgotten
        return unknownEvent(event)
    }
  }
}

// @ts-expect-error an aggregate knows how to apply its events
class Idle extends EventSourcedAggregate<DoorEvent> {}

class Nameless extends EventSourcedAggregate<DoorEvent> {
  protected apply(): void {}
}

// @ts-expect-error a date in an event
abstract class Dated extends EventSourcedAggregate<DomainEvent<'DoorOpened', { at: Date }>> {}

declare const events: EventStore
declare const context: Context
declare const doorId: DoorId
declare const door: Door

const carts = new EventSourcedRepository(Cart, events)
const doors: EventSourcedRepository<Door> = new EventSourcedRepository(Door, new InMemoryEventStore())

export const event: EventOf<Cart> = { type: 'CartCheckedOut', data: null } satisfies CartEvent
export const sound: unknown = [Idle, doors.get(doorId, context)]
export type Uses = Dated

// @ts-expect-error the class names no category
export const unnamed: unknown = new EventSourcedRepository(Nameless, events)

// @ts-expect-error only the class itself lets something happen
door.raise('DoorOpened', { by: 'eve' })

// @ts-expect-error only a history applies events from outside
door.apply({ type: 'DoorOpened', data: { by: 'eve' } })

// @ts-expect-error a door's id is branded
export const unbranded: unknown = doors.get('1', context)

// @ts-expect-error a door is no cart
export const mistaken: unknown = carts.save(door, context)

// @ts-expect-error whoever loads is asked for a context
export const contextless: unknown = carts.get('1')

type TooMany = Failure<'TooMany'>
const added = await carts.update(
  '1',
  (cart): Result<number, CartNotOpen | TooMany> =>
    cart.version > 9
      ? err(failure('TooMany', 'ten are enough'))
      : cart.addItem('TEA-1').map(() => cart.version),
  createContext(),
)
if (added.isOk()) added.value.toFixed()
else
  switch (added.error.type) {
    case 'CartNotOpen':
    case 'TooMany':
    case 'AggregateNotFound':
    case 'VersionConflict':
    case 'StreamDeleted':
    case 'OutcomeUnknown':
      break
    default:
      added.error satisfies never
  }

const kept = await carts.update('1', () => ok(1), createContext())
// @ts-expect-error five ways to fail are left
if (kept.isErr()) kept.error satisfies SaveFailure

// @ts-expect-error a decision is a Result
export const undecided: unknown = carts.update('1', () => 42, context)

// @ts-expect-error a decision is made at once, on what was loaded
export const slow: unknown = carts.update('1', async () => ok(), context)

given(Cart, { type: 'CartOpened', data: { customerId: 'ada' } })
  .when((cart) => cart.checkOut())
  .thenRaised({ type: 'CartCheckedOut', data: null })

// @ts-expect-error no event of a cart
given(Cart, { type: 'DoorOpened', data: { by: 'ada' } })

given(Cart)
  .when((cart) => cart.checkOut())
  // @ts-expect-error the data of another event
  .thenRaised({ type: 'ItemAdded', data: null })

// @ts-expect-error what is asked for answers at once
given(Cart).when(async (cart) => cart.checkOut())
