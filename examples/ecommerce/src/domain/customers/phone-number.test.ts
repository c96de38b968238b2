import { describe, expect, it } from 'vitest'
import { PhoneNumber } from './phone-number.ts'

describe('PhoneNumber', () => {
  it.each([
    ['+442079460958', '+442079460958'],
    ['442079460958', '+442079460958'],
    ['+44 20 7946 0958', '+442079460958'],
    ['+44 (20) 7946-0958', '+442079460958'],
    ['+44.20.7946.0958', '+442079460958'],
    ['1234567', '+1234567'],
    ['+123456789012345', '+123456789012345'],
  ])('takes %j as %j', (text, value) => {
    expect(PhoneNumber.parse(text)._unsafeUnwrap().value).toBe(value)
  })

  it.each([
    ['nothing', ''],
    ['separators alone', '+ ( ) - .'],
    ['two digits', '12'],
    ['six digits', '+123456'],
    ['16 digits', '+1234567890123456'],
    ['28 digits', '1234567890123456789012345678'],
    ['a zero in front', '020 7946 0958'],
    ['a zero after the plus sign', '+0207946095'],
    ['letters', '+44 20 SHOP'],
    ['letters among enough digits', '+4420794609x8'],
    ['a plus sign inside', '44+2079460958'],
    ['two plus signs', '++442079460958'],
    ['a line feed', '+442079460958\n'],
    ['digits of another script', '+\u0664\u0664\u0662\u0660\u0667\u0669\u0664\u0666'],
    ['100,000 spaces around digits', `${' '.repeat(100_000)}+442079460958`],
    ['100,000 digits', '1'.repeat(100_000)],
  ])('refuses %s, and says what it wants', (_, text) => {
    const refused = PhoneNumber.parse(text)._unsafeUnwrapErr()

    expect(refused.type).toBe('InvalidPhoneNumber')
    expect(refused.message).toContain('+44 20 7946 0958')
  })

  it('is equal to the same number written otherwise', () => {
    const one = PhoneNumber.parse('+44 20 7946 0958')._unsafeUnwrap()

    expect(one.equals(PhoneNumber.parse('44-20-79460958')._unsafeUnwrap())).toBe(true)
    expect(one.equals(PhoneNumber.restore('+442079460958'))).toBe(true)
    expect(one.equals(PhoneNumber.restore('+442079460959'))).toBe(false)
  })
})
