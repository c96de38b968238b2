import { describe, expect, it } from 'vitest'
import { Email } from './email.ts'

const refusal = (text: string) => Email.parse(text)._unsafeUnwrapErr()

describe('Email', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['  ada@example.com ', 'ada@example.com'],
    ['Ada.Lovelace@Example.COM', 'Ada.Lovelace@example.com'],
    ['ada+shop@mail.example.co.uk', 'ada+shop@mail.example.co.uk'],
    ["o'neil!#$%&*/=?^_`{|}~-@example.com", "o'neil!#$%&*/=?^_`{|}~-@example.com"],
    ['ada@xn--mnchen-3ya.example', 'ada@xn--mnchen-3ya.example'],
    ['7@7.example', '7@7.example'],
  ])('takes %j as %j', (text, value) => {
    expect(Email.parse(text)._unsafeUnwrap().value).toBe(value)
  })

  it.each([
    ['nothing', ''],
    ['white space', '   '],
    ['no at sign', 'ada.example.com'],
    ['two at signs', 'ada@home@example.com'],
    ['nothing before the at sign', '@example.com'],
    ['nothing after the at sign', 'ada@'],
    ['a single label', 'ada@localhost'],
    ['a dot in front', '.ada@example.com'],
    ['a dot before the at sign', 'ada.@example.com'],
    ['two dots in a row', 'ada..lovelace@example.com'],
    ['a dot after the at sign', 'ada@.example.com'],
    ['a dot at the end', 'ada@example.com.'],
    ['an empty label', 'ada@example..com'],
    ['a hyphen at a border of a label', 'ada@-example.com'],
    ['a hyphen at the end of a label', 'ada@example-.com'],
    ['a label of 64 characters', `ada@${'a'.repeat(64)}.com`],
    ['a space inside', 'ada lovelace@example.com'],
    ['a tab around', '\tada@example.com'],
    ['a line feed at the end', 'ada@example.com\n'],
    ['a header smuggled in before the at sign', 'ada\r\nBcc: all@example.com'],
    ['a header smuggled in after the at sign', 'ada@example.com\r\nBcc:all'],
    ['U+0000', 'ada\0@example.com'],
    ['quotes', '"ada"@example.com'],
    ['a Cyrillic a before the at sign', '\u0430da@example.com'],
    ['a Cyrillic a after the at sign', 'ada@ex\u0430mple.com'],
    ['an umlaut in the domain', 'ada@m\u00fcnchen.example'],
    ['the sign of Kelvin, which is a k in lower case', 'ada@\u212Aelvin.example'],
    ['the long s, which is an S in upper case', 'le\u017fs@example.com'],
    ['a full-width at sign', 'ada\uff20example.com'],
  ])('refuses %s', (_, text) => {
    expect(refusal(text)).toMatchObject({ type: 'InvalidEmail', expected: expect.any(String) })
  })

  it('allows 64 characters before the at sign and 254 in all, and not one more', () => {
    const domain = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(61)}`
    const longest = `${'x'.repeat(64)}@${domain}`

    expect(longest).toHaveLength(254)
    expect(Email.parse(longest).isOk()).toBe(true)
    expect(refusal(`${longest}c`).expected).toBe('at most 254 characters')
    expect(refusal(`${'x'.repeat(65)}@example.com`).expected).toBe('at most 64 characters before the "@"')
  })

  it.each([
    ['300 characters', `${'a'.repeat(288)}@example.com`],
    ['50,000 dots', `a@${'.'.repeat(50_000)}`],
    ['50,000 dots and an at sign', `a@${'.'.repeat(50_000)}@`],
    ['a million spaces', ' '.repeat(1_000_000)],
    ['a million at signs', '@'.repeat(1_000_000)],
  ])('refuses %s by their length alone', (_, text) => {
    expect(refusal(text).expected).toBe('at most 254 characters')
  })

  it('is one address in all spellings, and keeps the one that was written', () => {
    const one = Email.parse('Ada@Example.com')._unsafeUnwrap()
    const other = Email.parse('aDA@eXAMPLE.COM')._unsafeUnwrap()

    expect(one.equals(other)).toBe(true)
    expect([one.key, other.key]).toEqual(['ada@example.com', 'ada@example.com'])
    expect([one.value, other.value]).toEqual(['Ada@example.com', 'aDA@example.com'])
  })

  it('comes back from a store as it went', () => {
    const email = Email.parse('Ada@Example.com')._unsafeUnwrap()

    const restored = Email.restore(email.value)

    expect(restored).toEqual(email)
    expect(Object.isFrozen(restored)).toBe(true)
  })

  it('does not repeat in its message what was written', () => {
    expect(refusal('secret words').message).not.toContain('secret')
  })
})
