import { describe, expect, it } from 'vitest'
import { type Customer, customers } from '../test/customer.ts'
import { defineFields } from './field-set.ts'
import { MixedSpecificationsError } from './specification.ts'

const { name } = customers.fields

/** As from outside, where types mean nothing. */
const fromOutside = (input: unknown) => customers.criteria(input as { page?: { number: number } })
const problemsOf = (input: unknown) =>
  fromOutside(input)
    ._unsafeUnwrapErr()
    .problems.map(({ path, expected, found }) => `${path}: ${expected} / ${found}`)

describe('FieldSet.criteria', () => {
  it('asks for the first 20 by id unless told', () => {
    const criteria = customers.criteria({})._unsafeUnwrap()

    expect(criteria.where).toBeUndefined()
    expect(criteria.orderBy).toEqual([{ field: 'id', direction: 'asc', nulls: 'last' }])
    expect(criteria.page).toEqual({ kind: 'keyset', size: 20 })
    expect(criteria.fields).toBe(customers)
  })

  it('spells out the order and ends it with the id in the direction of the last entry', () => {
    const criteria = customers.criteria({
      where: name.eq('Ada'),
      orderBy: [
        { field: 'nickname', nulls: 'first' },
        { field: 'credit', direction: 'desc' },
      ],
      page: { number: 3, size: 5, withTotal: true },
    })

    expect(criteria._unsafeUnwrap().orderBy).toEqual([
      { field: 'nickname', direction: 'asc', nulls: 'first' },
      { field: 'credit', direction: 'desc', nulls: 'last' },
      { field: 'id', direction: 'desc', nulls: 'last' },
    ])
    expect(criteria._unsafeUnwrap().page).toEqual({ kind: 'counted', size: 5, number: 3 })
  })

  it('leaves an order alone that ends with the id', () => {
    const criteria = customers.criteria({ orderBy: [{ field: 'id', direction: 'desc' }] })

    expect(criteria._unsafeUnwrap().orderBy).toEqual([{ field: 'id', direction: 'desc', nulls: 'last' }])
  })

  it('gives criteria that nobody changes afterwards', () => {
    const orderBy = [{ field: 'name' as const }]
    const criteria = customers.criteria({ orderBy })._unsafeUnwrap()
    orderBy.length = 0

    expect(criteria.orderBy).toHaveLength(2)
    expect([criteria, criteria.orderBy, criteria.orderBy[0], criteria.page].every(Object.isFrozen)).toBe(true)
  })

  it('tells a field that does not exist from one by which nobody may sort', () => {
    const names = [...customers.sortable].join(', ')

    expect(problemsOf({ orderBy: [{ field: 'shoeSize' }, { field: 'tier' }] })).toEqual([
      `orderBy[0].field: a field, one of ${names} / "shoeSize"`,
      `orderBy[1].field: a sortable field, one of ${names} / "tier"`,
    ])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('knows no field %s', (field) => {
    expect(problemsOf({ orderBy: [{ field }] })).toEqual([
      expect.stringMatching(/^orderBy\[0\]\.field: a field, /),
    ])
  })

  it('collects all that is wrong', () => {
    expect(
      problemsOf({
        where: { op: 'eq' },
        orderBy: [
          { field: 'name' },
          { field: 'name' },
          { field: 'id' },
          { field: 'credit' },
          { direction: 'up' },
        ],
        page: { number: 0, size: 101, withTotal: 'yes' },
      }),
    ).toEqual([
      'where: a specification / an object',
      expect.stringMatching(/^orderBy\[4\]\.field: a field, .* \/ undefined$/),
      'orderBy[4].direction: asc or desc / "up"',
      'orderBy[1].field: another field / "name" again',
      'orderBy[3].field: nothing behind "id", which is unique / "credit"',
      'page.size: a whole number from 1 to 100 / 101',
      'page.number: a whole number from 1 to 1000000 / 0',
      'page.withTotal: true or false / "yes"',
    ])
  })

  it.each([0, -1, 101, 10 ** 9, 1.5, Number.NaN, '20', null, 20n, [20]])('refuses %s as a size', (size) => {
    expect(problemsOf({ page: { size } })[0]).toMatch(/^page\.size: a whole number from 1 to 100 \//)
  })

  it.each([0, -1, 1_000_001, 10 ** 9, 1.5, Number.NaN, '1', null, 1n, {}])(
    'refuses %s as a number',
    (number) => {
      expect(problemsOf({ page: { number } })[0]).toMatch(
        /^page\.number: a whole number from 1 to 1000000 \//,
      )
    },
  )

  it.each([null, undefined, 1, 'name', [], () => ({})])('refuses %s as an input', (input) => {
    expect(problemsOf(input)[0]).toMatch(/^: an object of where, orderBy, page \//)
  })

  it.each([
    ['orderBy', { orderBy: {} }],
    ['orderBy', { orderBy: 'name' }],
    ['orderBy', { orderBy: null }],
    ['orderBy[0]', { orderBy: new Array(1) }],
    ['orderBy[0]', { orderBy: [null] }],
    ['orderBy[0]', { orderBy: ['name'] }],
    ['orderBy[0]', { orderBy: [{ field: 'name', dir: 'asc' }] }],
    ['orderBy[0]', { orderBy: [JSON.parse('{ "field": "name", "__proto__": 1 }')] }],
    ['orderBy[0].nulls', { orderBy: [{ field: 'name', nulls: null }] }],
    ['orderBy[0].direction', { orderBy: [{ field: 'name', direction: 'ASC' }] }],
    ['page', { page: [] }],
    ['page', { page: 1 }],
    ['page', { page: { limit: 1 } }],
    ['page.after', { page: { number: 1, after: 'x' } }],
    ['page.after', { page: { after: null } }],
    ['page.withTotal', { page: { withTotal: true } }],
    ['', { sortBy: 'name' }],
  ])('says %j about %j', (path, input) => {
    expect(
      fromOutside(input)
        ._unsafeUnwrapErr()
        .problems.map((problem) => problem.path),
    ).toEqual([path])
  })

  it('refuses an order longer than there are fields without walking through it', () => {
    const most = customers.sortable.size

    expect(problemsOf({ orderBy: new Array(10 ** 9) })).toEqual([
      `orderBy: at most ${most} entries / 1000000000 entries`,
    ])
  })

  it('refuses what throws when it is looked at', () => {
    const thrower = {
      get size(): never {
        throw new Error('ambush')
      },
    }
    const { proxy, revoke } = Proxy.revocable([], {})
    revoke()

    expect(problemsOf({ page: thrower })).toEqual(['page: a value that can be read / one that throws'])
    expect(problemsOf({ orderBy: proxy })).toEqual(['orderBy: a value that can be read / one that throws'])
    expect(problemsOf({ where: proxy })).toEqual(['where: a specification / an object'])
    expect(problemsOf(proxy)).toEqual([': a value that can be read / one that throws'])
  })

  it('takes a real specification only, not what looks like one', () => {
    const rule = name.eq('Ada')
    const ambush = () => {
      throw new Error('ambush')
    }
    const lookalikes = [
      new Proxy(rule, {}),
      new Proxy(rule, { get: ambush }),
      Object.create(rule),
      { fields: customers, node: rule.node },
    ]

    for (const where of lookalikes)
      expect(problemsOf({ where })).toEqual(['where: a specification / an object'])
  })

  it('keeps what it repeats short', () => {
    const long = 'x'.repeat(1_000_000)
    const refused = fromOutside({
      orderBy: Array.from({ length: 10 }, () => ({ field: long })),
      [long]: 1,
      page: { after: long },
    })

    expect(JSON.stringify(refused._unsafeUnwrapErr()).length).toBeLessThan(5_000)
    expect(refused._unsafeUnwrapErr().message.length).toBeLessThan(500)
  })

  it('names the first problem in its message', () => {
    expect(fromOutside({ page: { size: 0, number: 0 } })._unsafeUnwrapErr().message).toBe(
      'page.size of criteria must be a whole number from 1 to 100, found 0; and 1 more',
    )
  })
})

describe('FieldSet.criteriaFromJson', () => {
  const json = { orderBy: [{ field: 'name', direction: 'desc' }], page: { number: 2, size: 5 } }

  it('reads order and page, and takes the rule from here', () => {
    const where = name.eq('Ada')

    const criteria = customers.criteriaFromJson(json, { where })._unsafeUnwrap()

    expect(criteria).toMatchObject({ where, page: { kind: 'numbered', number: 2, size: 5 } })
    expect(criteria.orderBy.map(({ field }) => field)).toEqual(['name', 'id'])
    expect(Object.isFrozen(criteria)).toBe(true)
    expect(customers.criteriaFromJson({})._unsafeUnwrap().where).toBeUndefined()
  })

  it.each([{ ...json, where: null }, { where: name.eq('Ada') }])('takes no rule from outside', (asked) => {
    expect(customers.criteriaFromJson(asked)._unsafeUnwrapErr().problems).toEqual([
      { path: '', expected: 'an object of orderBy, page', found: 'the property "where"' },
    ])
  })

  it('throws for a rule of another set, which nobody outside has chosen', () => {
    const others = defineFields<Customer>()(({ text }) => ({ id: text(({ id }) => id) }), { id: 'id' })

    expect(() => customers.criteriaFromJson(json, { where: others.all() })).toThrow(MixedSpecificationsError)
  })
})
