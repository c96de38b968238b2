import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { instanceOf, targetsOf } from '../../test/balance/some-targets.ts'
import { PooledTarget } from '../pool/pooled-target.ts'
import type { Target } from '../pool/target.ts'
import { weighted } from './weighted.ts'

function sharesOf(targets: readonly Target[], calls: number): readonly number[] {
  const balancer = weighted().create({ random: seededRandom(11), timer: manualTimer() })
  balancer.update(targets)
  const counts = new Map<Target | undefined, number>()
  for (let call = 0; call < calls; call++) {
    const chosen = balancer.pick(undefined)
    counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
  }
  return targets.map((target) => counts.get(target) ?? 0)
}

describe('weighted', () => {
  it('shares by weight', () => {
    const weights = [1, 2, 3, 4, 10, 80]

    const counts = sharesOf(targetsOf(weights), 100_000)

    const chiSquare = counts.reduce((sum, count, at) => {
      const expected = (weights[at] as number) * 1_000
      return sum + (count - expected) ** 2 / expected
    }, 0)
    // 1 in 10,000 is above it with five degrees of freedom
    expect(chiSquare).toBeLessThan(25.7)
  })

  it('takes a weight that no instance may have for 1', () => {
    const weights = [Number.NaN, 0, -5, Number.POSITIVE_INFINITY, 1]
    const targets = weights.map((weight, at) => new PooledTarget(instanceOf(`i-${at}`, { weight })))

    const counts = sharesOf(targets, 50_000)

    expect(Math.min(...counts)).toBeGreaterThan(9_500)
  })
})
