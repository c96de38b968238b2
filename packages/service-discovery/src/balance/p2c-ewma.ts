import type { Timer } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy, BalancerTools } from './balancer.ts'
import { Chance } from './chance.ts'
import { LatencyCosts } from './latency-costs.ts'
import { optionWithin } from './option-within.ts'
import { WeightedDraw } from './weighted-draw.ts'

/** How {@link p2cEwma} remembers. */
export interface P2cEwmaOptions {
  /** After so many milliseconds about a third is left of what was slow or failed; 10,000 unless told, from 1 to 2^31 − 1. */
  readonly decayMs?: number
}

/**
 * Of two instances by chance the one whose next answer should come sooner, and the one to take unless there is a reason.
 *
 * It reckons with how long an instance's calls take, times its open calls and one more, over its weight. How long is a
 * moving mean that is sensitive to peaks, after Finagle: one call that takes longer raises it at once, and it falls slowly.
 * An instance whose calls fail seems slower, up to 17 times, and one that fails quickly never seems quick. One that gets no
 * calls seems a little quicker with time, until it is tried again. A new one begins as the mean of the others, and so does
 * one that was away, such as ejected.
 *
 * @param options - how it remembers
 * @returns a policy named `p2c-ewma`
 * @throws RangeError for a `decayMs` that can't be
 * @see https://github.com/twitter/finagle/blob/develop/finagle-core/src/main/scala/com/twitter/finagle/loadbalancer/PeakEwma.scala
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { p2cEwma } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string) => ({ inFlight: 0, instance: { ...orders, id: host, host } })
 * const balancer = p2cEwma({ decayMs: 5_000 }).create({ random: systemRandom, timer: systemTimer })
 * const [one, other] = [target('10.0.0.1'), target('10.0.0.2')]
 * balancer.update([one, other])
 *
 * balancer.report?.(one, 12, false)
 * balancer.report?.(other, 250, false)
 * console.log(balancer.pick(undefined)?.instance.host) // 10.0.0.1
 * ```
 */
export function p2cEwma({ decayMs = 10_000 }: P2cEwmaOptions = {}): BalancerPolicy {
  optionWithin('decayMs', decayMs, 1, 2 ** 31 - 1)
  return { name: 'p2c-ewma', create: (tools) => new P2cEwma(decayMs, tools) }
}

class P2cEwma implements Balancer {
  readonly #timer: Timer
  readonly #chance: Chance
  readonly #known: LatencyCosts
  #targets: readonly Target[] = []
  #costs: Float64Array
  #draw: WeightedDraw

  constructor(decayMs: number, { random, timer }: BalancerTools) {
    this.#timer = timer
    this.#chance = new Chance(random)
    this.#known = new LatencyCosts(decayMs)
    this.#costs = this.#known.costs
    this.#draw = new WeightedDraw(this.#known.weights, this.#chance)
  }

  update(targets: readonly Target[]): void {
    this.#known.update(targets, this.#timer.now())
    this.#targets = targets
    this.#costs = this.#known.costs
    this.#draw = new WeightedDraw(this.#known.weights, this.#chance)
  }

  pick(): Target | undefined {
    const targets = this.#targets
    if (targets.length < 2) return targets.length === 0 ? undefined : targets[0]
    const first = this.#draw.next()
    const second = this.#chance.otherThan(first, targets.length)
    const one = targets[first] as Target
    const other = targets[second] as Target
    const costs = this.#costs
    const isOne =
      (costs[first] as number) * (one.inFlight + 1) <= (costs[second] as number) * (other.inFlight + 1)
    return isOne ? one : other
  }

  report(target: Target, latencyMs: number, isFailure: boolean): void {
    this.#known.report(target, latencyMs, isFailure, this.#timer.now())
  }
}
