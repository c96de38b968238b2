import type { Random, Timer } from '@ashlar/kernel'
import type { Balancer, BalancerPolicy } from '../balance/balancer.ts'
import type { Instance } from '../registry/instance.ts'
import { OutlierEjection } from './outlier-ejection.ts'
import type { Outliers } from './outlier-options.ts'
import { PooledTarget } from './pooled-target.ts'

/** What a pool tells when an instance gets no calls for a while, or gets them again. */
export type PoolEvent = {
  readonly type: 'ejected' | 'returned'
  readonly instance: Instance
  readonly cause: 'failures' | 'breaker'
}

/** What a pool is made of. */
export interface PoolOptions {
  readonly policy: BalancerPolicy
  /** `false`: nobody is ejected. */
  readonly outliers: Outliers | false
  readonly timer: Timer
  readonly random: Random
  /** Told of ejections. */
  readonly tell: (event: PoolEvent) => void
}

/** The instances of one service as one client sees them: who can be called, who is chosen, how the calls end. */
export class ServicePool {
  readonly #balancer: Balancer
  readonly #panicShare: number
  readonly #ejection: OutlierEjection | undefined
  readonly #tell: (event: PoolEvent) => void
  #targets = new Map<string, PooledTarget>()
  /** The healthy ones, in order. */
  #healthy: readonly PooledTarget[] = []
  /** Those that the balancer chooses from. */
  #available: readonly PooledTarget[] = []

  constructor({ policy, outliers, timer, random, tell }: PoolOptions) {
    this.#balancer = policy.create({ timer, random })
    this.#tell = tell
    this.#panicShare = outliers === false ? 0 : outliers.panicShare
    if (outliers !== false)
      this.#ejection = new OutlierEjection(outliers, timer, {
        all: () => this.#healthy,
        moved: (target) => this.#moved(target, 'failures', target.isEjected),
      })
    this.#balancer.update([])
  }

  /** How many instances are healthy by the registry's word. */
  get healthy(): number {
    return this.#healthy.length
  }

  /** How many of the healthy ones get no calls at present. */
  get ejected(): number {
    return this.#healthy.length - this.#available.length
  }

  /** Takes what the registry tells; an instance that stays at its address keeps what is known of it. */
  update(instances: readonly Instance[]): void {
    const before = this.#targets
    this.#targets = new Map()
    const healthy: PooledTarget[] = []
    for (const instance of instances) {
      if (instance.health === 'draining' || instance.health === 'critical') continue
      const key = `${instance.id} ${instance.host} ${instance.port}`
      // told twice, it is still one
      if (this.#targets.has(key)) continue
      const target = before.get(key) ?? new PooledTarget(instance)
      target.instance = instance
      this.#targets.set(key, target)
      healthy.push(target)
    }
    this.#healthy = healthy
    for (const [key, target] of before) if (!this.#targets.has(key)) this.#ejection?.forget(target)
    this.#refresh()
  }

  /** Chooses one for a call; nothing where nobody can be called. */
  pick(key?: string): PooledTarget | undefined {
    // every target that a balancer has is one of this pool's
    return this.#balancer.pick(key) as PooledTarget | undefined
  }

  /** Chooses one that was not tried yet, where there is one. */
  pickOther(tried: ReadonlySet<PooledTarget>, key?: string): PooledTarget | undefined {
    const first = this.pick(key)
    if (first === undefined || !tried.has(first)) return first
    for (let chances = this.#available.length; chances > 0; chances--) {
      const next = this.pick()
      if (next !== undefined && !tried.has(next)) return next
    }
    return this.#available.find((target) => !tried.has(target)) ?? first
  }

  /** A call to an instance begins. */
  begin(target: PooledTarget): void {
    target.inFlight++
  }

  /** A call to an instance has ended. */
  end(target: PooledTarget, latencyMs: number, isFailure: boolean): void {
    target.inFlight--
    this.#balancer.report?.(target, latencyMs, isFailure)
    this.#ejection?.count(target, isFailure)
  }

  /** A call was called off by its caller, and says nothing of the instance. */
  callOff(target: PooledTarget): void {
    target.inFlight--
  }

  /** A call was called off as another instance was faster: it would have taken so long at least. */
  beaten(target: PooledTarget, latencyMs: number): void {
    target.inFlight--
    this.#balancer.report?.(target, latencyMs, false)
  }

  /** Keeps an instance out while its circuit breaker is open, or lets it back. */
  setBroken(target: PooledTarget, isBroken: boolean): void {
    if (target.isBroken === isBroken) return
    target.isBroken = isBroken
    this.#moved(target, 'breaker', isBroken)
  }

  /** Ends all timers. */
  close(): void {
    this.#ejection?.close()
  }

  #moved(target: PooledTarget, cause: PoolEvent['cause'], isOut: boolean): void {
    this.#refresh()
    this.#tell({ type: isOut ? 'ejected' : 'returned', instance: target.instance, cause })
  }

  #refresh(): void {
    const left = this.#healthy.filter(({ isEjected }) => !isEjected)
    const isPanic = left.length < this.#panicShare * this.#healthy.length
    const available = (isPanic ? this.#healthy : left).filter(({ isBroken }) => !isBroken)
    this.#available = available
    this.#balancer.update(available)
  }
}
