import { describe, expect, it } from 'vitest'
import { aCustomer, type Customer, customers } from '../test/customer.ts'
import { pageInMemory } from './page-in-memory.ts'

const nicknamed = (...nicknames: (string | null)[]): Customer[] =>
  nicknames.map((nickname, index) => aCustomer({ id: `c-${index}`, nickname }))
const nicknameOf = (customer: Customer) => customer.nickname
const none: Customer[] = []

describe('pageInMemory', () => {
  it.each([
    ['asc', 'last', ['Z', 'a', '\uFFFD', '\u{1F600}', null]],
    ['desc', 'last', ['\u{1F600}', '\uFFFD', 'a', 'Z', null]],
    ['asc', 'first', [null, 'Z', 'a', '\uFFFD', '\u{1F600}']],
    ['desc', 'first', [null, '\u{1F600}', '\uFFFD', 'a', 'Z']],
  ] as const)('sorts %s by code point, nulls %s', (direction, nulls, expected) => {
    const candidates = nicknamed('\uFFFD', null, '\u{1F600}', 'a', 'Z')
    const criteria = customers.criteria({ orderBy: [{ field: 'nickname', direction, nulls }] })

    expect(pageInMemory(criteria._unsafeUnwrap(), candidates, nicknameOf).items).toEqual(expected)
  })

  it('sorts equals by id, in the direction of the last entry', () => {
    const candidates = ['b', 'c', 'a'].map((id) => aCustomer({ id }))
    const criteria = customers.criteria({ orderBy: [{ field: 'name', direction: 'desc' }] })

    expect(pageInMemory(criteria._unsafeUnwrap(), candidates, ({ id }) => id).items).toEqual(['c', 'b', 'a'])
  })

  it('names a next page only when there is one', () => {
    const criteria = (after?: string) => customers.criteria({ page: { size: 2, after } })._unsafeUnwrap()
    const candidates = nicknamed('a', 'b', 'c', 'd')

    const first = pageInMemory(criteria(), candidates, nicknameOf)
    const second = pageInMemory(criteria(first.next), candidates, nicknameOf)
    const beyond = pageInMemory(criteria(first.next), candidates.slice(0, 2), nicknameOf)

    expect(first).toEqual({ items: ['a', 'b'], next: expect.any(String) })
    expect(second).toEqual({ items: ['c', 'd'] })
    expect(beyond).toEqual({ items: [] })
  })

  it('goes on behind an item that is gone by now', () => {
    const candidates = nicknamed('a', 'b', 'c', 'd')
    const first = pageInMemory(customers.criteria({ page: { size: 2 } })._unsafeUnwrap(), candidates)
    const second = customers.criteria({ page: { after: first.next } })._unsafeUnwrap()

    expect(pageInMemory(second, candidates.toSpliced(1, 1), nicknameOf).items).toEqual(['c', 'd'])
  })

  it('numbers pages without counting', () => {
    const page = (number: number) => customers.criteria({ page: { number, size: 2 } })._unsafeUnwrap()
    const candidates = nicknamed('a', 'b', 'c', 'd')

    expect([1, 2, 3].map((number) => pageInMemory(page(number), candidates, nicknameOf))).toEqual([
      { items: ['a', 'b'], pageNumber: 1, pageSize: 2, hasNext: true },
      { items: ['c', 'd'], pageNumber: 2, pageSize: 2, hasNext: false },
      { items: [], pageNumber: 3, pageSize: 2, hasNext: false },
    ])
  })

  it('counts what satisfies the rule', () => {
    const criteria = customers.criteria({
      where: customers.fields.nickname.ne('b'),
      page: { number: 1, size: 2, withTotal: true },
    })

    expect(pageInMemory(criteria._unsafeUnwrap(), nicknamed('a', 'b', null, 'c', 'd'), nicknameOf)).toEqual({
      items: ['a', 'c'],
      pageNumber: 1,
      pageSize: 2,
      totalCount: 3,
      totalPages: 2,
    })
  })

  it('has no pages for no candidates', () => {
    const counted = customers.criteria({ page: { number: 1, withTotal: true } })._unsafeUnwrap()

    expect(pageInMemory(counted, none)).toMatchObject({ items: [], totalCount: 0, totalPages: 0 })
    expect(pageInMemory(customers.criteria({})._unsafeUnwrap(), none)).toEqual({ items: [] })
  })

  it('takes any iterable, and leaves it as it was', () => {
    const candidates = nicknamed('b', 'a')
    const criteria = customers.criteria({ orderBy: [{ field: 'nickname' }] })._unsafeUnwrap()

    expect(pageInMemory(criteria, new Set(candidates), nicknameOf).items).toEqual(['a', 'b'])
    expect(pageInMemory(criteria, candidates).items).toEqual([candidates[1], candidates[0]])
    expect(candidates.map(nicknameOf)).toEqual(['b', 'a'])
  })
})
