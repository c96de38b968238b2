import { describe, expect, it } from 'vitest'
import { Customer, type CustomerId, type CustomerState } from './customer.ts'
import { customerFields, customersMatching, customersOfTier, customersWithStatus } from './customer-fields.ts'
import { Email } from './email.ts'

const address = { street: '1', city: 'London', state: 'London', postalCode: 'N1 1AA', country: 'GB' }

function customer(changes: Partial<CustomerState> = {}): Customer {
  const state: CustomerState = {
    id: 'customer-1' as CustomerId,
    name: 'Ada Lovelace',
    email: 'Countess@example.com',
    phone: '+442079460958',
    address,
    status: 'active',
    tier: 'Gold',
    openMinor: '0',
    completedMinor: '0',
    ...changes,
  }
  return Customer.restore(state, { version: 1, createdAt: '2026-01-01T00:00:00.000Z', isDeleted: false })
}

describe('customersMatching', () => {
  it.each(['Ada', 'ada l', 'LOVELACE', 'countess', 'COUNTESS@', '@example.com'])(
    'finds Ada by %j',
    (term) => {
      expect(customersMatching(term).isSatisfiedBy(customer())).toBe(true)
    },
  )

  it.each(['adam', 'Ada  L', '%', '_', 'ada%', 'lovelace countess'])('does not find her by %j', (term) => {
    expect(customersMatching(term).isSatisfiedBy(customer())).toBe(false)
  })

  it('takes A to Z as a to z, and no other letter as another', () => {
    const emile = customer({ name: 'ÉMILE' })

    expect(['émile', 'Émile', 'Emile'].map((term) => customersMatching(term).isSatisfiedBy(emile))).toEqual([
      false,
      true,
      false,
    ])
  })
})

describe('rules of customers', () => {
  it('know status and tier, and join', () => {
    const sleepingGold = customersOfTier('Gold').and(customersWithStatus('suspended'))

    expect(sleepingGold.isSatisfiedBy(customer({ status: 'suspended' }))).toBe(true)
    expect(sleepingGold.isSatisfiedBy(customer())).toBe(false)
    expect(sleepingGold.isSatisfiedBy(customer({ status: 'suspended', tier: 'Silver' }))).toBe(false)
  })

  it('compare addresses without regard to case', () => {
    const sameAddress = customerFields.fields.email.eq(Email.restore('cOUNTESS@example.com'))

    expect(sameAddress.isSatisfiedBy(customer())).toBe(true)
  })

  it('rank tiers by what they are worth', () => {
    const { tierRank } = customerFields.fields

    expect(tierRank.gt(1).isSatisfiedBy(customer({ tier: 'Gold' }))).toBe(true)
    expect(tierRank.gt(1).isSatisfiedBy(customer({ tier: 'Silver' }))).toBe(false)
  })

  it('can not be asked when somebody was registered who is not stored', () => {
    const { createdAt } = customerFields.fields
    const { name, email, phone, address } = customer()
    const ada = Customer.register('customer-2' as CustomerId, { name, email, phone, address })

    expect(() => createdAt.lt('2027-01-01T00:00:00.000Z').isSatisfiedBy(ada)).toThrow('customer-2')
  })
})
