import { type Failure, failure } from '@ashlar/result'
import type { Currency } from './currency.ts'

/** What is wrong with an amount of money from outside. */
export type MoneyProblem = 'unknownCurrency' | 'notDecimal' | 'tooLong' | 'tooPrecise' | 'outOfRange'

/** Text or JSON is no amount of money; `problem` to branch on, `expected` and `found` for people. */
export type InvalidMoney = Failure<
  'InvalidMoney',
  { readonly problem: MoneyProblem; readonly expected: string; readonly found: string }
>

/** Amounts of different currencies were to be added, subtracted or compared. */
export type CurrencyMismatch = Failure<
  'CurrencyMismatch',
  { readonly expected: Currency; readonly found: Currency }
>

/** A result lies beyond ±(2^63−1) minor units, which no store could keep. */
export type MoneyOverflow = Failure<'MoneyOverflow', { readonly currency: Currency }>

export function invalidMoney(problem: MoneyProblem, expected: string, value: unknown): InvalidMoney {
  const found = show(value)
  return failure('InvalidMoney', `money must have ${expected}, found ${found}`, { problem, expected, found })
}

export function currencyMismatch(expected: Currency, found: Currency): CurrencyMismatch {
  return failure('CurrencyMismatch', `an amount in ${expected} was expected, found one in ${found}`, {
    expected,
    found,
  })
}

export function moneyOverflow(currency: Currency): MoneyOverflow {
  return failure(
    'MoneyOverflow',
    `an amount within ±(2^63−1) minor units of ${currency} was expected, found one beyond`,
    {
      currency,
    },
  )
}

/** An argument of Money is none that a correct program hands over: a fraction of a minor unit, a negative weight. */
export class InvalidMoneyArgumentError extends RangeError {
  override readonly name = 'InvalidMoneyArgumentError'
  readonly code = 'ASHLAR_DOMAIN_INVALID_MONEY_ARGUMENT'

  constructor(argument: string, expected: string, found: unknown) {
    super(`${argument} must be ${expected}, found ${show(found)}`)
  }
}

/** Amounts of different currencies were compared by a method that answers with true or false. */
export class CurrencyMismatchError extends TypeError {
  override readonly name = 'CurrencyMismatchError'
  readonly code = 'ASHLAR_DOMAIN_CURRENCY_MISMATCH'

  constructor(mismatch: CurrencyMismatch) {
    super(`${mismatch.message}; compare() answers with a Result where currencies may differ`, {
      cause: mismatch,
    })
  }
}

/** Short, and only the start of a long text: failures end up in logs. */
function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`
  if (typeof value === 'number' || typeof value === 'bigint') return String(value)
  return value === null ? 'null' : typeof value
}
