import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { someCustomers, someOrder, someRule } from '../test/arbitrary.ts'
import { type Customer, customers } from '../test/customer.ts'
import { pageInMemory } from './page-in-memory.ts'

const size = fc.integer({ min: 1, max: 5 })
const idOf = ({ id }: Customer) => id

describe('pages in memory, whatever the order', () => {
  it('are walked from one end to the other, each candidate once, numbered pages alike', () => {
    fc.assert(
      fc.property(someCustomers, someRule, someOrder, size, (list, where, orderBy, pageSize) => {
        const whole = customers.criteria({ where, orderBy, page: { size: 100 } })._unsafeUnwrap()
        const all = pageInMemory(whole, list, idOf)

        const walked: string[] = []
        let after: string | undefined
        do {
          const criteria = customers.criteria({ where, orderBy, page: { size: pageSize, after } })
          const page = pageInMemory(criteria._unsafeUnwrap(), list, idOf)
          expect(page.items.length).toBe(Math.min(pageSize, all.items.length - walked.length))
          walked.push(...page.items)
          after = page.next
        } while (after !== undefined)

        const numbered: string[] = []
        for (let number = 1; ; number++) {
          const page = { number, size: pageSize, withTotal: true } as const
          const counted = pageInMemory(
            customers.criteria({ where, orderBy, page })._unsafeUnwrap(),
            list,
            idOf,
          )
          expect(counted.totalCount).toBe(all.items.length)
          numbered.push(...counted.items)
          if (number >= counted.totalPages) break
        }

        const satisfying = list.filter((customer) => where.isSatisfiedBy(customer)).map(idOf)
        expect(all.next).toBeUndefined()
        expect(all.items.toSorted()).toEqual(satisfying.toSorted())
        expect(walked).toEqual(all.items)
        expect(numbered).toEqual(all.items)
      }),
      { numRuns: 500 },
    )
  })

  it('are sorted as their order says', () => {
    fc.assert(
      fc.property(someCustomers, someOrder, (list, orderBy) => {
        const criteria = customers.criteria({ orderBy, page: { size: 100 } })._unsafeUnwrap()
        const { items } = pageInMemory(criteria, list)

        for (const [index, next] of items.entries()) {
          const before = items[index - 1]
          if (before === undefined) continue
          const ranks = criteria.orderBy.map((order) => rank(order, before, next))
          expect(ranks.find((order) => order !== 0)).toBeLessThan(0)
        }
      }),
    )
  })
})

/** Shares no code with what it judges. */
function rank(
  { field, direction, nulls }: { field: string; direction: string; nulls: string },
  one: Customer,
  other: Customer,
): number {
  const keyOf = (customer: Customer) => customers.definition(field)?.valueIn(customer) ?? null
  const [a, b] = [keyOf(one), keyOf(other)]
  if (a === null || b === null) return a === b ? 0 : (a === null) === (nulls === 'first') ? -1 : 1
  const order =
    typeof a === 'string'
      ? Buffer.compare(Buffer.from(a), Buffer.from(String(b)))
      : Number(a > b) - Number(a < b)
  return direction === 'asc' ? order : -order
}
