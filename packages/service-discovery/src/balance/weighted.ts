import type { Random } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy } from './balancer.ts'
import { Chance } from './chance.ts'
import { WeightedDraw } from './weighted-draw.ts'
import { weightsOf } from './weights-of.ts'

/**
 * Any instance by chance, one of weight 3 three times as likely as one of weight 1, whatever their load or speed.
 *
 * Drawn by the alias method of Walker and Vose: a choice costs the same among two instances and among two thousand.
 *
 * @returns a policy named `weighted`
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { weighted } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, health: 'passing' } as const
 * const target = (host: string, weight: number) => ({ inFlight: 0, instance: { ...orders, id: host, host, weight } })
 * const balancer = weighted().create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1', 1), target('10.0.0.2', 3)])
 *
 * console.log(balancer.pick(undefined)?.instance.host) // three times in four 10.0.0.2
 * ```
 */
export function weighted(): BalancerPolicy {
  return { name: 'weighted', create: ({ random }) => new Weighted(random) }
}

class Weighted implements Balancer {
  readonly #chance: Chance
  #targets: readonly Target[] = []
  #draw: WeightedDraw

  constructor(random: Random) {
    this.#chance = new Chance(random)
    this.#draw = new WeightedDraw(weightsOf([]), this.#chance)
  }

  update(targets: readonly Target[]): void {
    this.#targets = targets
    this.#draw = new WeightedDraw(weightsOf(targets), this.#chance)
  }

  pick(): Target | undefined {
    const targets = this.#targets
    return targets.length === 0 ? undefined : targets[this.#draw.next()]
  }
}
