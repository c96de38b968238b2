import { type Logger, pause, type Random, type Timer, untilAborted } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { backOffMs } from './back-off.ts'
import { failureOf } from './follow.ts'
import type { Instance } from './instance.ts'
import type { Lease, LeaseState } from './lease.ts'
import type { RegistryFailure } from './registry-failure.ts'
import { frozenInstance } from './service-registration.ts'

/** What an adapter does for a lease; each throws a `FailureError` of a registry's failure, or anything else. */
export interface LeaseKeeping {
  /** The registry's name, for messages. */
  readonly registry: string
  readonly ttlMs: number
  /** Makes the instance known, for the first time or again, in the health that it has. */
  grant(instance: Instance, signal: AbortSignal): Promise<void>
  /** Says that the instance is alive; `lost` where the registry does not know it any more. */
  renew(instance: Instance, signal: AbortSignal): Promise<'held' | 'lost'>
  /** Takes the instance out; one that is not there is out. */
  withdraw(instance: Instance, signal: AbortSignal): Promise<void>
  readonly logger: Logger
  readonly timer: Timer
  readonly random: Random
}

/** The longest rest after a failed heartbeat, so that a registry that is back knows us again within two seconds. */
const longestRestMs = 1_000

/** Keeps a registration alive: three heartbeats in its time, registered again where the registry has lost it. */
export class KeptLease implements Lease {
  readonly #keeping: LeaseKeeping
  readonly #stop = new AbortController()
  #instance: Instance
  /** As the registry was told last. */
  #told: Instance | undefined
  #state: LeaseState = 'held'
  #beating: Promise<void> = Promise.resolve()
  #released: Promise<Result<void, RegistryFailure>> | undefined
  /** Who has its place. */
  #successor: KeptLease | undefined
  /** Ends the rest before the next beat, which then knows that the registration is lost. */
  #early = new AbortController()

  private constructor(instance: Instance, keeping: LeaseKeeping) {
    this.#instance = instance
    this.#keeping = keeping
  }

  /**
   * Registers, and begins to keep.
   *
   * @throws what `grant` throws, or the signal's reason; what was granted too late is withdrawn again
   */
  static async take(instance: Instance, keeping: LeaseKeeping, signal?: AbortSignal): Promise<KeptLease> {
    const lease = new KeptLease(instance, keeping)
    try {
      await lease.#inTime(keeping.ttlMs, signal, (limit) => lease.#grant(limit))
    } catch (error) {
      // an adapter that ignores its signal may grant it yet
      lease.#stop.abort()
      if (lease.#told !== undefined)
        void keeping.withdraw(instance, AbortSignal.timeout(keeping.ttlMs)).catch(() => {})
      throw error
    }
    lease.#beating = lease.#beat()
    return lease
  }

  get instance(): Instance {
    return this.#instance
  }

  get state(): LeaseState {
    return this.#state
  }

  /** Tells that the registry was seen without the instance, so that it isn't registered only with the next heartbeat. */
  lose(): void {
    this.#early.abort()
  }

  async drain(options: { readonly signal?: AbortSignal } = {}): Promise<Result<void, RegistryFailure>> {
    options.signal?.throwIfAborted()
    if (this.#state === 'released') return ok(undefined)
    if (this.#state !== 'draining') {
      this.#instance = frozenInstance({ ...this.#instance, health: 'draining' })
      this.#state = 'draining'
    }
    if (this.#told === this.#instance) return ok(undefined)
    try {
      const either = anyOf(this.#stop.signal, options.signal)
      await this.#inTime(this.#keeping.ttlMs, either, (limit) => this.#grant(limit))
      return ok(undefined)
    } catch (error) {
      options.signal?.throwIfAborted()
      // one that was released meanwhile needs no draining
      if (this.#stop.signal.aborted) return ok(undefined)
      return err(failureOf(this.#keeping.registry, error))
    }
  }

  release(options: { readonly signal?: AbortSignal } = {}): Promise<Result<void, RegistryFailure>> {
    this.#released ??= this.#release()
    return untilAborted(this.#released, options.signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const released = await this.release()
    if (released.isErr()) {
      const { logger, registry } = this.#keeping
      const { message } = released.error
      logger.warn({ registry, instance: this.#instance.id, message }, 'a registration is left to its time')
    }
  }

  /** Ends the heartbeats without a word to the registry. */
  async abandon(): Promise<void> {
    this.#stop.abort()
    this.#state = 'released'
    await this.#beating
  }

  /** Another lease has registered the same id: there is nothing left to keep or to take out. */
  async yieldPlace(successor: KeptLease): Promise<void> {
    this.#successor = successor
    this.#released ??= Promise.resolve(ok(undefined))
    await this.abandon()
  }

  async #release(): Promise<Result<void, RegistryFailure>> {
    const { registry, ttlMs } = this.#keeping
    await this.abandon()
    try {
      await this.#inTime(ttlMs, undefined, (limit) => this.#keeping.withdraw(this.#instance, limit))
      return ok(undefined)
    } catch (error) {
      return err(failureOf(registry, error))
    }
  }

  async #beat(): Promise<void> {
    const { ttlMs, random, timer } = this.#keeping
    const { signal } = this.#stop
    const intervalMs = ttlMs / 3
    let failures = 0
    while (!signal.aborted) {
      const restMs =
        failures === 0 ? intervalMs : Math.min(backOffMs(failures, random), longestRestMs, intervalMs)
      await pause(restMs, timer, AbortSignal.any([signal, this.#early.signal])).catch(() => {})
      if (signal.aborted) return
      const isToldLost = this.#early.signal.aborted
      this.#early = new AbortController()
      failures = (await this.#keep(isToldLost, intervalMs)) ? 0 : failures + 1
    }
  }

  async #keep(isToldLost: boolean, limitMs: number): Promise<boolean> {
    const { registry, logger } = this.#keeping
    const { signal } = this.#stop
    const instance = this.#instance.id
    try {
      await this.#inTime(limitMs, signal, async (limit) => {
        const isLost = isToldLost || (await this.#keeping.renew(this.#instance, limit)) === 'lost'
        limit.throwIfAborted()
        if (isLost) {
          this.#tell('lost')
          logger.warn({ registry, instance }, 'the registry has lost an instance')
        }
        if (isLost || this.#told !== this.#instance) await this.#grant(limit)
      })
      if (this.#state === 'lost') logger.info({ registry, instance }, 'registered again')
      this.#tell('held')
      return true
    } catch (error) {
      if (signal.aborted) return false
      const { message } = failureOf(registry, error)
      if (this.#state !== 'lost') logger.warn({ registry, instance, message }, 'no heartbeat')
      this.#tell('lost')
      return false
    }
  }

  /** What is granted after the end is withdrawn again; an adapter need not heed its signal. */
  async #grant(signal: AbortSignal): Promise<void> {
    const wanted = this.#instance
    await this.#keeping.grant(wanted, signal)
    this.#told = wanted
    const isTooLate =
      this.#stop.signal.aborted && (this.#released !== undefined || this.#state !== 'released')
    if (!isTooLate) return
    if (this.#successor !== undefined) this.#successor.lose()
    else await this.#keeping.withdraw(wanted, AbortSignal.timeout(this.#keeping.ttlMs))
  }

  /** One that drains goes on draining, whether or not the registry knows. */
  #tell(state: 'held' | 'lost'): void {
    if (this.#state === 'draining' || this.#state === 'released') return
    this.#state = state
  }

  /** Gives up after a while: a connection that hangs answers nothing, not even an error. */
  async #inTime(
    limitMs: number,
    signal: AbortSignal | undefined,
    ask: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const late = new AbortController()
    const tell = () => late.abort(new Error(`no answer within ${Math.round(limitMs)} ms`))
    const callOff = this.#keeping.timer.after(limitMs, tell, { idle: true })
    const either = anyOf(late.signal, signal)
    try {
      either.throwIfAborted()
      await untilAborted(ask(either), either)
    } finally {
      callOff()
    }
  }
}

function anyOf(one: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other === undefined ? one : AbortSignal.any([one, other])
}
