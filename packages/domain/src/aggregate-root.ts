import { frozenJson } from '@ashlar/kernel'
import { type AggregateMeta, acceptVersion } from './aggregate-meta.ts'
import { BaseEntity } from './base-entity.ts'
import type { DomainEvent, EventData } from './domain-event.ts'

/**
 * An entity that is loaded, changed and stored as a whole, guards its rules, and tells what happened.
 *
 * A subclass has two ways in. `create` is for what is new: it validates and raises an event. `restore` is for repositories:
 * it trusts what was stored, and makes no id, no time and no event.
 *
 * @example
 * ```ts
 * import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id, newId } from '@ashlar/domain'
 * import { Guard, type GuardFailure, type Result } from '@ashlar/result'
 *
 * type CustomerId = Id<'Customer'>
 * type CustomerState = { id: CustomerId; name: string }
 * type CustomerEvent = DomainEvent<'CustomerRegistered', { name: string }> | DomainEvent<'CustomerRenamed', { name: string }>
 *
 * class Customer extends AggregateRoot<CustomerId, CustomerEvent> {
 *   #name: string
 *
 *   private constructor({ id, name }: CustomerState, meta?: AggregateMeta) {
 *     super(id, meta)
 *     this.#name = name
 *   }
 *
 *   static create(name: string, id: CustomerId = newId()): Result<Customer, GuardFailure> {
 *     return Guard.against.nullOrWhiteSpace(name, 'name').map((checked) => {
 *       const customer = new Customer({ id, name: checked })
 *       customer.addDomainEvent('CustomerRegistered', { name: checked })
 *       return customer
 *     })
 *   }
 *
 *   static restore(state: CustomerState, meta: AggregateMeta): Customer {
 *     return new Customer(state, meta)
 *   }
 *
 *   rename(name: string): void {
 *     if (name === this.#name) return
 *     this.#name = name
 *     this.addDomainEvent('CustomerRenamed', { name })
 *   }
 *
 *   toState(): CustomerState {
 *     return { id: this.id, name: this.#name }
 *   }
 * }
 *
 * Customer.create('Ada').match(
 *   (ada) => console.log(ada.version, ada.domainEvents),
 *   (refused) => console.log(refused.message),
 * )
 * ```
 */
export abstract class AggregateRoot<
  Id extends string = string,
  Event extends DomainEvent = DomainEvent,
> extends BaseEntity<Id> {
  #version: number
  #events: Event[] = []

  /**
   * @param id - handed in; nothing is made here
   * @param meta - as it was stored; absent for a new aggregate
   */
  constructor(id: Id, meta?: AggregateMeta) {
    super(id, meta)
    this.#version = meta?.version ?? 0
  }

  /** How often it was stored: 0 for a new one, raised by one with every add, save and remove. */
  get version(): number {
    return this.#version
  }

  /** What has happened since it was last stored, oldest first; a copy that later events do not change. */
  get domainEvents(): readonly Event[] {
    return Object.freeze(this.#events.slice())
  }

  /**
   * Forgets events; called by the repository after the commit, never before it.
   *
   * @param recorded - what was stored with the aggregate; all unless told. Events raised meanwhile stay.
   */
  clearDomainEvents(recorded?: readonly DomainEvent[]): void {
    this.#events = recorded === undefined ? [] : this.#events.filter((event) => !recorded.includes(event))
  }

  /**
   * Tells that something has happened; its data are copied and frozen at once.
   *
   * @param type - one of the aggregate's event types
   * @param data - the facts of that type
   * @throws InvalidJsonError (of `@ashlar/kernel`) when the data hold what JSON would change, such as NaN
   */
  protected addDomainEvent<Type extends Event['type']>(type: Type, data: EventData<Event, Type>): void {
    this.#events.push(Object.freeze({ type, data: frozenJson(data) }) as DomainEvent as Event)
  }

  static {
    Object.defineProperty(AggregateRoot.prototype, acceptVersion, {
      value(this: AggregateRoot, version: number) {
        this.#version = version
      },
    })
  }
}
