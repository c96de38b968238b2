import type { BalancerPolicy } from '../../src/balance/balancer.ts'
import { PooledTarget } from '../../src/pool/pooled-target.ts'
import { EventHeap } from './event-heap.ts'
import { seededRandom } from './seeded-random.ts'
import { instanceOf } from './some-targets.ts'

/** How an instance works, in simulated time. */
export interface SimulatedInstance {
  /** How many calls it works on at a time; the others wait in a queue. */
  readonly workers: number
  /** How long it works on a call on average, exponentially spread, at a moment. */
  readonly meanMs: (nowMs: number) => number
  /** It refuses every call after so many milliseconds, without work. */
  readonly failsAfterMs?: number
  /** 1 unless told. */
  readonly weight?: number
}

/** What to simulate. */
export interface Simulation {
  readonly policy: BalancerPolicy
  readonly instances: readonly SimulatedInstance[]
  /** How many calls arrive in a millisecond on average, exponentially spread. */
  readonly callsPerMs: number
  readonly calls: number
  readonly seed: number
}

/** What became of all calls, in the order in which they began. */
export interface SimulatedCalls {
  readonly beganAtMs: Float64Array
  readonly latenciesMs: Float64Array
  /** To which instance each went, counted from 0. */
  readonly instances: Int32Array
}

/** Ten instances of four workers that take 10 ms, at 55 % of what all of them can do. */
export const tenInstances: readonly SimulatedInstance[] = Array.from({ length: 10 }, () => ({
  workers: 4,
  meanMs: () => 10,
}))
export const callsPerMs: number = (0.55 * 10 * 4) / 10

/** The same, but the first one is ten times slower. */
export const oneSlow: readonly SimulatedInstance[] = tenInstances.map((instance, at) =>
  at === 0 ? { ...instance, meanMs: () => 100 } : instance,
)

/** Lets a balancer choose for each call, event by event, in virtual time. */
export function simulate({ policy, instances, callsPerMs, calls, seed }: Simulation): SimulatedCalls {
  const chance = seededRandom(seed)
  const exponential = (mean: number) => -Math.log(1 - chance.next()) * mean
  let nowMs = 0
  const timer = { now: () => nowMs, after: () => () => {} }
  const balancer = policy.create({ random: seededRandom(seed + 1_000_000), timer })
  const targets = instances.map(({ weight = 1 }, at) => new PooledTarget(instanceOf(`i-${at}`, { weight })))
  balancer.update(targets)
  const places = new Map(targets.map((target, at) => [target, at]))
  const freeAt = instances.map(({ workers }) => new Float64Array(workers))
  const ends = new EventHeap()
  const beganAtMs = new Float64Array(calls)
  const latenciesMs = new Float64Array(calls)
  const chosen = new Int32Array(calls)

  /** When a call ends that begins now: the worker that is free first takes it. */
  const work = (at: number): number => {
    const { failsAfterMs, meanMs } = instances[at] as SimulatedInstance
    if (failsAfterMs !== undefined) return nowMs + failsAfterMs
    const free = freeAt[at] as Float64Array
    let first = 0
    for (let worker = 1; worker < free.length; worker++)
      if ((free[worker] as number) < (free[first] as number)) first = worker
    free[first] = Math.max(nowMs, free[first] as number) + exponential(meanMs(nowMs))
    return free[first] as number
  }
  const endUntil = (untilMs: number) => {
    while (ends.first <= untilMs) {
      nowMs = ends.first
      const call = ends.take()
      const target = targets[chosen[call] as number] as PooledTarget
      target.inFlight--
      const isFailure = instances[chosen[call] as number]?.failsAfterMs !== undefined
      balancer.report?.(target, latenciesMs[call] as number, isFailure)
    }
    nowMs = untilMs
  }

  for (let call = 0; call < calls; call++) {
    endUntil(nowMs + exponential(1 / callsPerMs))
    const target = balancer.pick(undefined) as PooledTarget
    const at = places.get(target) as number
    target.inFlight++
    chosen[call] = at
    beganAtMs[call] = nowMs
    const endsAt = work(at)
    latenciesMs[call] = endsAt - nowMs
    ends.add(endsAt, call)
  }
  return { beganAtMs, latenciesMs, instances: chosen }
}

/** The latency that a share of the calls stays below. */
export function percentile({ latenciesMs }: SimulatedCalls, share: number): number {
  return latenciesMs.toSorted()[Math.floor(share * latenciesMs.length)] as number
}

/** Which share of the calls that began in a span of time an instance got. */
export function shareOf(
  instance: number,
  { beganAtMs, instances }: SimulatedCalls,
  fromMs = 0,
  toMs: number = Number.POSITIVE_INFINITY,
): number {
  let all = 0
  let own = 0
  instances.forEach((at, call) => {
    const began = beganAtMs[call] as number
    if (began < fromMs || began >= toMs) return
    all++
    if (at === instance) own++
  })
  return own / all
}
