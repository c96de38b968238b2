import { describe, expect, it } from 'vitest'
import {
  callsPerMs,
  oneSlow,
  percentile,
  type SimulatedInstance,
  shareOf,
  simulate,
  tenInstances,
} from '../../test/balance/simulation.ts'
import type { BalancerPolicy } from './balancer.ts'
import { leastRequests } from './least-requests.ts'
import { p2cEwma } from './p2c-ewma.ts'
import { random } from './random.ts'
import { roundRobin } from './round-robin.ts'

const calls = 60_000
const seeds = [1, 2, 3, 4, 5]
const run = (policy: BalancerPolicy, instances: readonly SimulatedInstance[], seed: number) =>
  simulate({ policy, instances, callsPerMs, calls, seed })
/** How much longer the slowest hundredth of the calls takes than where all instances are healthy. */
const tailBeside = (policy: BalancerPolicy, seed: number) =>
  percentile(run(policy, oneSlow, seed), 0.99) / percentile(run(p2cEwma(), tenInstances, seed), 0.99)

describe('p2cEwma among ten instances at 55 % load', () => {
  it.each(seeds)('keeps the tail though one is ten times slower (seed %d)', (seed) => {
    expect(tailBeside(p2cEwma(), seed)).toBeLessThan(1.5)
  })

  it.each(seeds)('gives the slow one few calls, but some (seed %d)', (seed) => {
    const share = shareOf(0, run(p2cEwma(), oneSlow, seed))

    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(0.01)
  })

  it.each(seeds)('shares evenly among healthy ones (seed %d)', (seed) => {
    const healthy = run(p2cEwma(), tenInstances, seed)

    const shares = tenInstances.map((_, at) => shareOf(at, healthy))

    expect(Math.min(...shares)).toBeGreaterThan(0.08)
    expect(Math.max(...shares)).toBeLessThan(0.12)
  })

  it.each(seeds)('shares by weight where one with more workers weighs more (seed %d)', (seed) => {
    const weights = [1, 1, 2, 4, 8]
    const instances = weights.map((weight) => ({ workers: 4 * weight, weight, meanMs: () => 10 }))
    const all = simulate({ policy: p2cEwma(), instances, callsPerMs: 0.55 * 6.4, calls, seed })

    const besideFair = weights.map((weight, at) => (shareOf(at, all) * 16) / weight)

    expect(Math.min(...besideFair)).toBeGreaterThan(0.8)
    expect(Math.max(...besideFair)).toBeLessThan(1.3)
  })

  it.each(seeds)('gives one that recovers its share back (seed %d)', (seed) => {
    const recoversAtMs = 10_000
    const meanMs = (nowMs: number) => (nowMs < recoversAtMs ? 100 : 10)
    const instances = tenInstances.map((instance, at) => (at === 0 ? { ...instance, meanMs } : instance))
    const policy = p2cEwma({ decayMs: 2_000 })

    const all = run(policy, instances, seed)

    expect(shareOf(0, all, 2_000, recoversAtMs)).toBeLessThan(0.02)
    expect(shareOf(0, all, 20_000)).toBeGreaterThan(0.07)
  })

  it.each(seeds)('gives one that fails at once few calls (seed %d)', (seed) => {
    const instances = tenInstances.map((instance, at) =>
      at === 0 ? { ...instance, failsAfterMs: 0.2 } : instance,
    )

    const share = shareOf(0, run(p2cEwma(), instances, seed))

    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThan(0.005)
  })
})

describe('other balancers beside one slow instance', () => {
  it.each(seeds)('roundRobin and random lose their tail (seed %d)', (seed) => {
    expect(tailBeside(roundRobin(), seed)).toBeGreaterThan(100)
    expect(tailBeside(random(), seed)).toBeGreaterThan(100)
  })

  it.each(seeds)('leastRequests keeps it within twice as long (seed %d)', (seed) => {
    expect(tailBeside(leastRequests(), seed)).toBeLessThan(2.2)
  })

  it('leastRequests runs to one that fails at once', () => {
    const instances = tenInstances.map((instance, at) =>
      at === 0 ? { ...instance, failsAfterMs: 0.2 } : instance,
    )

    expect(shareOf(0, run(leastRequests(), instances, 1))).toBeGreaterThan(0.12)
  })
})
