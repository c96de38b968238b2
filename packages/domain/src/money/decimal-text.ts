import { err, ok, type Result } from '@ashlar/result'
import { type InvalidMoney, invalidMoney } from './money-failure.ts'
import { absolute } from './rounding.ts'

/** The largest number of minor units, both ways: what a 64-bit column keeps. */
export const maxMinorUnits: bigint = 2n ** 63n - 1n

const maxLength = 40
const decimal = /^(-?)(\d+)(?:\.(\d+))?$/

/** Reads `-12.34` as −1234 for two decimals; zeros beyond the last decimal are no precision. */
export function parseDecimal(text: unknown, decimals: number): Result<bigint, InvalidMoney> {
  if (typeof text !== 'string') return err(invalidMoney('notDecimal', 'an amount as decimal text', text))
  if (text.length > maxLength)
    return err(invalidMoney('tooLong', `an amount of at most ${maxLength} characters`, text))
  const match = decimal.exec(text)
  if (match === null) return err(invalidMoney('notDecimal', 'an amount such as "-12.34"', text))
  const [, sign, whole = '', fraction = ''] = match
  const significant = fraction.replace(/0+$/, '')
  if (significant.length > decimals)
    return err(invalidMoney('tooPrecise', `an amount of at most ${decimals} decimals`, text))
  const minorUnits = BigInt(whole + significant.padEnd(decimals, '0'))
  if (minorUnits > maxMinorUnits)
    return err(invalidMoney('outOfRange', 'an amount within ±(2^63−1) minor units', text))
  return ok(sign === '-' ? -minorUnits : minorUnits)
}

/** Writes −1234 as `-12.34` for two decimals. */
export function formatDecimal(minorUnits: bigint, decimals: number): string {
  const sign = minorUnits < 0n ? '-' : ''
  const digits = absolute(minorUnits).toString()
  if (decimals === 0) return sign + digits
  const padded = digits.padStart(decimals + 1, '0')
  return `${sign}${padded.slice(0, -decimals)}.${padded.slice(-decimals)}`
}
