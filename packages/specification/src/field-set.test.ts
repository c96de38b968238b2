import { describe, expect, it } from 'vitest'
import { aCustomer, customers } from '../test/customer.ts'
import { defineFields, InvalidFieldSetError } from './field-set.ts'

type Tea = { sku: string; name: string | null; isFresh: boolean }

describe('defineFields', () => {
  it('names fields, and finds them by name alone', () => {
    expect(customers.fields.credit.name).toBe('credit')
    expect(customers.definition('credit')).toBe(customers.fields.credit)
    expect(customers.definition('credit')).toMatchObject({ kind: 'bigint', isNullable: false })
    expect(customers.definition('debt')?.isNullable).toBe(true)
    expect(['toString', '__proto__', 'shoeSize', ''].map((name) => customers.definition(name))).toEqual(
      Array.from({ length: 4 }),
    )
  })

  it('reads values as they are compared', () => {
    const customer = aCustomer({ leftAt: new Date(0), rating: -0, nickname: undefined as unknown as null })
    const values = Object.fromEntries(
      Object.values(customers.fields).map((field) => [field.name, field.valueIn(customer)]),
    )

    expect(values).toEqual({
      id: 'c-1',
      name: 'Ada',
      nickname: null,
      tier: 'Gold',
      credit: 500n,
      debt: null,
      rating: 0,
      score: null,
      isActive: true,
      hasAgreed: null,
      joinedAt: '2026-01-31T12:00:00.000Z',
      leftAt: '1970-01-01T00:00:00.000Z',
    })
  })

  it('lets sort by the id alone, 100 at once, unless told', () => {
    const teas = defineFields<Tea>()(({ text }) => ({ sku: text((tea) => tea.sku), odd: text(() => 'x') }), {
      id: 'sku',
    })

    expect([...teas.sortable]).toEqual(['sku'])
    expect(teas.maxPageSize).toBe(100)
  })

  it('takes an ordinary size for no larger than the largest', () => {
    const teas = defineFields<Tea>()(({ text }) => ({ sku: text((tea) => tea.sku) }), {
      id: 'sku',
      maxPageSize: 5,
    })

    expect(teas.criteria({})._unsafeUnwrap().page.size).toBe(5)
  })

  it.each<[string, object]>([
    ['an id that there is not', { id: 'ean' }],
    ['an id that may be null', { id: 'name' }],
    ['an id of two values', { id: 'isFresh' }],
    ['an id by the name of what all objects have', { id: 'toString' }],
    ['a sortable field that there is not', { id: 'sku', sortable: ['name', 'constructor'] }],
    ['pages of no items', { id: 'sku', maxPageSize: 0 }],
    ['pages of half an item', { id: 'sku', maxPageSize: 0.5 }],
    ['pages of NaN items', { id: 'sku', maxPageSize: Number.NaN }],
    ['pages of more than 10,000 items', { id: 'sku', maxPageSize: 10_001 }],
  ])('refuses %s', (_what, options) => {
    const define = () =>
      defineFields<Tea>()(
        ({ text, boolean }) => ({
          sku: text((tea) => tea.sku),
          name: text((tea) => tea.name, { nullable: true }),
          isFresh: boolean((tea) => tea.isFresh),
        }),
        options as { id: 'sku' },
      )

    expect(define).toThrow(InvalidFieldSetError)
  })

  it.each(['__proto__', '', ' ', 'a b', '1st', 'a"b', 'x'.repeat(65), '\0'])(
    'refuses %j as a name',
    (name) => {
      const define = () =>
        defineFields<Tea>()(({ text }) => ({ sku: text((tea) => tea.sku), [name]: text((tea) => tea.sku) }), {
          id: 'sku',
        })

      expect(define).toThrow(InvalidFieldSetError)
    },
  )

  it.each(['constructor', 'größe', 'total.amount', '_id', '$x', 'line-id'])('takes %j for a name', (name) => {
    const teas = defineFields<Tea>()(
      ({ text }) => ({ sku: text((tea) => tea.sku), [name]: text((tea) => tea.sku) }),
      { id: 'sku' },
    )

    expect(teas.definition(name)?.valueIn({ sku: 's', name: null, isFresh: true })).toBe('s')
  })
})
