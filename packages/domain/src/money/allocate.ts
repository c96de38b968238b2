import { InvalidMoneyArgumentError } from './money-failure.ts'
import { absolute } from './rounding.ts'

/**
 * Splits a whole number by weights, so that the parts sum up to it: each part is rounded towards zero, and what is left goes,
 * one by one, to the parts that lost most; among equals to the first.
 */
export function allocateByLargestRemainder(total: bigint, weights: readonly bigint[]): readonly bigint[] {
  const sum = weights.reduce((all, weight) => all + weight, 0n)
  if (sum === 0n) throw new InvalidMoneyArgumentError('weights', 'at least one above zero', sum)

  const sign = total < 0n ? -1n : 1n
  const amount = absolute(total)
  const shares = weights.map((weight) => ({
    units: (amount * weight) / sum,
    remainder: (amount * weight) % sum,
  }))
  let left = amount - shares.reduce((all, share) => all + share.units, 0n)
  for (const share of shares.toSorted(byRemainder)) {
    if (left === 0n) break
    share.units++
    left--
  }
  return shares.map((share) => sign * share.units)
}

function byRemainder(one: { readonly remainder: bigint }, other: { readonly remainder: bigint }): number {
  if (one.remainder === other.remainder) return 0
  return one.remainder > other.remainder ? -1 : 1
}
