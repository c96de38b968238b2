import type { Timer } from '@ashlar/kernel'
import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
} from 'cockatiel'
import type { PooledTarget } from '../pool/pooled-target.ts'
import { Blameless } from './attempt-error.ts'

/** A circuit breaker for each instance, which keeps it out of its pool while it is open. */
export class CircuitBreakers {
  readonly #failures: number
  readonly #openMs: number
  readonly #timer: Timer
  readonly #setBroken: (target: PooledTarget, isBroken: boolean) => void
  readonly #breakers = new WeakMap<PooledTarget, CircuitBreakerPolicy>()
  readonly #callOffs = new Set<() => void>()

  constructor(
    options: { readonly breakerFailures: number; readonly breakerOpenMs: number },
    timer: Timer,
    setBroken: (target: PooledTarget, isBroken: boolean) => void,
  ) {
    this.#failures = options.breakerFailures
    this.#openMs = options.breakerOpenMs
    this.#timer = timer
    this.#setBroken = setBroken
  }

  of(target: PooledTarget): CircuitBreakerPolicy {
    let breaker = this.#breakers.get(target)
    if (breaker === undefined) {
      breaker = this.#make(target)
      this.#breakers.set(target, breaker)
    }
    return breaker
  }

  /** Whether one call is finding out whether it is well again; others would have to wait for that. */
  isOnTrial(target: PooledTarget): boolean {
    return this.#breakers.get(target)?.state === CircuitState.HalfOpen
  }

  /** Its time is over by the timer, but not by the machine's clock, which was set back: it begins anew. */
  replace(target: PooledTarget): void {
    this.#breakers.delete(target)
  }

  close(): void {
    for (const callOff of this.#callOffs) callOff()
    this.#callOffs.clear()
  }

  #make(target: PooledTarget): CircuitBreakerPolicy {
    const breaker = circuitBreaker(
      handleWhen((error) => !(error instanceof Blameless)),
      {
        breaker: new ConsecutiveBreaker(this.#failures),
        halfOpenAfter: this.#openMs,
      },
    )
    breaker.onBreak(() => {
      this.#setBroken(target, true)
      const callOff = this.#timer.after(
        this.#openMs,
        () => {
          this.#callOffs.delete(callOff)
          this.#setBroken(target, false)
        },
        { idle: true },
      )
      this.#callOffs.add(callOff)
    })
    return breaker
  }
}
