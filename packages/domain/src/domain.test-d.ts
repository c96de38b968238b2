/** What must and what must not compile; read by tsc alone. */
import {
  type AggregateNotFound,
  AggregateRoot,
  BaseEntity,
  type Currency,
  type DomainEvent,
  type Id,
  InMemoryRepository,
  Money,
  newId,
  parseId,
  type Repository,
  unknownEvent,
  ValueObject,
  type VersionConflict,
} from '@ashlar/domain'
import { createContext, type Json } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import { Customer, type CustomerEvent, type CustomerId, newCustomer } from '../test/customer.ts'

type OrderId = Id<'Order'>
type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const is = <T extends true>(): T => true as T

// ids
const customerId: CustomerId = newId()
const orderId: OrderId = newId<'Order'>()
export const text: string = customerId
export const json: Json = customerId
export const anyId: Id = customerId
// @ts-expect-error an order's id is no customer's
export const mixed: CustomerId = orderId
// @ts-expect-error a text is no id before it was parsed
export const unparsed: CustomerId = 'C-1'
// @ts-expect-error an id of some kind is none of this kind
export const unnamed: CustomerId = anyId
// @ts-expect-error a Result is no id before it was looked at
export const unchecked: CustomerId = parseId<'Customer'>('C-1')

// events
export type Fine = DomainEvent<'Paid', { total: ReturnType<Money['toJson']>; note?: string }>
// @ts-expect-error a Money is no JSON
export type WithMoney = DomainEvent<'Paid', { total: Money }>
// @ts-expect-error a Date is no JSON
export type WithDate = DomainEvent<'Paid', { at: Date }>
// @ts-expect-error a bigint is no JSON
export type WithBigint = DomainEvent<'Paid', { total: bigint }>
// @ts-expect-error a Map is no JSON
export type WithMap = DomainEvent<'Paid', { lines: Map<string, number> }>

export function exhaustive(event: CustomerEvent): string {
  switch (event.type) {
    case 'CustomerRegistered':
      return event.data.name
    case 'CustomerRenamed':
      return event.data.to
    case 'PhoneAdded':
      return event.data.phone
    default:
      return unknownEvent(event)
  }
}

export function forgetful(event: CustomerEvent): string {
  switch (event.type) {
    case 'CustomerRegistered':
      return event.data.name
    case 'CustomerRenamed':
      return event.data.to
    default:
      // @ts-expect-error PhoneAdded was forgotten
      return unknownEvent(event)
  }
}

// aggregates
export class Door extends AggregateRoot<
  Id<'Door'>,
  DomainEvent<'Opened', { by: string }> | DomainEvent<'Shut', null>
> {
  use(): void {
    this.addDomainEvent('Opened', { by: 'ada' })
    this.addDomainEvent('Shut', null)
    // @ts-expect-error no such event
    this.addDomainEvent('Painted', { by: 'ada' })
    // @ts-expect-error the data of another event
    this.addDomainEvent('Opened', null)
    // @ts-expect-error a fact is missing
    this.addDomainEvent('Opened', {})
    // @ts-expect-error a Money where the event has text
    this.addDomainEvent('Opened', { by: Money.zero('GBP') })
  }
}

const customer = newCustomer()
// @ts-expect-error only the aggregate itself raises events
customer.addDomainEvent('PhoneAdded', { phone: '1' })
// @ts-expect-error only the repository sets versions
customer.version = 2
// @ts-expect-error only the repository sets audit fields
customer.createdAt = ''
// @ts-expect-error the list is for looking at
customer.domainEvents.push({ type: 'PhoneAdded', data: { phone: '1' } })
// @ts-expect-error an aggregate is made by create or restore
new Customer({ id: customerId, name: '', phones: [] })

class OrderLine extends BaseEntity<OrderId> {}
export const line: OrderLine = new OrderLine(orderId)
// @ts-expect-error things with other kinds of id are never the same
customer.equals(line)
export const anyAggregate: AggregateRoot = customer

// value objects
export class Address extends ValueObject {
  static readonly components = ['street'] as const
  readonly street: string = ''
  static of(): Address {
    return Address.freeze(new Address())
  }
}

export class Misspelt extends ValueObject {
  static readonly components = ['steet'] as const
  readonly street: string = ''
  static of(): Misspelt {
    // @ts-expect-error a component that is no property
    return Misspelt.freeze(new Misspelt())
  }
}

export class ByMethod extends ValueObject {
  static readonly components = ['print'] as const
  print(): void {}
  static of(): ByMethod {
    // @ts-expect-error a method is no component
    return ByMethod.freeze(new ByMethod())
  }
}

export class Nameless extends ValueObject {
  static of(): Nameless {
    // @ts-expect-error no components
    return Nameless.freeze(new Nameless())
  }
}

// @ts-expect-error nobody else freezes
Address.freeze(Address.of())

// money
const price = Money.ofMinor(100n, 'GBP')
// @ts-expect-error no such currency
Money.ofMinor(1, 'GPB')
// @ts-expect-error a number is not exact
Money.of(12.34, 'GBP')
// @ts-expect-error a ratio wants a rounding mode
price.times({ numerator: 1, denominator: 3 })
// @ts-expect-error no such rounding mode
price.times({ numerator: 1, denominator: 3 }, 'half-down')
// @ts-expect-error a sum may fail, so it is no Money yet
export const sum: Money = price.plus(price)
// @ts-expect-error money does not change
price.minorUnits = 5n
// @ts-expect-error the constructor is private
new Money(1n, 'GBP')
const [first, second] = price.allocate([1, 2])
export const parts: readonly [Money, Money] = [first, second]
// @ts-expect-error two weights, two parts
price.allocate([1, 2])[2]
// @ts-expect-error a text is no currency before it was looked at
export const currency: Currency = text

// repositories
const customers = new InMemoryRepository({
  name: 'Customer',
  toState: (one: Customer) => one.toState(),
  restore: Customer.restore,
})
export const port: Repository<Customer, CustomerId> = customers
const context = createContext()
export const found: Promise<Result<Customer, AggregateNotFound>> = customers.get(customerId, context)
is<Equal<Awaited<ReturnType<typeof customers.save>>, Result<void, VersionConflict | AggregateNotFound>>>()
// @ts-expect-error the id of another aggregate
export const wrongId: unknown = customers.get(orderId, context)
// @ts-expect-error an aggregate of another kind
export const wrongKind: unknown = customers.add(new Door(newId()), context)
// @ts-expect-error a context is asked for
export const noContext: unknown = customers.get(customerId)
export const leaky = (): unknown =>
  new InMemoryRepository({
    name: 'Customer',
    // @ts-expect-error state is JSON
    toState: (one: Customer) => ({ id: one.id, balance: Money.zero('GBP') }),
    restore: () => customer,
  })
