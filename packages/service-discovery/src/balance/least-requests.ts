import type { Random } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy } from './balancer.ts'
import { Chance } from './chance.ts'
import { WeightedDraw } from './weighted-draw.ts'
import { weightsOf } from './weights-of.ts'

/**
 * Of two instances by chance the one with fewer open calls for its weight.
 *
 * Choosing the better of two spreads load almost as evenly as looking at all of them, and clients that don't know of each
 * other don't all run to the same one. The first of the two is drawn by weight, so that idle instances share by weight too.
 *
 * @see Michael Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", IEEE Transactions on Parallel and
 *   Distributed Systems 12 (10), 2001
 * @returns a policy named `least-requests`
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { leastRequests } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string) => ({ inFlight: 0, instance: { ...orders, id: host, host } })
 * const balancer = leastRequests().create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1'), { ...target('10.0.0.2'), inFlight: 3 }])
 *
 * console.log(balancer.pick(undefined)?.instance.host) // 10.0.0.1
 * ```
 */
export function leastRequests(): BalancerPolicy {
  return { name: 'least-requests', create: ({ random }) => new LeastRequests(random) }
}

class LeastRequests implements Balancer {
  readonly #chance: Chance
  #targets: readonly Target[] = []
  #weights: Float64Array = weightsOf([])
  #draw: WeightedDraw

  constructor(random: Random) {
    this.#chance = new Chance(random)
    this.#draw = new WeightedDraw(this.#weights, this.#chance)
  }

  update(targets: readonly Target[]): void {
    this.#targets = targets
    this.#weights = weightsOf(targets)
    this.#draw = new WeightedDraw(this.#weights, this.#chance)
  }

  pick(): Target | undefined {
    const targets = this.#targets
    if (targets.length < 2) return targets.length === 0 ? undefined : targets[0]
    const first = this.#draw.next()
    const second = this.#chance.otherThan(first, targets.length)
    const one = targets[first] as Target
    const other = targets[second] as Target
    const weights = this.#weights
    // cross-multiplied, which spares two divisions
    const isOne = one.inFlight * (weights[second] as number) <= other.inFlight * (weights[first] as number)
    return isOne ? one : other
  }
}
