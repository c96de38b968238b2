import { sequentialIds } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { newId, parseId } from './id.ts'

describe('newId', () => {
  it('takes the id from the generator that was handed in', () => {
    expect(newId<'Customer'>(sequentialIds())).toBe('00000000-0000-7000-8000-000000000001')
  })

  it('sorts by age, without the clock of the caller', () => {
    const ids = Array.from({ length: 1_000 }, () => newId<'Customer'>())

    expect(ids.toSorted()).toEqual(ids)
    expect(new Set(ids).size).toBe(1_000)
  })
})

describe('parseId', () => {
  it.each(['1', 'C-1815', 'a'.repeat(128), 'naïve id', '한국', newId<'Customer'>(), '__proto__'])(
    'takes %s',
    (text) => {
      expect(parseId<'Customer'>(text)._unsafeUnwrap()).toBe(text)
    },
  )

  it.each([
    '',
    '   ',
    'a'.repeat(129),
    'a\nb',
    'a\u0000',
    'a\u007f',
    'a\u0085',
    '\ud800',
    42,
    null,
    undefined,
    {},
  ])('refuses %j', (text) => {
    expect(parseId<'Customer'>(text)._unsafeUnwrapErr().type).toBe('InvalidId')
  })

  it('does not repeat a long text in its message', () => {
    expect(parseId('x'.repeat(100_000))._unsafeUnwrapErr().message.length).toBeLessThan(100)
  })
})
