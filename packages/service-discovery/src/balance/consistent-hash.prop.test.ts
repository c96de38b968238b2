import { manualTimer } from '@ashlar/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { instanceOf, someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import { PooledTarget } from '../pool/pooled-target.ts'
import type { Target } from '../pool/target.ts'
import { consistentHash } from './consistent-hash.ts'

const keys = Array.from({ length: 4_000 }, (_, at) => `customer-${at}`)

function open() {
  return consistentHash().create({ random: seededRandom(1), timer: manualTimer() })
}

function ownersOf(targets: readonly Target[]): readonly (Target | undefined)[] {
  const balancer = open()
  balancer.update(targets)
  return keys.map((key) => balancer.pick(key))
}

describe('consistentHash', () => {
  it('moves only keys of the one that leaves, and about its share', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 0, max: 29 }), (count, chosen) => {
        const targets = someTargets(count)
        const leaving = targets[chosen % count]
        const before = ownersOf(targets)
        const after = ownersOf(targets.filter((target) => target !== leaving))

        const moved = keys.filter((_, at) => before[at] !== after[at])

        expect(keys.filter((_, at) => before[at] === leaving)).toEqual(moved)
        expect(moved.length / keys.length).toBeLessThan(1.5 / count)
      }),
      { numRuns: 40 },
    )
  })

  it('moves keys only to the one that joins', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer(), (count, name) => {
        const targets = someTargets(count)
        const joining = new PooledTarget(instanceOf(`joining-${name}`))
        const before = ownersOf(targets)
        const after = ownersOf([joining, ...targets])

        const movedTo = new Set(after.filter((owner, at) => owner !== before[at]))

        expect(movedTo).toEqual(new Set([joining]))
        expect(after.filter((owner) => owner === joining).length / keys.length).toBeLessThan(
          1.5 / (count + 1),
        )
      }),
      { numRuns: 40 },
    )
  })

  it('spreads keys by weight', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 2, maxLength: 12 }), (weights) => {
        const targets = targetsOf(weights)
        const owners = ownersOf(targets)

        const total = weights.reduce((sum, weight) => sum + weight, 0)
        for (const target of targets) {
          const share = owners.filter((owner) => owner === target).length / keys.length
          const fair = target.instance.weight / total
          expect(share).toBeGreaterThan(fair / 2)
          expect(share).toBeLessThan(fair * 1.75)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('keeps the bound, whatever the keys and their calls', () => {
    const call = fc.integer({ min: 0, max: 5 })
    const weights = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 12 })

    fc.assert(
      fc.property(weights, fc.array(call, { minLength: 1, maxLength: 300 }), (each, calls) => {
        const targets = targetsOf(each)
        const balancer = open()
        balancer.update(targets)
        const total = each.reduce((sum, weight) => sum + weight, 0)
        const running: PooledTarget[] = []
        for (const key of calls) {
          if (key === 5 && running.length > 0) {
            ;(running.shift() as PooledTarget).inFlight--
            continue
          }
          const chosen = balancer.pick(keys[key]) as PooledTarget
          chosen.inFlight++
          running.push(chosen)
          const bound = Math.ceil((1.25 * running.length * chosen.instance.weight) / total)
          expect(chosen.inFlight).toBeLessThanOrEqual(bound)
        }
      }),
    )
  })
})
