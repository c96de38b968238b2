import { manualTimer } from '@ashlar/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import type { Target } from '../pool/target.ts'
import { consistentHash } from './consistent-hash.ts'
import { leastRequests } from './least-requests.ts'
import { p2cEwma } from './p2c-ewma.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'
import { weighted } from './weighted.ts'
import { zoneAware } from './zone-aware.ts'

const policies = [
  roundRobin(),
  random(),
  weighted(),
  leastRequests(),
  p2cEwma(),
  consistentHash(),
  zoneAware(p2cEwma(), { zone: 'here' }),
]

describe.each(policies)('$name', (policy) => {
  const open = (seed = 1) => policy.create({ random: seededRandom(seed), timer: manualTimer() })

  it('chooses nobody before it is told of anybody, and where there is nobody', () => {
    const told = open()
    told.update(someTargets(3))
    told.update([])

    const chosen = [open().pick(undefined), open().pick('a key'), told.pick(undefined), told.pick('a key')]

    expect(chosen).toEqual([undefined, undefined, undefined, undefined])
  })

  it('chooses the only one', () => {
    const balancer = open()
    const [only] = someTargets(1)
    balancer.update([only as Target])

    const chosen = [balancer.pick(undefined), balancer.pick('a key'), balancer.pick(undefined)]

    expect(chosen.map((target) => target === only)).toEqual([true, true, true])
  })

  it('chooses both of two', () => {
    const balancer = open()
    const both = someTargets(2)
    balancer.update(both)

    const withoutKey = new Set(Array.from({ length: 100 }, () => balancer.pick(undefined)))
    const withKeys = new Set(Array.from({ length: 100 }, (_, at) => balancer.pick(`key ${at}`)))

    expect(withoutKey).toEqual(new Set(both))
    expect(withKeys).toEqual(new Set(both))
  })

  it('chooses each of ten, and none too seldom, while nothing is known of them', () => {
    const balancer = open()
    const ten = someTargets(10)
    balancer.update(ten)

    const counts = new Map<Target | undefined, number>()
    for (let call = 0; call < 10_000; call++) {
      const chosen = balancer.pick(undefined)
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
    }

    expect(counts.size).toBe(10)
    expect(Math.min(...counts.values())).toBeGreaterThan(850)
    expect(Math.max(...counts.values())).toBeLessThan(1_150)
  })

  it('is the same for the same chance', () => {
    const choices = () => {
      const balancer = open(7)
      balancer.update(targetsOf([1, 2, 3, 4, 5]))
      return Array.from({ length: 200 }, () => balancer.pick(undefined)?.instance.id)
    }

    const [once, again] = [choices(), choices()]

    expect(again).toEqual(once)
  })

  it('never chooses one that has left, whatever is reported of whom', () => {
    const latency = fc.oneof(fc.double(), fc.integer({ min: -5, max: 1_000 }))
    const step = fc.record({
      present: fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
      reports: fc.array(
        fc.tuple(fc.integer({ min: 0, max: 5 }), latency, fc.boolean(), fc.integer({ min: 0, max: 1_000 })),
      ),
      key: fc.string(),
    })

    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 10 }), (steps) => {
        const timer = manualTimer()
        const balancer = policy.create({ random: seededRandom(3), timer })
        const six = targetsOf([1, 1, 2, 3, 1, 65_535])
        for (const { present, reports, key } of steps) {
          const there = six.filter((_, at) => present[at])
          balancer.update(there)
          for (const [at, latencyMs, isFailure, ms] of reports) {
            timer.advance(ms)
            balancer.report?.(six[at] as Target, latencyMs, isFailure)
          }
          for (let call = 0; call < 20; call++)
            for (const chosen of [balancer.pick(undefined), balancer.pick(key)])
              if (there.length === 0) expect(chosen).toBeUndefined()
              else expect(there).toContain(chosen)
        }
      }),
    )
  })
})
