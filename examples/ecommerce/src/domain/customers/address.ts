import { ValueObject } from '@ashlar/domain'
import { collect, err, type Failure, failure, type GuardFailure, type Result } from '@ashlar/result'
import { parseTextLine } from './text-line.ts'

export type InvalidAddress = Failure<'InvalidAddress', { readonly problems: readonly GuardFailure[] }>
export type AddressData = {
  readonly street: string
  readonly city: string
  readonly state: string
  readonly postalCode: string
  readonly country: string
}

const maxLength = 200

/** Where something is sent to. */
export class Address extends ValueObject {
  static readonly components = ['street', 'city', 'state', 'postalCode', 'country'] as const
  readonly street: string
  readonly city: string
  readonly state: string
  readonly postalCode: string
  readonly country: string

  private constructor(data: AddressData) {
    super()
    this.street = data.street
    this.city = data.city
    this.state = data.state
    this.postalCode = data.postalCode
    this.country = data.country
  }

  static parse(data: AddressData): Result<Address, InvalidAddress> {
    return collect({
      street: parseTextLine(data.street, maxLength, 'street'),
      city: parseTextLine(data.city, maxLength, 'city'),
      state: parseTextLine(data.state, maxLength, 'state'),
      postalCode: parseTextLine(data.postalCode, maxLength, 'postalCode'),
      country: parseTextLine(data.country, maxLength, 'country'),
    })
      .map((lines) => Address.restore(lines))
      .orElse((problems) =>
        err(failure('InvalidAddress', problems.map(({ message }) => message).join('; '), { problems })),
      )
  }

  static restore(data: AddressData): Address {
    return Address.freeze(new Address(data))
  }

  toJson(): AddressData {
    const { street, city, state, postalCode, country } = this
    return { street, city, state, postalCode, country }
  }

  override toString(): string {
    return `${this.street}, ${this.city}, ${this.state} ${this.postalCode}, ${this.country}`
  }
}
