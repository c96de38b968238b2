import type { Logger, Random, Telemetry, Timer } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  DelegateBackoff,
  handleWhen,
  type IRetryBackoffContext,
  type RetryPolicy,
  retry,
} from 'cockatiel'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { DiscoveryClosedError } from '../discovery/discovery-closed-error.ts'
import { allEjected, type EndpointFailure, noInstances } from '../discovery/endpoint-failure.ts'
import type { ServiceView } from '../discovery/service-view.ts'
import type { Outliers } from '../pool/outlier-options.ts'
import type { PooledTarget } from '../pool/pooled-target.ts'
import { ServicePool } from '../pool/service-pool.ts'
import { reasonOf } from '../registry/follow.ts'
import type { Instance } from '../registry/instance.ts'
import type { AcquiredInstance } from './acquired-instance.ts'
import { AttemptError, Blameless, FailedAnswer, TooLate, thrownIn, wasNeverSent } from './attempt-error.ts'
import { Call } from './call.ts'
import { bulkheadFull, type CallFailure, callFailed, callTimedOut } from './call-failure.ts'
import type { AttemptWork, CallOptions } from './call-options.ts'
import { CircuitBreakers } from './circuit-breakers.ts'
import { type AttemptOutcome, ClientTelemetry } from './client-telemetry.ts'
import { Deadlines } from './deadlines.ts'
import { hedged } from './hedged.ts'
import { quietly } from './quietly.ts'
import { RetryBudget } from './retry-budget.ts'
import { serviceFetch } from './service-fetch.ts'
import type { Resilience } from './standard.ts'
import { Turns } from './turns.ts'

/** What a client is made of. */
export interface ClientParts {
  readonly view: ServiceView
  readonly policy: BalancerPolicy
  readonly outliers: Outliers | false
  readonly resilience: Resilience
  /** Where paths lead, as `http` or `https`. */
  readonly scheme: 'http' | 'https'
  readonly fetch: typeof globalThis.fetch
  readonly timer: Timer
  readonly random: Random
  readonly logger: Logger
  readonly telemetry: Telemetry
}

/**
 * Calls one service: chooses among its instances, and keeps the calls out of trouble. Made by a `ServiceDiscovery`.
 *
 * @example
 * ```ts
 * import { InMemoryRegistry, ServiceDiscovery } from '@ashlar/service-discovery'
 *
 * await using registry = new InMemoryRegistry()
 * await using discovery = new ServiceDiscovery({ registry })
 * await registry.register({ service: 'inventory', host: '10.0.0.7', port: 8080 })
 *
 * const inventory = discovery.serviceClient('inventory')
 * const answer = await inventory.execute(async ({ host, port }, { signal }) => `asked ${host}:${port}`)
 * console.log(answer.unwrapOr('nobody')) // asked 10.0.0.7:8080
 * ```
 */
export class ServiceClient {
  /** The service's name. */
  readonly service: string
  /**
   * As the platform's `fetch`, to whichever instance is chosen.
   *
   * Takes a path, or a URL whose host is the service's name. GET, HEAD, OPTIONS, TRACE, PUT and DELETE, and requests with
   * an `idempotency-key`, are retried; statuses 429 and from 500 count as failures, and the last one is returned. A body
   * that is a stream is sent once.
   *
   * @throws ServiceCallError with the failure where no answer came, `TypeError` for another host, and the signal's reason
   */
  readonly fetch: typeof globalThis.fetch
  readonly #parts: ClientParts
  readonly #pool: ServicePool
  readonly #breakers: CircuitBreakers
  readonly #budget: RetryBudget
  readonly #telemetry: ClientTelemetry
  readonly #turns: Turns
  readonly #retry: RetryPolicy
  readonly #calls: Deadlines
  readonly #attempts: Deadlines
  readonly #leave: () => void
  #isClosed = false

  /** @internal */
  constructor(service: string, parts: ClientParts) {
    const { resilience, timer, random, logger } = parts
    this.service = service
    this.#parts = parts
    this.#telemetry = new ClientTelemetry(service, parts.telemetry)
    this.#pool = new ServicePool({
      policy: parts.policy,
      outliers: parts.outliers,
      timer,
      random,
      tell: (event) => {
        this.#telemetry.moved(event)
        quietly(() =>
          logger.info({ service, instance: event.instance.id, cause: event.cause }, `instance ${event.type}`),
        )
      },
    })
    this.#breakers = new CircuitBreakers(resilience, timer, (target, isBroken) =>
      this.#pool.setBroken(target, isBroken),
    )
    this.#budget = new RetryBudget(resilience.retryShare)
    this.#turns = new Turns(resilience)
    this.#retry = retry(
      handleWhen((error) => this.#allowsRetry(error)),
      { maxAttempts: resilience.attempts - 1, backoff: fullJitter(resilience, random) },
    )
    this.#calls = new Deadlines(resilience.totalTimeoutMs, timer)
    this.#attempts = new Deadlines(resilience.attemptTimeoutMs, timer)
    this.#leave = parts.view.listen(({ instances }) => this.#pool.update(instances))
    this.fetch = serviceFetch(this, parts)
  }

  /**
   * Chooses an instance by what is known now: no wait, no allocation.
   *
   * @param key - what belongs together, for balancers that send it to one instance
   * @returns the instance, or undefined where there is none; {@link ServiceClient.endpoint} tells why
   */
  pick(key?: string): Instance | undefined {
    return this.#pool.pick(key)?.instance
  }

  /**
   * Chooses an instance for a call that is made by other means, such as another protocol's client.
   *
   * Time-outs, retries and circuit breakers are the caller's; how the call ends is counted for balancing and ejection.
   *
   * @param key - what belongs together, for balancers that send it to one instance
   * @returns the instance, to be released, or undefined where there is none; {@link ServiceClient.endpoint} tells why
   */
  acquire(key?: string): AcquiredInstance | undefined {
    const target = this.#pool.pick(key)
    if (target === undefined) return
    const startedAt = this.#parts.timer.now()
    this.#pool.begin(target)
    let isReleased = false
    return {
      instance: target.instance,
      release: (outcome) => {
        if (isReleased) return
        isReleased = true
        this.#ended(target, this.#parts.timer.now() - startedAt, outcome)
      },
    }
  }

  /**
   * Chooses an instance, and waits for the registry's first answer where there was none yet.
   *
   * @param options - `key` for balancers that send what belongs together to one instance, `signal` ends the waiting
   * @returns the instance, or `NoInstances`, `AllEjected`, or why the registry can't be asked
   * @throws the signal's reason when it is aborted, and `DiscoveryClosedError` after the discovery's `close`
   */
  async endpoint(
    options: { readonly key?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Result<Instance, EndpointFailure>> {
    options.signal?.throwIfAborted()
    if (this.#isClosed) throw new DiscoveryClosedError()
    const known = await this.#parts.view.current(options.signal)
    if (known.isErr()) return err(known.error)
    if (this.#isClosed) throw new DiscoveryClosedError()
    const target = this.#pool.pick(options.key)
    return target === undefined ? err(this.#whyNone()) : ok(target.instance)
  }

  /**
   * Does some work with an instance, again with another one where it failed and may be done twice.
   *
   * @param work - one attempt; it should end when its signal is aborted
   * @param options - what may be retried, and what counts as a failure
   * @returns what the work returned, or `NoInstances`, `AllEjected`, `BulkheadFull`, `CallTimedOut`, `CallFailed`, or why
   * the registry can't be asked
   * @throws the reason of the caller's signal when it is aborted, and `DiscoveryClosedError` after the discovery's `close`
   */
  async execute<T>(work: AttemptWork<T>, options: CallOptions<T> = {}): Promise<Result<T, CallFailure>> {
    const { signal } = options
    signal?.throwIfAborted()
    if (this.#isClosed) throw new DiscoveryClosedError()
    const known = this.#parts.view.now()
    if (known.isErr()) {
      const first = await this.#parts.view.current(signal)
      signal?.throwIfAborted()
      if (first.isErr()) return err(first.error)
    }
    this.#budget.deposit()
    const call = new Call(work, options)
    try {
      // who waits for a turn is told by nobody else that the time is over, or the caller has left
      return ok(await call.within(this.#calls, () => this.#turns.execute(call, () => this.#attemptAll(call))))
    } catch (error) {
      signal?.throwIfAborted()
      return this.#failed(error, call)
    }
  }

  /** Begins no more attempts; those that run end as they would have. A `ServiceDiscovery` does so when it closes. */
  close(): void {
    this.#isClosed = true
    this.#leave()
    this.#pool.update([])
    this.#calls.close()
    this.#attempts.close()
    this.#breakers.close()
    this.#pool.close()
  }

  #attemptAll<T>(call: Call<T>): Promise<T> {
    return this.#retry.execute(() => this.#attemptOrTwo(call))
  }

  #attemptOrTwo<T>(call: Call<T>): Promise<T> {
    const { resilience, timer } = this.#parts
    if (resilience.hedgeAfterMs === undefined || call.options.isIdempotent !== true)
      return this.#attempt(call)
    const allow = () => !call.isOver && call.attempts < resilience.attempts && this.#budget.take()
    return hedged((signal) => this.#attempt(call, signal), { afterMs: resilience.hedgeAfterMs, timer, allow })
  }

  async #attempt<T>(call: Call<T>, calledOff?: AbortSignal): Promise<T> {
    if (call.isOver) throw new CallIsOver()
    if (this.#isClosed) throw new DiscoveryClosedError()
    const target = this.#targetFor(call)
    if (target === undefined) throw new NobodyToCall()
    call.tried.add(target)
    const number = ++call.attempts
    const { timer } = this.#parts
    const startedAt = timer.now()
    this.#pool.begin(target)
    try {
      const value = await this.#telemetry.attempt(target.instance, number, () =>
        this.#guarded(call, target, number, calledOff),
      )
      this.#ended(target, timer.now() - startedAt, 'ok')
      return value
    } catch (error) {
      const isBlameless = error instanceof Blameless || error instanceof BrokenCircuitError
      const outcome = calledOff?.aborted === true ? 'beaten' : isBlameless ? 'cancelled' : 'failure'
      this.#ended(target, timer.now() - startedAt, outcome)
      throw this.#attemptError(call, target, error)
    }
  }

  /** While one call tries an instance out, others go elsewhere where they can. */
  #targetFor<T>({ tried, options: { key } }: Call<T>): PooledTarget | undefined {
    const target = tried.size === 0 ? this.#pool.pick(key) : this.#pool.pickOther(tried, key)
    if (target === undefined || !this.#breakers.isOnTrial(target)) return target
    return this.#pool.pickOther(new Set(tried).add(target), key)
  }

  #guarded<T>(
    call: Call<T>,
    target: PooledTarget,
    number: number,
    calledOff: AbortSignal | undefined,
  ): Promise<T> {
    const { isFailure, isTransient } = call.options
    const isCalledOff = () => calledOff?.aborted === true
    return this.#breakers.of(target).execute(async () => {
      // it may have waited until the breaker knew whether the instance is well again
      if (call.isOver || isCalledOff()) throw new Blameless(new CallIsOver())
      try {
        const value = await call.attempt(target, number, this.#attempts, calledOff)
        if (isFailure?.(value) === true) throw new FailedAnswer(value)
        return value
      } catch (error) {
        if (call.isAborted || isCalledOff() || isTransient?.(thrownIn(error)) === false)
          throw new Blameless(thrownIn(error))
        throw error
      }
    })
  }

  #ended(target: PooledTarget, durationMs: number, outcome: AttemptOutcome): void {
    try {
      this.#tellPool(target, durationMs, outcome)
    } catch (error) {
      this.#tellFault(error)
    }
    this.#telemetry.ended(target.instance, durationMs, outcome)
  }

  #tellPool(target: PooledTarget, durationMs: number, outcome: AttemptOutcome): void {
    switch (outcome) {
      case 'cancelled':
        return this.#pool.callOff(target)
      case 'beaten':
        return this.#pool.beaten(target, durationMs)
      default:
        return this.#pool.end(target, durationMs, outcome === 'failure')
    }
  }

  /** A balancer that throws must spoil no answer. */
  #tellFault(error: unknown): void {
    const { service } = this
    quietly(() =>
      this.#parts.logger.error({ service, err: error }, 'a balancer has failed to take the end of a call'),
    )
  }

  #attemptError<T>(call: Call<T>, target: PooledTarget, error: unknown): AttemptError {
    const isLast = call.isOver || call.attempts >= this.#parts.resilience.attempts
    if (error instanceof BrokenCircuitError) {
      // the pool has let it back, so its time is over, whatever the machine's clock says
      if (!target.isBroken) this.#breakers.replace(target)
      const reason = 'its circuit breaker is open'
      return new AttemptError(target, error, { mayRetry: !isLast, isFree: true, reason })
    }
    if (error instanceof Blameless)
      return new AttemptError(target, error.cause, { mayRetry: false, reason: reasonOf(error.cause) })
    const thrown = thrownIn(error)
    const { isIdempotent, isOnce } = call.options
    return new AttemptError(target, thrown, {
      mayRetry: !isLast && (isIdempotent === true || (isOnce !== true && wasNeverSent(thrown))),
      reason: error instanceof TooLate ? this.#tooLate() : reasonOf(thrown),
      answer: error instanceof FailedAnswer ? { value: error.value } : undefined,
    })
  }

  /** Asked after each failed attempt; the last one of a call is not retried, and must not take from the budget. */
  #allowsRetry(error: unknown): boolean {
    return error instanceof AttemptError && error.mayRetry && (error.isFree || this.#budget.take())
  }

  #failed<T>(error: unknown, call: Call<T>): Result<T, CallFailure> {
    const { service } = this
    const { totalTimeoutMs, concurrency, queue } = this.#parts.resilience
    if (error instanceof AttemptError) {
      if (error.answer !== undefined) return ok(error.answer.value as T)
      const { target, reason, cause } = error
      return err(callFailed(service, target.instance.id, call.attempts, reason, cause))
    }
    if (error instanceof NobodyToCall) return err(this.#whyNone())
    if (error instanceof BulkheadRejectedError) return err(bulkheadFull(service, concurrency, queue))
    if (error instanceof TooLate) return err(callTimedOut(service, totalTimeoutMs, call.attempts))
    throw error
  }

  #tooLate(): string {
    return `no answer within ${this.#parts.resilience.attemptTimeoutMs} ms`
  }

  #whyNone(): EndpointFailure {
    const known = this.#parts.view.now()
    if (known.isErr()) return known.error
    if (this.#pool.healthy > 0) return allEjected(this.service, this.#pool.healthy)
    return noInstances(this.service, known.value.instances.length)
  }
}

/** The pool has nobody for an attempt; never leaves the client. */
class NobodyToCall extends Error {
  override readonly name = 'NobodyToCall'
}

/** A retry has rested until nobody waited for it any more; never leaves the client. */
class CallIsOver extends Error {
  override readonly name = 'CallIsOver'
}

/** @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
function fullJitter({ retryDelayMs, maxRetryDelayMs }: Resilience, random: Random) {
  return new DelegateBackoff<IRetryBackoffContext<unknown>>(
    ({ attempt }) => random.next() * Math.min(maxRetryDelayMs, retryDelayMs * 2 ** (attempt - 1)),
  )
}
