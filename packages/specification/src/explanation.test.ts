import { describe, expect, it } from 'vitest'
import { Amount, aCustomer, type Customer, customers } from '../test/customer.ts'
import { unmetRules } from './explanation.ts'
import type { Specification } from './specification.ts'

const { name, nickname, tier, credit, score } = customers.fields
const mayPayLater = credit
  .gt(new Amount(500n))
  .and(tier.eq('Gold').or(score.ge(90)), nickname.eq('x').not(), name.isNull().not())
const unmet = (rule: Specification<Customer>, differing: Partial<Customer> = {}) =>
  unmetRules(rule.explain(aCustomer(differing)))

describe('Specification.explain', () => {
  it('says part by part what holds, and what was found', () => {
    expect(credit.gt(new Amount(500n)).and(score.ge(90).not()).explain(aCustomer())).toEqual({
      satisfied: false,
      rule: 'credit > 500 and not (score >= 90)',
      parts: [
        { satisfied: false, rule: 'credit > 500', found: '500', parts: [] },
        {
          satisfied: 'unknown',
          rule: 'not (score >= 90)',
          parts: [{ satisfied: 'unknown', rule: 'score >= 90', found: 'null', parts: [] }],
        },
      ],
    })
  })

  it('lists what failed, smallest parts only', () => {
    expect(unmet(mayPayLater, { tier: 'Silver', nickname: 'x' })).toEqual([
      'credit > 500, found 500',
      'tier = "Gold", found "Silver"',
      'score >= 90, found null',
      'not (nickname = "x"), found "x"',
    ])
  })

  it('lists nothing of a rule that holds', () => {
    expect(unmet(mayPayLater, { credit: new Amount(501n), nickname: 'y' })).toEqual([])
  })

  it('says that nothing satisfies nothing', () => {
    expect(unmet(customers.none())).toEqual(['nothing'])
    expect(unmet(tier.eq('Gold').and(name.eq('Ada')).not())).toEqual(['not (tier = "Gold" and name = "Ada")'])
  })

  it('keeps what it found short', () => {
    const [text = ''] = unmet(name.eq('y'.repeat(10_000)), { name: 'x'.repeat(1_000_000) })

    expect(text.length).toBeLessThan(200)
  })
})
