import type { Timer } from '@ashlar/kernel'
import type { Target } from '../pool/target.ts'
import type { Balancer, BalancerPolicy, BalancerTools } from './balancer.ts'
import { Chance } from './chance.ts'
import { keyHash } from './key-hash.ts'
import { optionWithin } from './option-within.ts'

/** Where the caller stands, and when calls leave its zone. */
export interface ZoneAwareOptions {
  /** The caller's own zone, as its instances are registered with. */
  readonly zone: string
  /**
   * Below which share of its usual weight the own zone passes calls on; 0.7 unless told, from 0 (only when nobody is left)
   * to 1 (as soon as one is missing).
   */
  readonly spillBelow?: number
}

/** After so long what is left of a zone is what is usual; longer than any ejection lasts unless told. */
const usualAfterMs = 600_000
/** Every how many reports the time is looked at. */
const reportsAtOnce = 256
/** Sets the choice of a zone apart from the choice within it. */
const zoneSeed = 0x6c62272e

/**
 * Calls stay in the caller's own zone while enough of it is left, and are chosen there as another policy does.
 *
 * Enough is `spillBelow` of the weight that the zone has had at most. With less, the zone keeps as large a share of the
 * calls as is left of enough, and the rest goes to all other zones: with half of the zone gone and 0.7, it keeps 5 calls in
 * 7. What has been missing for ten minutes is no longer counted as usual. A call with a key goes on to the same zone as the
 * last one with that key, as long as the share stays.
 *
 * @param inner - chooses within the own zone, and another of its kind within all others
 * @param options - where the caller stands
 * @returns a policy named `zone-aware-` and the inner one's name
 * @throws RangeError for a `spillBelow` that can't be
 * @see https://www.envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/load_balancing/priority whose
 *   overprovisioning factor of 1.4 is about one over 0.7
 * @example
 * ```ts
 * import { systemRandom, systemTimer } from '@ashlar/kernel'
 * import { p2cEwma, zoneAware } from '@ashlar/service-discovery'
 *
 * const orders = { service: 'orders', port: 8080, node: '', tags: [], metadata: {}, weight: 1, health: 'passing' } as const
 * const target = (host: string, zone: string) => ({ inFlight: 0, instance: { ...orders, id: host, host, zone } })
 * const policy = zoneAware(p2cEwma(), { zone: 'eu-west-1a' })
 * const balancer = policy.create({ random: systemRandom, timer: systemTimer })
 * balancer.update([target('10.0.0.1', 'eu-west-1a'), target('10.0.0.2', 'eu-west-1b')])
 *
 * console.log(policy.name, balancer.pick(undefined)?.instance.host) // zone-aware-p2c-ewma 10.0.0.1
 * ```
 */
export function zoneAware(
  inner: BalancerPolicy,
  { zone, spillBelow = 0.7 }: ZoneAwareOptions,
): BalancerPolicy {
  optionWithin('spillBelow', spillBelow, 0, 1)
  return {
    name: `zone-aware-${inner.name}`,
    create: (tools) => new ZoneAware(inner, zone, spillBelow, tools),
  }
}

class ZoneAware implements Balancer {
  readonly #zone: string
  readonly #spillBelow: number
  readonly #timer: Timer
  readonly #chance: Chance
  readonly #near: Balancer
  readonly #far: Balancer
  #hasFar = false
  /** The own zone's weight now, what it has been at most, and since when it is less. */
  #weight = 0
  #usual = 0
  #lessSince = 0
  /** Below which hash or chance a call stays, counted from −2^31. */
  #stayBelow = 0
  #reports = 0

  constructor(inner: BalancerPolicy, zone: string, spillBelow: number, tools: BalancerTools) {
    this.#zone = zone
    this.#spillBelow = spillBelow
    this.#timer = tools.timer
    this.#chance = new Chance(tools.random)
    this.#near = inner.create(tools)
    this.#far = inner.create(tools)
  }

  update(targets: readonly Target[]): void {
    const near = targets.filter(({ instance }) => instance.zone === this.#zone)
    const far = targets.filter(({ instance }) => instance.zone !== this.#zone)
    this.#near.update(near)
    this.#far.update(far)
    this.#hasFar = far.length > 0
    const weight = near.reduce((sum, { instance }) => sum + instance.weight, 0)
    if (weight < this.#weight) this.#lessSince = this.#timer.now()
    this.#weight = weight
    this.#usual = Math.max(this.#usual, weight)
    this.#share()
  }

  pick(key: string | undefined): Target | undefined {
    return this.#stays(key) ? this.#near.pick(key) : this.#far.pick(key)
  }

  report(target: Target, latencyMs: number, isFailure: boolean): void {
    const side = target.instance.zone === this.#zone ? this.#near : this.#far
    side.report?.(target, latencyMs, isFailure)
    if (++this.#reports < reportsAtOnce) return
    this.#reports = 0
    if (this.#weight < this.#usual && this.#timer.now() - this.#lessSince >= usualAfterMs) {
      this.#usual = this.#weight
      this.#share()
    }
  }

  #stays(key: string | undefined): boolean {
    if (!this.#hasFar) return true
    return (key === undefined ? this.#chance.bits() : keyHash(key, zoneSeed)) < this.#stayBelow
  }

  #share(): void {
    const enough = this.#spillBelow * this.#usual
    const share = this.#weight === 0 ? 0 : enough === 0 ? 1 : Math.min(1, this.#weight / enough)
    this.#stayBelow = share * 2 ** 32 - 2 ** 31
  }
}
