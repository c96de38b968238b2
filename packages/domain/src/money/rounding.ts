import { InvalidMoneyArgumentError } from './money-failure.ts'

/**
 * What to do with a part of a minor unit: `half-up` and `half-even` go to the nearer unit, and from the middle away from zero
 * or to the even neighbour; `down` goes towards zero, `up` away from it, `floor` to the lower and `ceiling` to the higher.
 */
export type Rounding = 'half-up' | 'half-even' | 'down' | 'up' | 'floor' | 'ceiling'

/** Divides whole numbers; the denominator is not zero. */
export function divideRounded(numerator: bigint, denominator: bigint, rounding: Rounding): bigint {
  const quotient = numerator / denominator
  const rest = numerator % denominator
  if (rest === 0n) return quotient
  const isNegative = numerator < 0n !== denominator < 0n
  return isAwayFromZero(quotient, rest, denominator, isNegative, rounding)
    ? quotient + (isNegative ? -1n : 1n)
    : quotient
}

function isAwayFromZero(
  quotient: bigint,
  rest: bigint,
  denominator: bigint,
  isNegative: boolean,
  rounding: Rounding,
): boolean {
  const overHalf = absolute(rest) * 2n - absolute(denominator)
  switch (rounding) {
    case 'half-up':
      return overHalf >= 0n
    case 'half-even':
      return overHalf > 0n || (overHalf === 0n && quotient % 2n !== 0n)
    case 'down':
      return false
    case 'up':
      return true
    case 'floor':
      return isNegative
    case 'ceiling':
      return !isNegative
    default:
      throw new InvalidMoneyArgumentError('rounding', 'one of the six modes', rounding satisfies never)
  }
}

export function absolute(number: bigint): bigint {
  return number < 0n ? -number : number
}
