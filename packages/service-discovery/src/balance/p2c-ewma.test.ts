import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { instanceOf, someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import { PooledTarget } from '../pool/pooled-target.ts'
import type { Target } from '../pool/target.ts'
import type { Balancer } from './balancer.ts'
import { type P2cEwmaOptions, p2cEwma } from './p2c-ewma.ts'

interface Scene {
  readonly balancer: Balancer
  readonly timer: ManualTimer
  readonly targets: PooledTarget[]
  /** So many calls to everyone in turn, one a millisecond, with the latency of each. */
  readonly callAll: (rounds: number, latencies: readonly number[]) => void
  /** Share of a thousand idle choices that each gets. */
  readonly shares: () => readonly number[]
}

function sceneOf(targets: PooledTarget[], options: P2cEwmaOptions = {}): Scene {
  const timer = manualTimer()
  const balancer = p2cEwma(options).create({ random: seededRandom(9), timer })
  balancer.update(targets)
  return {
    balancer,
    timer,
    targets,
    callAll: (rounds, latencies) => {
      for (let round = 0; round < rounds; round++)
        latencies.forEach((latencyMs, at) => {
          timer.advance(1)
          balancer.report?.(targets[at] as Target, latencyMs, false)
        })
    },
    shares: () => {
      const counts = new Map<Target | undefined, number>()
      for (let call = 0; call < 1_000; call++) {
        const chosen = balancer.pick(undefined)
        counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
      }
      return targets.map((target) => (counts.get(target) ?? 0) / 1_000)
    },
  }
}

describe('p2cEwma', () => {
  it('turns away from one that was slow a single time', () => {
    const { callAll, shares, balancer, targets } = sceneOf(someTargets(4))
    callAll(50, [10, 10, 10, 10])

    balancer.report?.(targets[1] as Target, 200, false)

    expect(shares()[1]).toBe(0)
  })

  it('gives a slow one calls where the others have so many that it would be sooner', () => {
    const { callAll, shares, targets } = sceneOf(someTargets(2))
    callAll(50, [10, 100])
    const [quick] = targets as [PooledTarget, PooledTarget]

    quick.inFlight = 5
    const withFive = shares()
    quick.inFlight = 20
    const withTwenty = shares()

    expect([withFive, withTwenty]).toEqual([
      [1, 0],
      [0, 1],
    ])
  })

  it('tries a slow one again after a while, though the others are idle and nobody reports of it', () => {
    const { callAll, shares, balancer, timer, targets } = sceneOf(someTargets(3))
    callAll(50, [10, 10, 100])
    const before = shares()[2]

    let ms = 0
    for (; shares()[2] === 0 && ms < 200_000; ms += 100) {
      timer.advance(100)
      for (const target of targets.slice(0, 2)) balancer.report?.(target, 10, false)
    }

    expect(before).toBe(0)
    expect(ms).toBeGreaterThan(10_000)
    expect(ms).toBeLessThan(40_000)
  })

  it('forgets as quickly as it is told to', () => {
    const waits = [1_000, 10_000].map((decayMs) => {
      const { callAll, shares, balancer, timer, targets } = sceneOf(someTargets(3), { decayMs })
      callAll(50, [10, 10, 10])
      balancer.report?.(targets[2] as Target, 100, false)
      let ms = 0
      for (; shares()[2] === 0 && ms < 200_000; ms += 100) {
        timer.advance(100)
        for (const target of targets.slice(0, 2)) balancer.report?.(target, 10, false)
      }
      return ms
    })

    expect((waits[1] as number) / (waits[0] as number)).toBeGreaterThan(8)
    expect((waits[1] as number) / (waits[0] as number)).toBeLessThan(12)
  })

  it('does not prefer one that fails quickly', () => {
    const { callAll, shares, balancer, timer, targets } = sceneOf(someTargets(4))
    callAll(50, [10, 10, 10, 10])

    for (let call = 0; call < 20; call++) {
      timer.advance(1)
      balancer.report?.(targets[0] as Target, 0.1, true)
    }

    for (const target of targets.slice(1)) target.inFlight = 8
    expect(shares()[0]).toBe(0)
  })

  it('does not drive one out for one failure when the others are busy', () => {
    const { callAll, shares, balancer, targets } = sceneOf(someTargets(4))
    callAll(50, [10, 10, 10, 10])

    balancer.report?.(targets[0] as Target, 0.1, true)

    for (const target of targets.slice(1)) target.inFlight = 8
    expect(shares()[0]).toBeGreaterThan(0.4)
  })

  it('shares evenly where all fail, for ever so long', () => {
    const { balancer, timer, targets } = sceneOf(someTargets(4))

    for (let call = 0; call < 100_000; call++) {
      timer.advance(1)
      const chosen = balancer.pick(undefined) as PooledTarget
      chosen.inFlight++
      balancer.report?.(chosen, 1, true)
      if (call % 4 === 3) for (const target of targets) target.inFlight = 0
    }

    const counts = new Map<Target | undefined, number>()
    for (let call = 0; call < 400; call++) {
      const chosen = balancer.pick(undefined) as PooledTarget
      chosen.inFlight++
      counts.set(chosen, (counts.get(chosen) ?? 0) + 1)
    }
    expect(Math.min(...counts.values())).toBeGreaterThan(80)
    expect(counts.size).toBe(4)
  })

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    'learns nothing from a latency of %d',
    (latencyMs) => {
      const told = sceneOf(someTargets(4))
      const untold = sceneOf(someTargets(4))
      for (const { callAll } of [told, untold]) callAll(50, [10, 20, 10, 100])

      for (let call = 0; call < 10; call++)
        told.balancer.report?.(told.targets[1] as Target, latencyMs, false)

      expect(told.shares()).toEqual(untold.shares())
    },
  )

  it('gets over a latency beyond all measure', () => {
    const { callAll, shares, balancer, timer, targets } = sceneOf(someTargets(2))
    callAll(50, [10, 10])

    balancer.report?.(targets[0] as Target, Number.MAX_VALUE, false)
    for (let second = 0; second < 300; second++) {
      timer.advance(1_000)
      balancer.report?.(targets[1] as Target, 10, false)
    }

    expect(shares()[0]).toBeGreaterThan(0)
  })

  it('does not flood a new one', () => {
    const { callAll, balancer, targets } = sceneOf(someTargets(9))
    callAll(50, [10, 11, 12, 13, 14, 13, 12, 11, 10])
    const newcomer = new PooledTarget(instanceOf('new'))

    balancer.update([...targets, newcomer])
    for (let call = 0; call < 100; call++) (balancer.pick(undefined) as PooledTarget).inFlight++

    expect(newcomer.inFlight).toBeGreaterThan(5)
    expect(newcomer.inFlight).toBeLessThan(15)
  })

  it('counts open calls before anything is known', () => {
    const { balancer, targets } = sceneOf(someTargets(5))

    for (let call = 0; call < 100; call++) (balancer.pick(undefined) as PooledTarget).inFlight++

    expect(Math.max(...targets.map(({ inFlight }) => inFlight))).toBeLessThan(24)
  })

  it('does not take those it has not heard of for quicker than the first that answers', () => {
    const { shares, balancer, targets } = sceneOf(someTargets(5))

    balancer.report?.(targets[3] as Target, 40, false)

    expect(shares()[3]).toBeGreaterThan(0.15)
  })

  it('keeps what it knows of those that stay', () => {
    const { callAll, shares, balancer, targets } = sceneOf(someTargets(4))
    callAll(50, [10, 10, 10, 100])

    balancer.update(targets.slice(1).reverse())

    const [left, one, other, slow] = shares()
    expect([left, slow]).toEqual([0, 0])
    expect((one as number) + (other as number)).toBe(1)
  })

  it('fills by weight, even where one weighs more than all others', () => {
    const { balancer, targets } = sceneOf(targetsOf([1, 1, 2, 4, 24]))

    for (let call = 0; call < 3_200; call++) (balancer.pick(undefined) as PooledTarget).inFlight++

    const perWeight = targets.map(({ inFlight, instance }) => inFlight / instance.weight)
    expect(Math.min(...perWeight)).toBeGreaterThan(90)
    expect(Math.max(...perWeight)).toBeLessThan(110)
  })

  it('asks no clock to choose', () => {
    let asked = 0
    const timer = { now: () => asked++, after: () => () => {} }
    const balancer = p2cEwma().create({ random: seededRandom(1), timer })
    balancer.update(someTargets(3))
    const before = asked

    for (let call = 0; call < 100; call++) balancer.pick(undefined)

    expect(asked).toBe(before)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])('refuses to forget in %d ms', (decayMs) => {
    expect(() => p2cEwma({ decayMs })).toThrow(
      new RangeError(`option "decayMs" must be a number from 1 to 2147483647, found ${decayMs}`),
    )
  })
})
