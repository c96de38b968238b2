import type { Random } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy } from './balancer.ts'
import { Chance } from './chance.ts'

/**
 * Any instance by chance, each as likely as every other, whatever its weight, load or speed.
 *
 * @returns a policy named `random`
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { random } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string) => ({ inFlight: 0, instance: { ...orders, id: host, host } })
 * const balancer = random().create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1'), target('10.0.0.2')])
 *
 * console.log(balancer.pick(undefined)?.instance.host) // one of the two
 * ```
 */
export function random(): BalancerPolicy {
  return { name: 'random', create: (tools) => new ByChance(tools.random) }
}

class ByChance implements Balancer {
  readonly #chance: Chance
  #targets: readonly Target[] = []

  constructor(random: Random) {
    this.#chance = new Chance(random)
  }

  update(targets: readonly Target[]): void {
    this.#targets = targets
  }

  pick(): Target | undefined {
    const targets = this.#targets
    return targets.length === 0 ? undefined : targets[this.#chance.below(targets.length)]
  }
}
