import { type Currency, type CurrencyMismatch, Money, type MoneyOverflow, ValueObject } from '@ashlar/domain'
import { err, type Failure, FailureError, failure, ok, type Result } from '@ashlar/result'

export type InvalidUnitPrice = Failure<'InvalidUnitPrice', { readonly found: string }>

const decimals = 3
const perMinorUnit = 10n
const pattern = /^(\d{1,12})(?:\.(\d{1,3}))?$/
const maxMinorUnits = 2n ** 63n - 1n

/** What one piece costs, with up to three decimals; only a total is money that can be paid. */
export class UnitPrice extends ValueObject {
  static readonly components = ['currency', 'thousandths'] as const
  readonly currency: Currency
  readonly thousandths: bigint

  private constructor(thousandths: bigint, currency: Currency) {
    super()
    this.thousandths = thousandths
    this.currency = currency
  }

  /** Takes decimal text such as `2.55` or `0.125`; more than zero. */
  static parse(text: string, currency: Currency = 'GBP'): Result<UnitPrice, InvalidUnitPrice> {
    const [, whole, fraction = ''] = (text.length <= 16 ? pattern.exec(text) : null) ?? []
    const thousandths = whole === undefined ? 0n : BigInt(whole + fraction.padEnd(decimals, '0'))
    if (thousandths === 0n) {
      const found = text.slice(0, 20)
      return err(
        failure(
          'InvalidUnitPrice',
          `a unit price must be above zero, with up to ${decimals} decimals, found "${found}"`,
          {
            found,
          },
        ),
      )
    }
    return ok(UnitPrice.freeze(new UnitPrice(thousandths, currency)))
  }

  static restore(text: string, currency: Currency = 'GBP'): UnitPrice {
    const price = UnitPrice.parse(text, currency)
    if (price.isErr()) throw new FailureError(price.error)
    return price.value
  }

  /** The exact sum of quantity × price, rounded half up to minor units once, at the end. */
  static total(
    lines: Iterable<{ readonly unitPrice: UnitPrice; readonly quantity: number }>,
    currency: Currency = 'GBP',
  ): Result<Money, CurrencyMismatch | MoneyOverflow> {
    let thousandths = 0n
    for (const { unitPrice, quantity } of lines) {
      const price = unitPrice.in(currency)
      if (price.isErr()) return err(price.error)
      thousandths += price.value.thousandths * BigInt(quantity)
    }
    const minorUnits = (thousandths + perMinorUnit / 2n) / perMinorUnit
    if (minorUnits > maxMinorUnits)
      return err(
        failure(
          'MoneyOverflow',
          `a total must be at most ${maxMinorUnits} minor units, found ${minorUnits}`,
          {
            currency,
          },
        ),
      )
    return ok(Money.ofMinor(minorUnits, currency))
  }

  /** This price, where it is one in that currency. */
  in(currency: Currency): Result<UnitPrice, CurrencyMismatch> {
    if (this.currency === currency) return ok(this)
    return err(
      failure('CurrencyMismatch', `a price in ${currency} was expected, found one in ${this.currency}`, {
        expected: currency,
        found: this.currency,
      }),
    )
  }

  override toString(): string {
    const text = String(this.thousandths).padStart(decimals + 1, '0')
    return `${text.slice(0, -decimals)}.${text.slice(-decimals)}`
  }
}
