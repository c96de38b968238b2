import { err, ok } from 'neverthrow'
import { describe, expect, it } from 'vitest'
import { collect } from './collect.ts'
import { failure } from './failure.ts'
import { Guard } from './guard.ts'

describe('collect', () => {
  it('gives all values under their names', () => {
    expect(collect({ a: ok(1), b: ok('two') })._unsafeUnwrap()).toEqual({ a: 1, b: 'two' })
  })

  it('gives every failure in the order of the names, not only the first', () => {
    const first = failure('First', 'first')
    const second = failure('Second', 'second')

    const collected = collect({ z: err(first), m: ok(1), a: err(second) })

    expect(collected._unsafeUnwrapErr()).toEqual([first, second])
  })

  it('gives an empty object for nothing', () => {
    expect(collect({})._unsafeUnwrap()).toEqual({})
  })

  it('gathers guard clauses', () => {
    const collected = collect({
      street: Guard.against.nullOrWhiteSpace(' ', 'address.street'),
      city: Guard.against.nullOrWhiteSpace('London', 'address.city'),
      code: Guard.against.tooLong('SW1A 2AA 99', 8, 'address.code'),
    })

    expect(collected._unsafeUnwrapErr().map(({ path }) => path)).toEqual(['address.street', 'address.code'])
  })

  it('keeps a value of undefined under its name', () => {
    expect(Object.keys(collect({ gone: ok(undefined) })._unsafeUnwrap())).toEqual(['gone'])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes the name %s as a name like any other',
    (name) => {
      const values = collect({ [name]: ok({ isAdmin: true }) })._unsafeUnwrap()

      expect(Object.getPrototypeOf(values)).toBe(Object.prototype)
      expect(Object.getOwnPropertyDescriptor(values, name)?.value).toEqual({ isAdmin: true })
      expect('isAdmin' in values).toBe(false)
    },
  )
})
