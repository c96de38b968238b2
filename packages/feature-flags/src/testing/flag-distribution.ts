import type { FlagReader } from '../evaluate/flag-reader.ts'
import type { ContextOf, FlagKey, FlagSet } from '../flags/flag-set.ts'

/**
 * Who got which variant of a flag, in the order of the contexts.
 *
 * @see {@link flagDistribution} for an example
 */
export interface FlagDistribution {
  /** The flag that was asked. */
  readonly flag: string
  /** How many contexts there were. */
  readonly total: number
  /** How many got each variant; who got none is counted under the failure's type or `fallback`, in parentheses. */
  readonly counts: ReadonlyMap<string, number>
  /** The parts of the whole that got each variant, from 0 to 1. */
  readonly shares: ReadonlyMap<string, number>
  /** The contexts' targeting keys, or their places (`#0`) where they have none. */
  readonly units: readonly string[]
  /** What each of {@link FlagDistribution.units} got. */
  readonly variants: readonly string[]
}

/**
 * Asks a flag for many contexts, and counts what they get.
 *
 * @param reader - an evaluator, a snapshot, or another reader
 * @param key - the flag
 * @param contexts - for whom; {@link syntheticUsers} makes ids
 * @returns counts and shares by variant, and who got what
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { expectShares, flagDistribution, syntheticUsers } from '@ashlar/feature-flags/testing'
 *
 * const document = parseFlagDocument({ version: 1, flags: { fast: { enabled: true, percentageRollout: 20 } } })
 * if (document.isErr()) throw new Error(document.error.message)
 * const evaluator = new FeatureFlagEvaluator(defineFlags({ fast: flag.boolean() }), { document: document.value })
 *
 * const users = syntheticUsers('hangul', 10_000).map((targetingKey) => ({ targetingKey }))
 * const distribution = flagDistribution(evaluator, 'fast', users)
 * console.log(distribution.shares.get('on')) // about 0.2
 * expectShares(distribution, { on: 0.2, off: 0.8 })
 * ```
 */
export function flagDistribution<Flags extends FlagSet>(
  reader: FlagReader<Flags>,
  key: FlagKey<Flags>,
  contexts: Iterable<ContextOf<Flags>>,
): FlagDistribution {
  const units: string[] = []
  const variants: string[] = []
  const counts = new Map<string, number>()
  for (const context of contexts) {
    const variant = labelOf(reader.evaluate(key, context))
    units.push(context.targetingKey ?? `#${units.length}`)
    variants.push(variant)
    counts.set(variant, (counts.get(variant) ?? 0) + 1)
  }
  const total = units.length
  const shares = new Map([...counts].map(([variant, count]) => [variant, count / total]))
  return { flag: key, total, counts, shares, units, variants }
}

function labelOf({ variant, failure }: ReturnType<FlagReader<FlagSet>['evaluate']>): string {
  return variant ?? `(${failure?.type ?? 'fallback'})`
}
