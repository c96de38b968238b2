import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../test/balance/seeded-random.ts'
import { instanceOf } from '../../test/balance/some-targets.ts'
import { PooledTarget } from '../pool/pooled-target.ts'
import type { Target } from '../pool/target.ts'
import type { Balancer } from './balancer.ts'
import { consistentHash } from './consistent-hash.ts'
import { p2cEwma } from './p2c-ewma.ts'
import { roundRobin } from './round-robin.ts'
import { zoneAware } from './zone-aware.ts'

const inZone = (zone: string, count: number, weight = 1) =>
  Array.from({ length: count }, (_, at) => new PooledTarget(instanceOf(`${zone}-${at}`, { zone, weight })))

function open(spillBelow = 0.7, timer: ManualTimer = manualTimer()): Balancer {
  const policy = zoneAware(roundRobin(), { zone: 'near', spillBelow })
  return policy.create({ random: seededRandom(6), timer })
}

/** The share of ten thousand calls that stay in the own zone. */
function nearShare(balancer: Balancer): number {
  let near = 0
  for (let call = 0; call < 10_000; call++) if (balancer.pick(undefined)?.instance.zone === 'near') near++
  return near / 10_000
}

describe('zoneAware', () => {
  it('stays in the own zone while enough of it is left', () => {
    const balancer = open()
    const [near, far] = [inZone('near', 10), inZone('far', 10)]

    balancer.update([...near, ...far])
    const withAll = nearShare(balancer)
    balancer.update([...near.slice(3), ...far])

    expect([withAll, nearShare(balancer)]).toEqual([1, 1])
  })

  it('keeps as large a share as is left of enough, and takes all back with the next that is', () => {
    const balancer = open()
    const [near, far] = [inZone('near', 10), inZone('far', 10)]
    balancer.update([...near, ...far])

    balancer.update([...near.slice(5), ...far])
    const withHalf = nearShare(balancer)
    balancer.update([...near.slice(9), ...far])
    const withOne = nearShare(balancer)
    balancer.update([...near, ...far])

    expect(withHalf).toBeCloseTo(5 / 7, 1)
    expect(withOne).toBeCloseTo(1 / 7, 1)
    expect(nearShare(balancer)).toBe(1)
  })

  it('counts weights, not heads', () => {
    const balancer = open()
    const near = [...inZone('near', 1, 9), new PooledTarget(instanceOf('light', { zone: 'near' }))]
    const far = inZone('far', 2)
    balancer.update([...near, ...far])

    balancer.update([...near.slice(0, 1), ...far])
    const withoutLight = nearShare(balancer)
    balancer.update([...near.slice(1), ...far])

    expect(withoutLight).toBe(1)
    expect(nearShare(balancer)).toBeCloseTo(1 / 7, 1)
  })

  it('leaves the own zone where nobody is there, and stays where nobody is elsewhere', () => {
    const [near, far] = [inZone('near', 2), inZone('far', 2)]
    const [alone, away] = [open(), open(0)]

    alone.update(near)
    alone.update(near.slice(1))
    away.update(far)

    expect([nearShare(alone), nearShare(away)]).toEqual([1, 0])
  })

  it('counts those without a zone as elsewhere', () => {
    const balancer = open()
    const unknown = new PooledTarget(instanceOf('unknown'))

    balancer.update([unknown, ...inZone('near', 1)])

    expect(nearShare(balancer)).toBe(1)
  })

  it('takes what is left for usual after ten minutes', () => {
    const timer = manualTimer()
    const balancer = open(0.7, timer)
    const [near, far] = [inZone('near', 10), inZone('far', 10)]
    const reportAll = () => {
      for (let call = 0; call < 256; call++) balancer.report?.(near[9] as Target, 10, false)
    }
    balancer.update([...near, ...far])
    balancer.update([...near.slice(5), ...far])

    timer.advance(599_999)
    reportAll()
    const before = nearShare(balancer)
    timer.advance(1)
    reportAll()

    expect(before).toBeCloseTo(5 / 7, 1)
    expect(nearShare(balancer)).toBe(1)
  })

  it('sends a key to the same zone and instance, and few elsewhere as the share shrinks', () => {
    const policy = zoneAware(consistentHash(), { zone: 'near' })
    const balancer = policy.create({ random: seededRandom(1), timer: manualTimer() })
    const [near, far] = [inZone('near', 10), inZone('far', 10)]
    const keys = Array.from({ length: 2_000 }, (_, at) => `key ${at}`)
    balancer.update([...near, ...far])
    balancer.update([...near.slice(5), ...far])

    const chosen = keys.map((key) => balancer.pick(key))
    const again = keys.map((key) => balancer.pick(key))
    balancer.update([...near.slice(6), ...far])
    const afterwards = keys.map((key) => balancer.pick(key))

    expect(again).toEqual(chosen)
    const left = keys.filter(
      (_, at) => chosen[at]?.instance.zone === 'near' && afterwards[at]?.instance.zone === 'far',
    )
    const returned = keys.filter(
      (_, at) => chosen[at]?.instance.zone === 'far' && afterwards[at]?.instance.zone === 'near',
    )
    expect(left.length / keys.length).toBeCloseTo(1 / 7, 1)
    expect(returned).toEqual([])
  })

  it('tells the balancer of the right zone how calls end', () => {
    const policy = zoneAware(p2cEwma(), { zone: 'near', spillBelow: 0.7 })
    const balancer = policy.create({ random: seededRandom(1), timer: manualTimer() })
    const targets = [...inZone('near', 3), ...inZone('far', 3)]
    balancer.update(targets)
    balancer.update(targets.slice(2))

    for (const [at, target] of targets.entries()) balancer.report?.(target, at === 5 ? 500 : 10, false)

    const chosen = new Set(Array.from({ length: 1_000 }, () => balancer.pick(undefined)?.instance.id))
    expect(chosen).toEqual(new Set(['near-2', 'far-0', 'far-1']))
  })

  it.each([-0.1, 1.1, Number.NaN])('refuses to pass on below a share of %d', (spillBelow) => {
    expect(() => zoneAware(roundRobin(), { zone: 'near', spillBelow })).toThrow(
      `option "spillBelow" must be a number from 0 to 1, found ${spillBelow}`,
    )
  })
})
