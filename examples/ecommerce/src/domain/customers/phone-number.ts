import { ValueObject } from '@ashlar/domain'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'

export type InvalidPhoneNumber = Failure<'InvalidPhoneNumber', { readonly expected: string }>

const maxTextLength = 40
const separators = /[ ().-]/g
const e164 = /^\+?[1-9]\d{6,14}$/

/** A telephone number in the international form of E.164: a plus sign and 7 to 15 digits. */
export class PhoneNumber extends ValueObject {
  static readonly components = ['value'] as const
  readonly value: string

  private constructor(value: string) {
    super()
    this.value = value
  }

  static parse(text: string): Result<PhoneNumber, InvalidPhoneNumber> {
    const digits = text.length <= maxTextLength ? text.replaceAll(separators, '') : ''
    if (!e164.test(digits)) {
      const expected = '7 to 15 digits with the country code in front, as in +44 20 7946 0958'
      return err(failure('InvalidPhoneNumber', `a phone number must have ${expected}`, { expected }))
    }
    return ok(PhoneNumber.restore(digits.startsWith('+') ? digits : `+${digits}`))
  }

  static restore(value: string): PhoneNumber {
    return PhoneNumber.freeze(new PhoneNumber(value))
  }

  override toString(): string {
    return this.value
  }
}
