import { describe, expect, it } from 'vitest'
import type { DocumentedFlag, FlagDocument, FlagServe } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { expectIndependent } from './expect-independent.ts'
import { expectOnlyAdded, expectStable } from './expect-moves.ts'
import { expectShares } from './expect-shares.ts'
import { type FlagDistribution, flagDistribution } from './flag-distribution.ts'
import { syntheticUsers, userFamilies } from './synthetic-users.ts'

const flags = defineFlags({
  first: flag.variants({ control: 0, low: 10, high: 20 }, { fallback: 'control' }),
  second: flag.variants({ control: 0, low: 10, high: 20 }, { fallback: 'control' }),
})
const users = syntheticUsers('hangul', 10_000).map((targetingKey) => ({ targetingKey }))

describe('flagDistribution', () => {
  it('tells counts, shares, and who got what', () => {
    const evaluator = evaluatorOf({ split: { control: 50, low: 50 } })

    const distribution = flagDistribution(evaluator, 'first', users)

    const { control = 0, low = 0 } = Object.fromEntries(distribution.counts)
    expect(distribution).toMatchObject({ flag: 'first', total: 10_000 })
    expect(control + low).toBe(10_000)
    expect(distribution.shares.get('low')).toBe(low / 10_000)
    expect(distribution.units[1]).toBe(users[1]?.targetingKey)
    expect(distribution.variants[1]).toBe(evaluator.details('first', { targetingKey: '가가각' }).variant)
  })

  it('counts who got no variant under the failure', () => {
    const distribution = flagDistribution(evaluatorOf({ split: { control: 50, low: 50 } }), 'first', [{}, {}])

    expect([...distribution.counts]).toEqual([['(BucketingKeyMissing)', 2]])
    expect(distribution.units).toEqual(['#0', '#1'])
  })

  it('counts who fell back without a failure', () => {
    const document = documentOf({ first: { ...documented(), enabled: false } })

    const distribution = flagDistribution(new FeatureFlagEvaluator(flags, { document }), 'first', [{}])

    expect([...distribution.counts]).toEqual([['(fallback)', 1]])
  })
})

describe('expectShares', () => {
  it.each(userFamilies)('takes a sound split of %s ids', (family) => {
    const contexts = syntheticUsers(family, 20_000).map((targetingKey) => ({ targetingKey }))
    const distribution = flagDistribution(
      evaluatorOf({ split: { control: 40, low: 30, high: 30 } }),
      'first',
      contexts,
    )

    expect(() => expectShares(distribution, { control: 0.4, low: 0.3, high: 0.3 })).not.toThrow()
  })

  it('says which variant is off, by how much, and how unlikely that is', () => {
    const skewed = distributionOf([...repeated('control', 5_100), ...repeated('low', 4_900)])

    expect(() => expectShares(skewed, { control: 0.5, low: 0.5 }, { significance: 0.05 })).toThrow(
      'flag "first": control expected 5000, found 5100; low expected 5000, found 4900 of 10000: χ² 4, df 1, p 0.0455 below 0.05',
    )
    expect(() => expectShares(skewed, { control: 0.5, low: 0.5 })).not.toThrow()
  })

  it('takes no variant that is not expected, and misses one that is', () => {
    const stray = distributionOf([...repeated('control', 9_999), 'high'])

    expect(() => expectShares(stray, { control: 1 })).toThrow('variant high expected 0 of 10000, found 1')
    expect(() => expectShares(stray, { control: 1, high: 0 })).toThrow('variant high expected 0 of 10000')
    expect(() => expectShares(distributionOf(repeated('control', 100)), { control: 0.9, low: 0.1 })).toThrow(
      'low expected 10, found 0',
    )
    expect(() => expectShares(distributionOf(repeated('control', 100)), { control: 1 })).not.toThrow()
  })

  it('refuses shares that do not add up, and too few users to tell', () => {
    const few = distributionOf(['control', 'low'])

    expect(() => expectShares(few, { control: 0.5, low: 0.4 })).toThrow(RangeError)
    expect(() => expectShares(few, { control: 1.5, low: -0.5 })).toThrow(RangeError)
    expect(() => expectShares(few, { control: Number.NaN })).toThrow(RangeError)
    expect(() => expectShares(few, { control: 0.5, low: 0.5 })).toThrow('hand in more contexts')
    expect(() => expectShares(distributionOf([]), { control: 1 })).toThrow('hand in more contexts')
    expect(() => expectShares(few, { control: 1 }, { significance: 0 })).toThrow('significance')
  })
})

describe('expectStable and expectOnlyAdded', () => {
  it('take a rollout that grows for those whom it takes in', () => {
    const ten = flagDistribution(evaluatorOf({ split: { low: 10, control: 90 } }), 'first', users)
    const fifty = flagDistribution(evaluatorOf({ split: { low: 50, control: 50 } }), 'first', users)

    expect(() => expectOnlyAdded(ten, fifty, 'low')).not.toThrow()
    expect(() => expectOnlyAdded(fifty, ten, 'low')).toThrow(
      /expected nobody to lose low, found \d+ of 10000/,
    )
    expect(() => expectStable(ten, fifty)).toThrow(
      /expected nobody to move, found \d+ of 10000: .* from control to low/,
    )
    expect(() => expectStable(ten, fifty, { exceptTo: ['low'] })).not.toThrow()
    expect(() => expectStable(ten, ten)).not.toThrow()
  })

  it('name the first who moved', () => {
    const before = distributionOf(['control', 'control', 'low'])
    const after = distributionOf(['control', 'low', 'low'])

    expect(() => expectStable(before, after)).toThrow(
      'flag "first": expected nobody to move, found 1 of 3: u1 from control to low',
    )
  })

  it('refuse to compare different users', () => {
    const two = distributionOf(['control', 'low'])

    expect(() => expectStable(two, distributionOf(['control']))).toThrow('found 2 and 1')
    expect(() => expectOnlyAdded(two, { ...two, units: ['u0', 'x'] }, 'low')).toThrow('found u1 and x at 1')
  })
})

describe('expectIndependent', () => {
  it('takes two draws by different salts, and no two by the same', () => {
    const serve: FlagServe = { split: { control: 1, low: 1, high: 1 } }
    const apart = evaluatorOf(serve)
    const together = evaluatorOf(serve, { salt: 'shared' })
    const pairOf = (evaluator: typeof apart) =>
      [flagDistribution(evaluator, 'first', users), flagDistribution(evaluator, 'second', users)] as const

    expect(() => expectIndependent(...pairOf(apart))).not.toThrow()
    expect(() => expectIndependent(...pairOf(together))).toThrow(
      /flags "first" and "second": \w+ with \w+ expected [\d.]+, found \d+ of 10000: χ² [\d.]+, df 4, p 0/,
    )
  })

  it('refuses what it can tell nothing of', () => {
    const constant = distributionOf(repeated('control', 100))
    const few = distributionOf(['control', 'low', 'control', 'low'])

    const nobody = distributionOf([])

    for (const one of [constant, nobody])
      expect(() => expectIndependent(one, one)).toThrow('expected two variants or more of each')
    expect(() => expectIndependent(few, few)).toThrow('hand in more contexts')
    expect(() => expectIndependent(few, distributionOf(['control', 'low']))).toThrow('found 4 and 2')
  })
})

function evaluatorOf(fallthrough: FlagServe, { salt }: { salt?: string } = {}) {
  return new FeatureFlagEvaluator(flags, {
    document: documentOf({
      first: { ...documented(salt ?? 'first'), fallthrough },
      second: { ...documented(salt ?? 'second'), fallthrough },
    }),
  })
}

function documentOf(documentedFlags: { readonly [key: string]: DocumentedFlag }): FlagDocument {
  return { version: 1, revision: '1', segments: {}, layers: {}, holdouts: {}, flags: documentedFlags }
}

function documented(salt = 'first'): DocumentedFlag {
  return {
    enabled: true,
    type: 'number',
    variants: { control: 0, low: 10, high: 20 },
    bucketing: { algorithm: 'murmur3-utf8/1', salt, by: 'targetingKey' },
    rules: [],
  }
}

function distributionOf(variants: readonly string[]): FlagDistribution {
  const counts = new Map<string, number>()
  for (const variant of variants) counts.set(variant, (counts.get(variant) ?? 0) + 1)
  const units = variants.map((_, at) => `u${at}`)
  return { flag: 'first', total: variants.length, counts, shares: new Map(), units, variants }
}

function repeated(variant: string, count: number): readonly string[] {
  return Array<string>(count).fill(variant)
}
