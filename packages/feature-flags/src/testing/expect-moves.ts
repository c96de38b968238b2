import type { FlagDistribution } from './flag-distribution.ts'
import { FlagExpectationError } from './flag-expectation-error.ts'

/** Options of {@link expectStable}. */
export interface StableOptions {
  /** Variants that users may have moved to, such as one that was added. */
  readonly exceptTo?: readonly string[]
}

/**
 * Expects that nobody got another variant than before.
 *
 * @param before - the users' variants, made by {@link flagDistribution}
 * @param after - the variants of the same users in the same order
 * @param options - `exceptTo`
 * @throws {@link FlagExpectationError} when somebody moved: with how many, and the first of them
 * @throws RangeError when the two are about different users
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { expectStable, flagDistribution, syntheticUsers } from '@ashlar/feature-flags/testing'
 *
 * const evaluator = new FeatureFlagEvaluator(defineFlags({ fast: flag.boolean() }))
 * const users = syntheticUsers('uuid', 100).map((targetingKey) => ({ targetingKey }))
 *
 * const before = flagDistribution(evaluator, 'fast', users)
 * expectStable(before, flagDistribution(evaluator, 'fast', users))
 * ```
 */
export function expectStable(
  before: FlagDistribution,
  after: FlagDistribution,
  { exceptTo = [] }: StableOptions = {},
): void {
  const moved = movesBetween(before, after).filter(({ to }) => !exceptTo.includes(to))
  if (moved.length > 0) throw unexpected(after, 'nobody to move', moved)
}

/**
 * Expects that nobody lost a variant, as when a rollout grows.
 *
 * @param before - the users' variants, made by {@link flagDistribution}
 * @param after - the variants of the same users in the same order
 * @param variant - which nobody may lose, such as `on`
 * @throws {@link FlagExpectationError} when somebody lost it: with how many, and the first of them
 * @throws RangeError when the two are about different users
 * @example
 * ```ts
 * import { defineFlags, flag } from '@ashlar/feature-flags'
 * import { expectOnlyAdded, flagDistribution, overrideFlags, syntheticUsers } from '@ashlar/feature-flags/testing'
 *
 * const flags = defineFlags({ fast: flag.variants({ off: false, on: true }, { fallback: 'off' }) })
 * const users = syntheticUsers('emoji', 100).map((targetingKey) => ({ targetingKey }))
 *
 * const before = flagDistribution(overrideFlags(flags, { fast: 'off' }), 'fast', users)
 * expectOnlyAdded(before, flagDistribution(overrideFlags(flags, { fast: 'on' }), 'fast', users), 'on')
 * ```
 */
export function expectOnlyAdded(before: FlagDistribution, after: FlagDistribution, variant: string): void {
  const moved = movesBetween(before, after).filter(({ from }) => from === variant)
  if (moved.length > 0) throw unexpected(after, `nobody to lose ${variant}`, moved)
}

/** Throws unless two distributions tell of the same users, one by one. */
export function verifySameUsers(first: FlagDistribution, second: FlagDistribution): void {
  if (first.total !== second.total)
    throw new RangeError(`expected the same users, found ${first.total} and ${second.total}`)
  const at = first.units.findIndex((unit, index) => unit !== second.units[index])
  if (at !== -1)
    throw new RangeError(
      `expected the same users in the same order, found ${first.units[at]} and ${second.units[at]} at ${at}`,
    )
}

interface Move {
  readonly unit: string
  readonly from: string
  readonly to: string
}

function movesBetween(before: FlagDistribution, after: FlagDistribution): Move[] {
  verifySameUsers(before, after)
  return before.units
    .map((unit, at) => ({ unit, from: before.variants[at] ?? '', to: after.variants[at] ?? '' }))
    .filter(({ from, to }) => from !== to)
}

function unexpected(
  { flag, total }: FlagDistribution,
  expected: string,
  moved: Move[],
): FlagExpectationError {
  const first = moved.slice(0, 5).map(({ unit, from, to }) => `${unit} from ${from} to ${to}`)
  return new FlagExpectationError(
    `flag "${flag}": expected ${expected}, found ${moved.length} of ${total}: ` +
      first.join(', ') +
      (moved.length > first.length ? ', …' : ''),
  )
}
