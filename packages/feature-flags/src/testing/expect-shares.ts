import { chiSquareSurvival } from './chi-square.ts'
import type { FlagDistribution } from './flag-distribution.ts'
import { FlagExpectationError } from './flag-expectation-error.ts'
import { type SignificanceOptions, significanceOf } from './significance.ts'

/**
 * Expects that variants are served in these shares, by a χ² test of the goodness of fit.
 *
 * @param distribution - made by {@link flagDistribution}
 * @param shares - by variant, from 0 to 1, which add up to 1; a variant that is not listed must not occur
 * @param options - `significance`
 * @throws {@link FlagExpectationError} when the shares are others: with variant, expected and found counts, χ², degrees
 * of freedom and p
 * @throws RangeError when the shares don't add up to 1, or a share of more than 0 expects fewer than 5 users
 * @example
 * See {@link flagDistribution}.
 */
export function expectShares(
  distribution: FlagDistribution,
  shares: { readonly [variant: string]: number },
  options: SignificanceOptions = {},
): void {
  const significance = significanceOf(options)
  const { flag, total, counts } = distribution
  const expected = expectedCounts(shares, total)
  for (const [variant, count] of counts)
    if (!expected.has(variant))
      throw new FlagExpectationError(
        `flag "${flag}": variant ${variant} expected 0 of ${total}, found ${count}`,
      )

  const rows = [...expected].map(([variant, wanted]) => {
    const found = counts.get(variant) ?? 0
    return { variant, wanted, found, distance: (found - wanted) ** 2 / wanted }
  })
  const chiSquare = rows.reduce((sum, { distance }) => sum + distance, 0)
  const degreesOfFreedom = rows.length - 1
  const p = degreesOfFreedom === 0 ? 1 : chiSquareSurvival(chiSquare, degreesOfFreedom)
  if (p >= significance) return
  const lines = rows.map(
    ({ variant, wanted, found }) => `${variant} expected ${round(wanted)}, found ${found}`,
  )
  throw new FlagExpectationError(
    `flag "${flag}": ${lines.join('; ')} of ${total}: ` +
      `χ² ${round(chiSquare)}, df ${degreesOfFreedom}, p ${p.toPrecision(3)} below ${significance}`,
  )
}

/** Who expects a share of 0 expects nobody, which is no matter of chance. */
function expectedCounts(shares: { readonly [variant: string]: number }, total: number): Map<string, number> {
  const entries = Object.entries(shares)
  const sum = entries.reduce((so, [, share]) => so + share, 0)
  if (!entries.every(([, share]) => share >= 0) || Math.abs(sum - 1) > 1e-9)
    throw new RangeError(`shares must be from 0 and add up to 1, found ${sum}`)
  const expected = new Map(
    entries.filter(([, share]) => share > 0).map(([variant, share]) => [variant, share * total]),
  )
  for (const [variant, count] of expected)
    if (count < 5)
      throw new RangeError(
        `variant ${variant}: a χ² test wants 5 expected users or more, found ${round(count)}; hand in more contexts`,
      )
  return expected
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}
