import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nastyText, someRule } from '../test/arbitrary.ts'
import { customers } from '../test/customer.ts'

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
})
const ops = ['eq', 'lt', 'in', 'isNull', 'contains', 'and', 'or', 'not', '__proto__']
const part = fc.oneof(
  anything,
  fc.constantFrom('name', 'debt', 'tier', 'fold', '1', 1, true, ...ops),
  nastyText,
)
const nearlyRule = fc.letrec<{ rule: unknown }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small' },
    part,
    fc.record(
      {
        op: fc.constantFrom(...ops),
        field: fc.constantFrom('name', 'debt', 'isActive', 'toString'),
        value: part,
        values: fc.array(part, { maxLength: 3 }),
        text: part,
        args: fc.array(tie('rule'), { maxLength: 3 }),
        arg: tie('rule'),
      },
      { requiredKeys: ['op'] },
    ),
  ),
})).rule
const nearlyCriteria = fc.record(
  {
    orderBy: fc.oneof(
      part,
      fc.array(fc.record({ field: part, direction: part, nulls: part }, { requiredKeys: ['field'] }), {
        maxLength: 3,
      }),
    ),
    page: fc.oneof(
      part,
      fc.record({ size: part, after: part, number: part, withTotal: part }, { requiredKeys: [] }),
    ),
  },
  { requiredKeys: [] },
)
const runs = { numRuns: 2_000 }

describe('what comes from outside, whatever it is', () => {
  it('is a rule that can be written and read again, or a failure', () => {
    fc.assert(
      fc.property(nearlyRule, (json) => {
        customers.fromJson(json).match(
          (rule) => expect(customers.fromJson(rule.toJson())._unsafeUnwrap().node).toEqual(rule.node),
          ({ problems }) => expect(problems.length).toBeGreaterThan(0),
        )
      }),
      runs,
    )
  })

  it('is a rule when a rule was written, and none when a part of it is exchanged', () => {
    fc.assert(
      fc.property(someRule, (rule) => {
        const json = JSON.stringify(rule).replace('"op":"', '"op":"x')

        expect(customers.fromJson(JSON.parse(json)).isErr()).toBe(true)
      }),
    )
  })

  it('is criteria with their id at the end, or a failure', () => {
    fc.assert(
      fc.property(fc.oneof(nearlyCriteria, anything), (json) => {
        customers.criteriaFromJson(json).match(
          ({ orderBy, page }) => {
            expect(orderBy.at(-1)?.field).toBe('id')
            expect(page.size >= 1 && page.size <= 100).toBe(true)
          },
          ({ problems }) => expect(problems.length).toBeGreaterThan(0),
        )
      }),
      runs,
    )
  })

  it('is no cursor unless it was one', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.base64String(), fc.stringMatching(/^[\w-]+\.[0-9a-f]{16}$/)),
        (after) => {
          expect(customers.criteria({ page: { after } }).isErr()).toBe(true)
        },
      ),
      runs,
    )
  })
})
