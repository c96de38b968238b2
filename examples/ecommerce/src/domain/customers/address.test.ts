import { describe, expect, it } from 'vitest'
import { Address } from './address.ts'

const london = {
  street: '12 St James Square',
  city: 'London',
  state: 'England',
  postalCode: 'SW1Y 4JH',
  country: 'United Kingdom',
}

describe('Address', () => {
  it('takes five lines, trimmed', () => {
    const address = Address.parse({ ...london, city: '  London ' })._unsafeUnwrap()

    expect(address.toJson()).toEqual(london)
    expect(String(address)).toBe('12 St James Square, London, England SW1Y 4JH, United Kingdom')
  })

  it('tells all that is wrong at once', () => {
    const refused = Address.parse({ ...london, street: ' ', country: '' })._unsafeUnwrapErr()

    expect(refused.type).toBe('InvalidAddress')
    expect(refused.problems.map(({ path }) => path)).toEqual(['street', 'country'])
    expect(refused.message).toContain('street')
    expect(refused.message).toContain('country')
  })

  it.each(Object.keys(london))('refuses 201 characters of %s, and takes 200', (line) => {
    const found = Address.parse({ ...london, [line]: 'x'.repeat(201) })

    expect(found._unsafeUnwrapErr().problems).toMatchObject([{ path: line, problem: 'tooLong' }])
    expect(Address.parse({ ...london, [line]: 'x'.repeat(200) }).isOk()).toBe(true)
  })

  it.each(['12 St James\r\nBcc: all', 'a\0b', '\u001b[31mred'])(
    'refuses control characters, which labels and letters could not bear: %j',
    (street) => {
      expect(Address.parse({ ...london, street })._unsafeUnwrapErr().problems).toMatchObject([
        { path: 'street', problem: 'wrongFormat' },
      ])
    },
  )

  it('equals an address of the same lines, and no other', () => {
    const address = Address.parse(london)._unsafeUnwrap()

    expect(address.equals(Address.restore(london))).toBe(true)
    for (const line of Object.keys(london))
      expect(address.equals(Address.restore({ ...london, [line]: 'other' }))).toBe(false)
  })
})
