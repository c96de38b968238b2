import { type AggregateMeta, AggregateRoot, type DomainEvent, type Id, newId } from '@ashlar/domain'
import type { IdGenerator } from '@ashlar/kernel'
import { Guard, type GuardFailure, type Result } from '@ashlar/result'

export type CustomerId = Id<'Customer'>

export type CustomerState = { id: CustomerId; name: string; phones: readonly string[] }

export type CustomerEvent =
  | DomainEvent<'CustomerRegistered', { name: string }>
  | DomainEvent<'CustomerRenamed', { from: string; to: string }>
  | DomainEvent<'PhoneAdded', { phone: string }>

export class Customer extends AggregateRoot<CustomerId, CustomerEvent> {
  #name: string
  readonly #phones: string[]

  private constructor(state: CustomerState, meta?: AggregateMeta) {
    super(state.id, meta)
    this.#name = state.name
    this.#phones = [...state.phones]
  }

  static create(name: string, ids?: IdGenerator): Result<Customer, GuardFailure> {
    return Guard.against.nullOrWhiteSpace(name, 'name').map((checked) => {
      const customer = new Customer({ id: newId<'Customer'>(ids), name: checked, phones: [] })
      customer.addDomainEvent('CustomerRegistered', { name: checked })
      return customer
    })
  }

  static restore(state: CustomerState, meta: AggregateMeta): Customer {
    return new Customer(state, meta)
  }

  rename(name: string): void {
    if (name === this.#name) return
    this.addDomainEvent('CustomerRenamed', { from: this.#name, to: name })
    this.#name = name
  }

  addPhone(phone: string): void {
    if (this.#phones.includes(phone)) return
    this.#phones.push(phone)
    this.addDomainEvent('PhoneAdded', { phone })
  }

  toState(): CustomerState {
    return { id: this.id, name: this.#name, phones: this.#phones }
  }
}

export function newCustomer(name = 'Ada'): Customer {
  return Customer.create(name)._unsafeUnwrap()
}
