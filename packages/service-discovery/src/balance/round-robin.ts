import type { Random } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy } from './balancer.ts'

/**
 * One instance after the other, each as often as every other, whatever its weight, load or speed.
 *
 * Clients begin at different instances by chance. When instances come or leave, it goes on with the one whose turn it is.
 * One slow instance slows down its full share of all calls: prefer {@link p2cEwma}.
 *
 * @returns a policy named `round-robin`
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { roundRobin } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string) => ({ inFlight: 0, instance: { ...orders, id: host, host } })
 * const balancer = roundRobin().create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1'), target('10.0.0.2')])
 *
 * const turns = [1, 2, 3].map(() => balancer.pick(undefined)?.instance.host)
 * console.log(turns[0] === turns[2], turns[0] === turns[1]) // true false
 * ```
 */
export function roundRobin(): BalancerPolicy {
  return { name: 'round-robin', create: ({ random }) => new RoundRobin(random) }
}

class RoundRobin implements Balancer {
  readonly #random: Random
  #targets: readonly Target[] = []
  #next = 0

  constructor(random: Random) {
    this.#random = random
  }

  update(targets: readonly Target[]): void {
    const places = new Map(targets.map((target, at) => [target, at]))
    const { length } = this.#targets
    let next: number | undefined
    for (let step = 0; step < length && next === undefined; step++)
      next = places.get(this.#targets[(this.#next + step) % length] as Target)
    this.#next = next ?? Math.floor(this.#random.next() * targets.length)
    this.#targets = targets
  }

  pick(): Target | undefined {
    const targets = this.#targets
    const at = this.#next
    if (at < targets.length) {
      this.#next = at + 1
      return targets[at]
    }
    this.#next = targets.length > 1 ? 1 : 0
    return targets[0]
  }
}
