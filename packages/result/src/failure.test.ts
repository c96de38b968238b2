import { describe, expect, it } from 'vitest'
import { failure } from './failure.ts'

describe('failure', () => {
  it('makes a plain object of type, message and facts', () => {
    const made = failure('CartEmpty', 'cart "c-1" has no items, expected at least one', { cartId: 'c-1' })

    expect(made).toEqual({
      type: 'CartEmpty',
      message: 'cart "c-1" has no items, expected at least one',
      cartId: 'c-1',
    })
    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect(made).not.toBeInstanceOf(Error)
  })

  it('needs no facts', () => {
    expect(failure('NotToday', 'we are closed')).toEqual({ type: 'NotToday', message: 'we are closed' })
  })

  it('does not let facts replace type and message', () => {
    const smuggled = { type: 'Other', message: 'other' } as unknown as object

    expect(failure('NotToday', 'we are closed', smuggled)).toEqual({
      type: 'NotToday',
      message: 'we are closed',
    })
  })

  it('takes a fact named "__proto__" as a fact', () => {
    const facts = JSON.parse('{"__proto__":{"isAdmin":true}}') as object

    const made = failure('NotToday', 'we are closed', facts)

    expect(Object.getPrototypeOf(made)).toBe(Object.prototype)
    expect('isAdmin' in made).toBe(false)
  })

  it('does not hold on to the object of facts', () => {
    const facts = { cartId: 'c-1' }
    const made = failure('CartEmpty', 'empty', facts)

    facts.cartId = 'c-2'

    expect(made.cartId).toBe('c-1')
  })
})
