import { Money } from '@ashlar/domain'
import { describe, expect, it } from 'vitest'
import { creditLimitOf, isHigher, tierFor, tierNames } from './tier.ts'

const pounds = (amount: string) => Money.of(amount, 'GBP')._unsafeUnwrap()

describe('Tiers', () => {
  it.each([
    ['-0.01', 'Basic'],
    ['0.00', 'Basic'],
    ['4999.99', 'Basic'],
    ['5000.00', 'Silver'],
    ['5000.01', 'Silver'],
    ['19999.99', 'Silver'],
    ['20000.00', 'Gold'],
    ['20000.01', 'Gold'],
    ['49999.99', 'Gold'],
    ['50000.00', 'Platinum'],
    ['50000.01', 'Platinum'],
    ['92233720368547758.07', 'Platinum'],
  ])('give %s pounds of completed orders the tier %s', (completed, tier) => {
    expect(tierFor(pounds(completed))).toBe(tier)
  })

  it.each([
    ['Basic', '1000.00'],
    ['Silver', '5000.00'],
    ['Gold', '20000.00'],
    ['Platinum', '50000.00'],
  ] as const)('give %s a credit of %s pounds', (tier, limit) => {
    expect(creditLimitOf(tier).equals(pounds(limit))).toBe(true)
  })

  it('are ordered from the lowest to the highest', () => {
    const order = tierNames.map((one) => tierNames.filter((other) => isHigher(one, other)))

    expect(order).toEqual([[], ['Basic'], ['Basic', 'Silver'], ['Basic', 'Silver', 'Gold']])
  })
})
