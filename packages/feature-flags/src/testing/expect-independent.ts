import { chiSquareSurvival } from './chi-square.ts'
import { verifySameUsers } from './expect-moves.ts'
import type { FlagDistribution } from './flag-distribution.ts'
import { FlagExpectationError } from './flag-expectation-error.ts'
import { type SignificanceOptions, significanceOf } from './significance.ts'

/**
 * Expects that which variant of one flag a user has tells nothing of the other's, by a χ² test of the contingency table.
 *
 * @param first - made by {@link flagDistribution}
 * @param second - of another flag, for the same users in the same order
 * @param options - `significance`
 * @throws {@link FlagExpectationError} when they depend on each other: with the pair of variants that is furthest off,
 * χ², degrees of freedom and p
 * @throws RangeError when the two are about different users, one of them has a single variant, or a pair of variants
 * expects fewer than 5 users
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { expectIndependent, flagDistribution, syntheticUsers } from '@ashlar/feature-flags/testing'
 *
 * const half = { enabled: true, percentageRollout: 50 }
 * const document = parseFlagDocument({ version: 1, flags: { 'exp-1': half, 'exp-2': half } })
 * if (document.isErr()) throw new Error(document.error.message)
 * const flags = defineFlags({ 'exp-1': flag.boolean(), 'exp-2': flag.boolean() })
 * const evaluator = new FeatureFlagEvaluator(flags, { document: document.value })
 *
 * const users = syntheticUsers('sequential', 10_000).map((targetingKey) => ({ targetingKey }))
 * expectIndependent(flagDistribution(evaluator, 'exp-1', users), flagDistribution(evaluator, 'exp-2', users))
 * ```
 */
export function expectIndependent(
  first: FlagDistribution,
  second: FlagDistribution,
  options: SignificanceOptions = {},
): void {
  const significance = significanceOf(options)
  verifySameUsers(first, second)
  if (first.counts.size < 2 || second.counts.size < 2)
    throw new RangeError(`flags "${first.flag}" and "${second.flag}": expected two variants or more of each`)

  const degreesOfFreedom = (first.counts.size - 1) * (second.counts.size - 1)
  const cells = cellsOf(first, second)
  const chiSquare = cells.reduce((sum, { distance }) => sum + distance, 0)
  const p = chiSquareSurvival(chiSquare, degreesOfFreedom)
  if (p >= significance) return
  const { a, b, wanted, found } = cells.reduce((worst, cell) =>
    cell.distance > worst.distance ? cell : worst,
  )
  throw new FlagExpectationError(
    `flags "${first.flag}" and "${second.flag}": ${a} with ${b} expected ${wanted.toFixed(1)}, found ${found} ` +
      `of ${first.total}: χ² ${chiSquare.toFixed(3)}, df ${degreesOfFreedom}, p ${p.toPrecision(3)} below ${significance}`,
  )
}

function cellsOf(first: FlagDistribution, second: FlagDistribution) {
  const joint = new Map([...first.counts.keys()].map((variant) => [variant, new Map<string, number>()]))
  first.variants.forEach((a, at) => {
    const b = second.variants[at] ?? ''
    const row = joint.get(a)
    row?.set(b, (row.get(b) ?? 0) + 1)
  })
  return [...first.counts].flatMap(([a, ofA]) =>
    [...second.counts].map(([b, ofB]) => {
      const wanted = (ofA * ofB) / first.total
      if (wanted < 5)
        throw new RangeError(
          `${a} with ${b}: a χ² test wants 5 expected users or more, found ${wanted.toFixed(1)}; hand in more contexts`,
        )
      const found = joint.get(a)?.get(b) ?? 0
      return { a, b, wanted, found, distance: (found - wanted) ** 2 / wanted }
    }),
  )
}
