import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nastyText, simpleRule, someCustomer, someCustomers, someRule } from '../test/arbitrary.ts'
import { type Customer, customers } from '../test/customer.ts'
import { kleene } from '../test/reference.ts'
import { compareScalars, foldText, isFoldedAt } from './compare-scalars.ts'
import { unmetRules } from './explanation.ts'
import type { Specification } from './specification.ts'

/** True, false or unknown, as can be asked from outside. */
function answer(rule: Specification<Customer>, customer: Customer): boolean | null {
  if (rule.isSatisfiedBy(customer)) return true
  return rule.not().isSatisfiedBy(customer) ? false : null
}

const runs = { numRuns: 1_000 }

describe('a specification, whatever it asks for', () => {
  it('means what SQL means', () => {
    fc.assert(
      fc.property(someRule, someCustomers, (rule, list) => {
        for (const customer of list) expect(answer(rule, customer)).toBe(kleene(rule.node, customer))
      }),
      runs,
    )
  })

  it('is the opposite of its opposite', () => {
    fc.assert(
      fc.property(someRule, someCustomer, (rule, customer) => {
        expect(answer(rule.not().not(), customer)).toBe(answer(rule, customer))
        expect(rule.not().not().node).toEqual(rule.node)
      }),
    )
  })

  it('obeys De Morgan, unknown included', () => {
    fc.assert(
      fc.property(someRule, someRule, someCustomer, (one, other, customer) => {
        expect(answer(one.and(other).not(), customer)).toBe(answer(one.not().or(other.not()), customer))
        expect(answer(one.or(other).not(), customer)).toBe(answer(one.not().and(other.not()), customer))
      }),
      runs,
    )
  })

  it('knows neutral and decisive rules', () => {
    fc.assert(
      fc.property(someRule, someCustomer, (rule, customer) => {
        expect(answer(rule.and(customers.all()), customer)).toBe(answer(rule, customer))
        expect(answer(rule.or(customers.none()), customer)).toBe(answer(rule, customer))
        expect(answer(rule.or(customers.all()), customer)).toBe(true)
        expect(answer(rule.and(customers.none()), customer)).toBe(false)
      }),
    )
  })

  it('doesn’t mind the order and the grouping of its parts', () => {
    fc.assert(
      fc.property(someRule, someRule, someRule, someCustomer, (a, b, c, customer) => {
        expect(answer(a.and(b, c), customer)).toBe(answer(c.and(b.and(a)), customer))
        expect(answer(a.or(b, c), customer)).toBe(answer(c.or(b.or(a)), customer))
        expect(answer(a.and(b.or(c)), customer)).toBe(answer(a.and(b).or(a.and(c)), customer))
      }),
    )
  })

  it('is the same after a journey as JSON', () => {
    fc.assert(
      fc.property(someRule, someCustomer, (rule, customer) => {
        const back = customers.fromJson(JSON.parse(JSON.stringify(rule)))._unsafeUnwrap()

        expect(back.node).toEqual(rule.node)
        expect(answer(back, customer)).toBe(answer(rule, customer))
        expect(back.toJson()).toEqual(rule.toJson())
      }),
      runs,
    )
  })

  it('explains what it says', () => {
    fc.assert(
      fc.property(someRule, someCustomer, (rule, customer) => {
        const explanation = rule.explain(customer)
        const said = explanation.satisfied === 'unknown' ? null : explanation.satisfied

        expect(said).toBe(answer(rule, customer))
        expect(unmetRules(explanation).length === 0).toBe(said === true)
        expect(explanation.rule.length).toBeLessThan(210)
      }),
      runs,
    )
  })

  it('is frozen to its last value', () => {
    fc.assert(
      fc.property(someRule, (rule) => {
        expect(isDeeplyFrozen(rule.node)).toBe(true)
        expect(Object.isFrozen(rule)).toBe(true)
      }),
    )
  })

  it('doesn’t know a rule about one field from both of its sides at once', () => {
    fc.assert(
      fc.property(simpleRule, someCustomer, (rule, customer) => {
        expect(rule.isSatisfiedBy(customer) && rule.not().isSatisfiedBy(customer)).toBe(false)
      }),
    )
  })
})

function isDeeplyFrozen(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen))
  )
}

describe('text, whatever its letters', () => {
  const anyText = fc.oneof(
    nastyText,
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
  )

  it('is in the order of its UTF-8 bytes', () => {
    fc.assert(
      fc.property(anyText, anyText, (one, other) => {
        const order = Buffer.compare(Buffer.from(one), Buffer.from(other))

        expect(Math.sign(compareScalars(one, other))).toBe(order)
      }),
      runs,
    )
  })

  it('is folded letter by letter of ASCII, and keeps its length', () => {
    fc.assert(
      fc.property(anyText, anyText, fc.nat({ max: 4 }), (text, part, place) => {
        const folded = foldText(text)

        expect(folded).toBe(
          [...text].map((letter) => (letter < '\x80' ? letter.toLowerCase() : letter)).join(''),
        )
        expect(isFoldedAt(text, foldText(part), place)).toBe(
          place + part.length <= text.length && folded.startsWith(foldText(part), place),
        )
      }),
      runs,
    )
  })
})
