import { err, ok, type Result } from '@ashlar/result'
import { allocateByLargestRemainder } from './money/allocate.ts'
import { type Currency, decimalsOf, isCurrency } from './money/currency.ts'
import { formatDecimal, maxMinorUnits, parseDecimal } from './money/decimal-text.ts'
import {
  type CurrencyMismatch,
  CurrencyMismatchError,
  currencyMismatch,
  type InvalidMoney,
  InvalidMoneyArgumentError,
  invalidMoney,
  type MoneyOverflow,
  moneyOverflow,
} from './money/money-failure.ts'
import { absolute, divideRounded, type Rounding } from './money/rounding.ts'
import { ValueObject } from './value-object.ts'

/** Money as JSON carries it, in events and over the wire. */
export type MoneyJson = { readonly currency: Currency; readonly amount: string }

/** A factor that is no whole number: 20 % is `{ numerator: 20, denominator: 100 }`. */
export type Ratio = { readonly numerator: bigint | number; readonly denominator: bigint | number }

/**
 * An amount of one currency, exact to its minor unit.
 *
 * Amounts lie within ±(2^63−1) minor units. Arithmetic returns a Result, since currencies may differ and sums may grow
 * too large; only `allocate`, `negate` and `abs` can't fail. `<` and `+` on Money throw instead of comparing texts.
 *
 * @example
 * ```ts
 * import { Money } from '@ashlar/domain'
 *
 * const price = Money.ofMinor(1_999n, 'GBP')
 * const vat = price.times({ numerator: 20, denominator: 100 }, 'half-even')
 * const gross = vat.andThen((tax) => price.plus(tax))
 * console.log(gross.isOk() && `${gross.value}`)
 *
 * const [first, second, third] = Money.ofMinor(100n, 'EUR').allocate([1, 1, 1])
 * console.log(`${first}, ${second}, ${third}`)
 * ```
 */
export class Money extends ValueObject {
  /** What makes two amounts equal. */
  static readonly components = ['currency', 'minorUnits'] as const
  /** The code of ISO 4217. */
  readonly currency: Currency
  /** Pence of GBP, yen of JPY, thousandths of BHD; negative for a debt. */
  readonly minorUnits: bigint

  private constructor(minorUnits: bigint, currency: Currency) {
    super()
    this.currency = currency
    this.minorUnits = minorUnits
  }

  /**
   * Reads an amount from decimal text.
   *
   * @param amount - digits with at most as many decimals as the currency has, such as `-12.34`; no exponent, at most 40
   *   characters
   * @param currency - of ISO 4217
   * @returns the money, or `InvalidMoney`
   */
  static of(amount: string, currency: Currency): Result<Money, InvalidMoney> {
    if (!isCurrency(currency))
      return err(invalidMoney('unknownCurrency', 'an active currency of ISO 4217', currency))
    return parseDecimal(amount, decimalsOf(currency)).map((minorUnits) => Money.#make(minorUnits, currency))
  }

  /**
   * Makes money of what the program itself knows: a constant, a column of its own store.
   *
   * @param minorUnits - a bigint, or a whole number within ±(2^53−1)
   * @param currency - of ISO 4217
   * @returns the money
   * @throws {@link InvalidMoneyArgumentError} for a fraction, NaN, an amount beyond ±(2^63−1) or an unknown currency
   */
  static ofMinor(minorUnits: bigint | number, currency: Currency): Money {
    if (!isCurrency(currency))
      throw new InvalidMoneyArgumentError('currency', 'an active currency of ISO 4217', currency)
    const units = wholeNumber('minorUnits', minorUnits)
    if (absolute(units) > maxMinorUnits)
      throw new InvalidMoneyArgumentError('minorUnits', 'within ±(2^63−1)', units)
    return Money.#make(units, currency)
  }

  /**
   * No money at all.
   *
   * @param currency - of ISO 4217
   * @returns zero
   */
  static zero(currency: Currency): Money {
    return Money.ofMinor(0n, currency)
  }

  /**
   * Adds up a list.
   *
   * @param amounts - all of the currency
   * @param currency - of the sum; an empty list sums up to zero
   * @returns the sum, or `CurrencyMismatch`, or `MoneyOverflow`
   */
  static sum(amounts: Iterable<Money>, currency: Currency): Result<Money, CurrencyMismatch | MoneyOverflow> {
    let units = 0n
    for (const amount of amounts) {
      if (amount.currency !== currency) return err(currencyMismatch(currency, amount.currency))
      units += amount.minorUnits
    }
    return Money.#within(units, currency)
  }

  /**
   * Reads what {@link Money.toJson} wrote.
   *
   * @param json - from outside; anything
   * @returns the money, or `InvalidMoney`
   */
  static fromJson(json: unknown): Result<Money, InvalidMoney> {
    if (typeof json !== 'object' || json === null)
      return err(invalidMoney('notDecimal', 'an object of currency and amount', json))
    const { currency, amount } = json as Partial<Record<keyof MoneyJson, unknown>>
    return Money.of(amount as string, currency as Currency)
  }

  /**
   * Adds.
   *
   * @param other - of the same currency
   * @returns the sum, or `CurrencyMismatch`, or `MoneyOverflow`
   */
  plus(other: Money): Result<Money, CurrencyMismatch | MoneyOverflow> {
    if (other.currency !== this.currency) return err(currencyMismatch(this.currency, other.currency))
    return Money.#within(this.minorUnits + other.minorUnits, this.currency)
  }

  /**
   * Subtracts; the difference may be negative.
   *
   * @param other - of the same currency
   * @returns the difference, or `CurrencyMismatch`, or `MoneyOverflow`
   */
  minus(other: Money): Result<Money, CurrencyMismatch | MoneyOverflow> {
    if (other.currency !== this.currency) return err(currencyMismatch(this.currency, other.currency))
    return Money.#within(this.minorUnits - other.minorUnits, this.currency)
  }

  /**
   * Multiplies by a whole number, such as a quantity.
   *
   * @param factor - a bigint, or a whole number within ±(2^53−1)
   * @returns the product, or `MoneyOverflow`
   * @throws {@link InvalidMoneyArgumentError} for a fraction or NaN
   */
  times(factor: bigint | number): Result<Money, MoneyOverflow>
  /**
   * Multiplies by a ratio, such as a tax rate.
   *
   * @param factor - two whole numbers
   * @param rounding - what happens to a part of a minor unit
   * @returns the product, or `MoneyOverflow`
   * @throws {@link InvalidMoneyArgumentError} for a fraction, NaN or a denominator of zero
   */
  times(factor: Ratio, rounding: Rounding): Result<Money, MoneyOverflow>
  times(factor: bigint | number | Ratio, rounding: Rounding = 'half-even'): Result<Money, MoneyOverflow> {
    if (typeof factor !== 'object')
      return Money.#within(this.minorUnits * wholeNumber('factor', factor), this.currency)
    const denominator = wholeNumber('denominator', factor.denominator)
    if (denominator === 0n) throw new InvalidMoneyArgumentError('denominator', 'not zero', denominator)
    const numerator = this.minorUnits * wholeNumber('numerator', factor.numerator)
    return Money.#within(divideRounded(numerator, denominator, rounding), this.currency)
  }

  /**
   * Splits the amount by weights without losing or making a minor unit, by largest remainder.
   *
   * @param weights - whole numbers, none negative, at least one above zero
   * @returns one part per weight, in their order; they sum up to this amount
   * @throws {@link InvalidMoneyArgumentError} for other weights
   */
  allocate<const Weights extends readonly (bigint | number)[]>(
    weights: Weights,
  ): { readonly [Index in keyof Weights]: Money } {
    const parts = allocateByLargestRemainder(this.minorUnits, weights.map(weightOf))
    return parts.map((units) => Money.#make(units, this.currency)) as never
  }

  /** The same amount with the other sign. */
  negate(): Money {
    return Money.#make(-this.minorUnits, this.currency)
  }

  /** The amount without its sign. */
  abs(): Money {
    return Money.#make(absolute(this.minorUnits), this.currency)
  }

  /**
   * Compares where currencies may differ.
   *
   * @param other - of any currency
   * @returns −1 when this is less, 0 when they are equal, 1 when this is more, or `CurrencyMismatch`
   */
  compare(other: Money): Result<-1 | 0 | 1, CurrencyMismatch> {
    if (other.currency !== this.currency) return err(currencyMismatch(this.currency, other.currency))
    if (this.minorUnits === other.minorUnits) return ok(0)
    return ok(this.minorUnits < other.minorUnits ? -1 : 1)
  }

  /**
   * Is it less?
   *
   * @param other - of the same currency
   * @throws {@link CurrencyMismatchError} for another currency
   */
  isLessThan(other: Money): boolean {
    return this.#orderTo(other) < 0
  }

  /**
   * Is it less, or the same?
   *
   * @param other - of the same currency
   * @throws {@link CurrencyMismatchError} for another currency
   */
  isAtMost(other: Money): boolean {
    return this.#orderTo(other) <= 0
  }

  /**
   * Is it more?
   *
   * @param other - of the same currency
   * @throws {@link CurrencyMismatchError} for another currency
   */
  isGreaterThan(other: Money): boolean {
    return this.#orderTo(other) > 0
  }

  /**
   * Is it more, or the same?
   *
   * @param other - of the same currency
   * @throws {@link CurrencyMismatchError} for another currency
   */
  isAtLeast(other: Money): boolean {
    return this.#orderTo(other) >= 0
  }

  /** Is it nothing? */
  get isZero(): boolean {
    return this.minorUnits === 0n
  }

  /** Is it below zero? */
  get isNegative(): boolean {
    return this.minorUnits < 0n
  }

  /** Is it above zero? */
  get isPositive(): boolean {
    return this.minorUnits > 0n
  }

  /**
   * Writes the amount for events, stores and wires.
   *
   * @returns the currency, and the amount as decimal text with all decimals of the currency
   */
  toJson(): MoneyJson {
    return { currency: this.currency, amount: formatDecimal(this.minorUnits, decimalsOf(this.currency)) }
  }

  /** What `JSON.stringify` takes: the same as {@link Money.toJson}. */
  toJSON(): MoneyJson {
    return this.toJson()
  }

  /** `12.34 GBP`; for people of one locale, hand `toJson().amount` to an `Intl.NumberFormat`. */
  override toString(): string {
    const { amount, currency } = this.toJson()
    return `${amount} ${currency}`
  }

  /**
   * Lets templates print money, and keeps `<`, `>` and `+` from comparing and joining texts.
   *
   * @throws {@link InvalidMoneyArgumentError} wherever no text is wanted
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString()
    throw new InvalidMoneyArgumentError('an operand of <, > or +', 'a number or a text', this.toString())
  }

  static #within(minorUnits: bigint, currency: Currency): Result<Money, MoneyOverflow> {
    return absolute(minorUnits) > maxMinorUnits
      ? err(moneyOverflow(currency))
      : ok(Money.#make(minorUnits, currency))
  }

  static #make(minorUnits: bigint, currency: Currency): Money {
    return Money.freeze(new Money(minorUnits, currency))
  }

  #orderTo(other: Money): -1 | 0 | 1 {
    const order = this.compare(other)
    if (order.isErr()) throw new CurrencyMismatchError(order.error)
    return order.value
  }
}

function wholeNumber(argument: string, value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (Number.isSafeInteger(value)) return BigInt(value as number)
  throw new InvalidMoneyArgumentError(argument, 'a bigint or a whole number within ±(2^53−1)', value)
}

function weightOf(weight: bigint | number): bigint {
  const whole = wholeNumber('weights', weight)
  if (whole < 0n) throw new InvalidMoneyArgumentError('weights', 'zero or more', whole)
  return whole
}
