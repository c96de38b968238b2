import { type AggregateMeta, Money } from '@ashlar/domain'
import { describe, expect, it } from 'vitest'
import { Address } from './address.ts'
import { Customer, type CustomerId } from './customer.ts'
import { Email } from './email.ts'
import { PhoneNumber } from './phone-number.ts'

const id = 'ada' as CustomerId
const pounds = (amount: string) => Money.of(amount, 'GBP')._unsafeUnwrap()
const json = (amount: string) => ({ currency: 'GBP', amount })
const meta: AggregateMeta = { version: 3, createdAt: '2026-01-01T00:00:00.000Z', isDeleted: false }

describe('Customer', () => {
  it('begins active, at the lowest tier, and owing nothing', () => {
    const customer = register()

    expect(customer).toMatchObject({ status: 'active', tier: 'Basic', version: 0 })
    expect([customer.openValue, customer.completedValue].map(String)).toEqual(['0.00 GBP', '0.00 GBP'])
    expect(customer.creditLimit.equals(pounds('1000.00'))).toBe(true)
    expect(customer.domainEvents).toEqual([
      { type: 'CustomerRegistered', data: { customerId: 'ada', name: 'Ada' } },
    ])
  })

  it('holds credit up to the limit itself, and not a penny beyond', () => {
    const customer = register()

    expect(customer.reserveCredit(pounds('999.99')).isOk()).toBe(true)
    expect(customer.reserveCredit(pounds('0.01')).isOk()).toBe(true)
    expect(customer.reserveCredit(pounds('0.01'))._unsafeUnwrapErr()).toMatchObject({
      type: 'CreditLimitExceeded',
      limit: json('1000.00'),
      open: json('1000.00'),
      wanted: json('0.01'),
    })
    expect(customer.openValue.equals(pounds('1000.00'))).toBe(true)
  })

  it('can use credit again that was released', () => {
    const customer = register()
    customer.reserveCredit(pounds('800.00'))._unsafeUnwrap()

    customer.releaseCredit(pounds('800.00'))._unsafeUnwrap()

    expect(customer.openValue.minorUnits).toBe(0n)
    expect(customer.reserveCredit(pounds('1000.00')).isOk()).toBe(true)
  })

  it('has no more credit released than is held: that would be a bug, and changes nothing', () => {
    const customer = register()
    customer.reserveCredit(pounds('10.00'))._unsafeUnwrap()

    expect(() => customer.releaseCredit(pounds('10.01'))).toThrow('10.01')
    expect(() => customer.countCompletedOrder(pounds('10.01'))).toThrow('10.01')

    expect([customer.openValue, customer.completedValue].map(String)).toEqual(['10.00 GBP', '0.00 GBP'])
  })

  it('takes no other currency', () => {
    const customer = register()
    const euros = Money.of('1.00', 'EUR')._unsafeUnwrap()
    const mismatch = { type: 'CurrencyMismatch', expected: 'GBP', found: 'EUR' }

    const refused = [
      customer.reserveCredit(euros),
      customer.releaseCredit(euros),
      customer.countCompletedOrder(euros),
    ]

    expect(refused.map((result) => result._unsafeUnwrapErr())).toMatchObject([mismatch, mismatch, mismatch])
    expect(customer.openValue.minorUnits).toBe(0n)
  })

  it('answers an amount that no store could keep with an overflow', () => {
    const customer = register()
    customer.reserveCredit(pounds('0.01'))._unsafeUnwrap()

    const refused = customer.reserveCredit(pounds('92233720368547758.07'))

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'MoneyOverflow', currency: 'GBP' })
  })

  it('gets no credit while suspended, and is suspended once', () => {
    const customer = register()
    customer.reserveCredit(pounds('10.00'))._unsafeUnwrap()
    customer.clearDomainEvents()

    customer.suspend()
    customer.suspend()

    expect(customer.domainEvents).toEqual([{ type: 'CustomerSuspended', data: { customerId: 'ada' } }])
    expect(customer.reserveCredit(pounds('0.01'))._unsafeUnwrapErr()).toMatchObject({
      type: 'CustomerInactive',
      customerId: 'ada',
    })
    expect(customer.releaseCredit(pounds('10.00')).isOk()).toBe(true)
  })

  it('rises with the order that reaches the border, not one later', () => {
    const customer = having({ completed: '4999.99' })
    customer.reserveCredit(pounds('0.01'))._unsafeUnwrap()

    customer.countCompletedOrder(pounds('0.01'))._unsafeUnwrap()

    expect(customer.tier).toBe('Silver')
    expect(customer.creditLimit.equals(pounds('5000.00'))).toBe(true)
    expect(customer.openValue.minorUnits).toBe(0n)
    expect(customer.domainEvents).toEqual([
      {
        type: 'TierUpgraded',
        data: { customerId: 'ada', from: 'Basic', to: 'Silver', creditLimit: json('5000.00') },
      },
    ])
  })

  it('stays below the border', () => {
    const customer = having({ completed: '4999.98' })
    customer.reserveCredit(pounds('0.01'))._unsafeUnwrap()

    customer.countCompletedOrder(pounds('0.01'))._unsafeUnwrap()

    expect(customer.tier).toBe('Basic')
    expect(customer.domainEvents).toEqual([])
  })

  it('may rise by several tiers at once, with one event', () => {
    const customer = having({ completed: '1000.00', open: '49000.00' })

    customer.countCompletedOrder(pounds('49000.00'))._unsafeUnwrap()

    expect(customer.tier).toBe('Platinum')
    expect(customer.domainEvents).toMatchObject([{ data: { from: 'Basic', to: 'Platinum' } }])
  })

  it('rises once to each tier, and never falls', () => {
    const customer = having({ completed: '0.00', tier: 'Gold', open: '10.00' })

    customer.countCompletedOrder(pounds('10.00'))._unsafeUnwrap()

    expect(customer.tier).toBe('Gold')
    expect(customer.domainEvents).toEqual([])
  })

  it('comes back from a store as it went, without an event', () => {
    const customer = having({ completed: '4999.99', open: '3.50' })

    const restored = Customer.restore(JSON.parse(JSON.stringify(customer.toState())), meta)

    expect(restored.toState()).toEqual(customer.toState())
    expect(restored).toMatchObject({ version: 3, domainEvents: [] })
  })

  it('names itself in its events by the id that its state has', () => {
    const customer = register()
    customer.suspend()

    const named = customer.domainEvents.map(({ data }) => data.customerId)

    expect(named).toEqual([customer.toState().id, customer.toState().id])
  })
})

function register(): Customer {
  return Customer.register(id, {
    name: 'Ada',
    email: Email.parse('ada@example.com')._unsafeUnwrap(),
    phone: PhoneNumber.parse('+442079460958')._unsafeUnwrap(),
    address: Address.restore({ street: '1', city: 'London', state: 'E', postalCode: 'N1', country: 'UK' }),
  })
}

function having({
  completed = '0.00',
  open = '0.00',
  tier = 'Basic' as const,
}: {
  completed?: string
  open?: string
  tier?: Customer['tier']
}): Customer {
  const state = register().toState()
  const minor = (amount: string) => String(pounds(amount).minorUnits)
  return Customer.restore({ ...state, tier, completedMinor: minor(completed), openMinor: minor(open) }, meta)
}
