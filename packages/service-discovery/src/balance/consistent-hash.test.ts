import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import type { PooledTarget } from '../pool/pooled-target.ts'
import type { Target } from '../pool/target.ts'
import { type ConsistentHashOptions, consistentHash } from './consistent-hash.ts'

function open(targets: readonly Target[], options: ConsistentHashOptions = {}, seed = 1) {
  const balancer = consistentHash(options).create({ random: seededRandom(seed), timer: manualTimer() })
  balancer.update(targets)
  return balancer
}

describe('consistentHash', () => {
  it('sends a key to the same instance, in every process and whatever the order of the instances', () => {
    const targets = someTargets(7)
    const one = open(targets)
    const other = open(targets.toReversed(), {}, 2)

    for (const key of ['', 'a', '고객-7', '\ud800', 'x'.repeat(10_000), '__proto__']) {
      const chosen = one.pick(key)
      expect(one.pick(key)).toBe(chosen)
      expect(other.pick(key)).toBe(chosen)
    }
  })

  it('passes on what is more than the bound of a hot key, always to the same next ones', () => {
    const targets = someTargets(10)
    const balancer = open(targets)
    const order: Target[] = []

    for (let call = 0; call < 100; call++) {
      const chosen = balancer.pick('hot') as PooledTarget
      chosen.inFlight++
      if (!order.includes(chosen)) order.push(chosen)
    }
    const bound = Math.ceil(1.25 * (100 / 10))

    expect(Math.max(...targets.map(({ inFlight }) => inFlight))).toBe(bound)
    expect(order[0]).toBe(open(someTargets(0).concat(targets), { boundedLoad: 1e9 }).pick('hot'))
    expect(order).toHaveLength(Math.ceil(100 / bound))
  })

  it('bounds by weight', () => {
    const targets = targetsOf([1, 1, 2, 4])
    const balancer = open(targets)

    for (let call = 0; call < 800; call++) (balancer.pick('hot') as PooledTarget).inFlight++

    for (const { inFlight, instance } of targets)
      expect(inFlight).toBeLessThanOrEqual(Math.ceil(1.25 * 100 * instance.weight))
  })

  it('has no bound where that is told', () => {
    const targets = someTargets(4)
    const balancer = open(targets, { boundedLoad: Number.POSITIVE_INFINITY })

    for (let call = 0; call < 1_000; call++) (balancer.pick('hot') as PooledTarget).inFlight++

    expect(targets.map(({ inFlight }) => inFlight).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1_000])
  })

  it('sends calls without a key where there are fewer', () => {
    const targets = someTargets(3)
    const balancer = open(targets)
    const busiest = targets[0] as PooledTarget
    busiest.inFlight = 3

    const chosen = Array.from({ length: 100 }, () => balancer.pick(undefined))

    expect(chosen).not.toContain(busiest)
  })

  it('keeps about the bound among many more than it counts at once', () => {
    const targets = someTargets(500)
    const balancer = open(targets)

    for (let call = 0; call < 20_000; call++) (balancer.pick(`key ${call % 40}`) as PooledTarget).inFlight++

    // 1.25 times 40, and what the sum may lag
    expect(Math.max(...targets.map(({ inFlight }) => inFlight))).toBeLessThanOrEqual(52)
  })

  it.each([
    [{ boundedLoad: 1 }, 'boundedLoad'],
    [{ boundedLoad: Number.NaN }, 'boundedLoad'],
    [{ virtualNodes: 0 }, 'virtualNodes'],
    [{ virtualNodes: 5_000 }, 'virtualNodes'],
  ])('refuses %o', (options, name) => {
    expect(() => consistentHash(options)).toThrow(new RegExp(`^option "${name}" must be a number from`))
  })
})
