import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { someTargets, targetsOf } from '../../test/balance/some-targets.ts'
import type { PooledTarget } from '../pool/pooled-target.ts'
import { leastRequests } from './least-requests.ts'

const open = () => leastRequests().create({ random: seededRandom(5), timer: manualTimer() })

describe('leastRequests', () => {
  it('never chooses the busiest', () => {
    const balancer = open()
    const targets = someTargets(5)
    const busiest = targets[2] as PooledTarget
    busiest.inFlight = 1
    balancer.update(targets)

    const chosen = new Set(Array.from({ length: 1_000 }, () => balancer.pick(undefined)))

    expect(chosen.size).toBe(4)
    expect(chosen.has(busiest)).toBe(false)
  })

  it('sees calls that have begun since it was told of the instances', () => {
    const balancer = open()
    const targets = someTargets(2)
    balancer.update(targets)

    ;(targets[0] as PooledTarget).inFlight = 1

    expect(Array.from({ length: 50 }, () => balancer.pick(undefined)?.instance.id)).not.toContain('i-0')
  })

  it('keeps open calls as even as choosing the better of two does', () => {
    const balancer = open()
    const targets = someTargets(100)
    balancer.update(targets)

    for (let call = 0; call < 10_000; call++) (balancer.pick(undefined) as PooledTarget).inFlight++

    // log log 100 / log 2 is about 2, while chance alone would be about 35 above the mean
    expect(Math.max(...targets.map(({ inFlight }) => inFlight))).toBeLessThan(106)
  })

  it('fills by weight, even where one weighs more than all others', () => {
    const balancer = open()
    const targets = targetsOf([1, 1, 2, 4, 24])
    balancer.update(targets)

    for (let call = 0; call < 3_200; call++) (balancer.pick(undefined) as PooledTarget).inFlight++

    const perWeight = targets.map(({ inFlight, instance }) => inFlight / instance.weight)
    expect(Math.min(...perWeight)).toBeGreaterThan(90)
    expect(Math.max(...perWeight)).toBeLessThan(110)
  })
})
