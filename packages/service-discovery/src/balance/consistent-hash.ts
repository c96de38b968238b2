import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy, BalancerTools } from './balancer.ts'
import { HashRing } from './hash-ring.ts'
import { keyHash } from './key-hash.ts'
import { leastRequests } from './least-requests.ts'
import { optionWithin } from './option-within.ts'
import { weightsOf } from './weights-of.ts'

/** How {@link consistentHash} spreads keys. */
export interface ConsistentHashOptions {
  /**
   * How many open calls an instance may have, as a multiple of its fair share of all; its keys go to the next instance
   * meanwhile. 1.25 unless told, from 1.01; `Infinity`: as many as its keys bring.
   */
  readonly boundedLoad?: number
  /**
   * How many points of the ring an instance of mean weight has, up to twice as many; 128 unless told, from 1 to 4,096. More
   * spread keys more evenly and cost more at each change of the instances.
   */
  readonly virtualNodes?: number
}

/** Sets keys apart from instances' ids. */
const keySeed = 0x2f0b4f5d
/** Of how many targets the open calls are counted anew at each choice; with more than so many the sum lags a little. */
const countedAtOnce = 32
/** Of the points one at least in five belongs to a target with room, so that a longer way means a sum that lags. */
const longestWay = 256

/**
 * Calls with the same key go to the same instance, in every process, as long as it is there and not overloaded.
 *
 * When one of n instances joins or leaves, about one key in n moves. One with a hot key passes on what is more than
 * `boundedLoad` times its fair share. A call without a key goes to the less busy of two instances by chance.
 *
 * @param options - how it spreads keys
 * @returns a policy named `consistent-hash`
 * @throws RangeError for an option that can't be
 * @see Vahab Mirrokni, Mikkel Thorup, Morteza Zadimoghaddam, "Consistent Hashing with Bounded Loads", 2016,
 *   https://arxiv.org/abs/1608.01350
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { consistentHash } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string) => ({ inFlight: 0, instance: { ...orders, id: host, host } })
 * const balancer = consistentHash({ boundedLoad: 1.5 }).create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1'), target('10.0.0.2')])
 *
 * console.log(balancer.pick('customer-7') === balancer.pick('customer-7')) // true
 * ```
 */
export function consistentHash({
  boundedLoad = 1.25,
  virtualNodes = 128,
}: ConsistentHashOptions = {}): BalancerPolicy {
  optionWithin('boundedLoad', boundedLoad, 1.01, Number.POSITIVE_INFINITY)
  optionWithin('virtualNodes', virtualNodes, 1, 4_096)
  return {
    name: 'consistent-hash',
    create: (tools) => new ConsistentHash(boundedLoad, virtualNodes, tools),
  }
}

class ConsistentHash implements Balancer {
  readonly #boundedLoad: number
  readonly #virtualNodes: number
  readonly #leastRequests: Balancer
  #targets: readonly Target[] = []
  #ring: HashRing
  /** Each target's part of all calls that may be open, where one is its fair share times the bound. */
  #parts: Float64Array = new Float64Array()
  /** Open calls when last counted, their sum, and whose turn it is. */
  #counted: Float64Array = new Float64Array()
  #open = 0
  #next = 0

  constructor(boundedLoad: number, virtualNodes: number, tools: BalancerTools) {
    this.#boundedLoad = boundedLoad
    this.#virtualNodes = virtualNodes
    this.#leastRequests = leastRequests().create(tools)
    this.#ring = new HashRing([], virtualNodes)
  }

  update(targets: readonly Target[]): void {
    this.#leastRequests.update(targets)
    this.#targets = targets
    this.#ring = new HashRing(targets, this.#virtualNodes)
    const weights = weightsOf(targets)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    this.#parts = weights.map((weight) => (this.#boundedLoad * weight) / total)
    this.#counted = Float64Array.from(targets, ({ inFlight }) => inFlight)
    this.#open = this.#counted.reduce((sum, open) => sum + open, 0)
    this.#next = 0
  }

  pick(key: string | undefined): Target | undefined {
    const targets = this.#targets
    if (key === undefined || targets.length < 2) return this.#leastRequests.pick(undefined)
    const ring = this.#ring
    const open = this.#count() + 1
    let place = ring.find(keyHash(key, keySeed))
    for (let way = Math.min(ring.size, longestWay); way > 0; way--) {
      const owner = ring.ownerAt(place)
      const target = targets[owner] as Target
      // the bound is rounded up, and a whole number below it leaves room for one more
      if (target.inFlight < open * (this.#parts[owner] as number)) return target
      place = place + 1 === ring.size ? 0 : place + 1
    }
    return this.#leastRequests.pick(undefined)
  }

  /** All open calls: of few targets counted at each choice, of many some at a time. */
  #count(): number {
    const targets = this.#targets
    for (let left = Math.min(targets.length, countedAtOnce); left > 0; left--) {
      const at = this.#next
      const { inFlight } = targets[at] as Target
      this.#open += inFlight - (this.#counted[at] as number)
      this.#counted[at] = inFlight
      this.#next = at + 1 === targets.length ? 0 : at + 1
    }
    return this.#open
  }
}
