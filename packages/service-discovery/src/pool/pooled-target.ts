import type { Instance } from '../registry/instance.ts'
import type { Target } from './target.ts'

/** A target with what its pool counts of it. */
export class PooledTarget implements Target {
  instance: Instance
  inFlight = 0
  /** Calls that failed since the last good one. */
  consecutiveFailures = 0
  /** Calls and failures in the present interval. */
  calls = 0
  failures = 0
  /** Ejected by what its callers have seen, until it is let back. */
  isEjected = false
  /** Kept out by a circuit breaker, until it lets a call through. */
  isBroken = false
  /** How often it was ejected lately; each time it lasts longer. */
  ejections = 0
  /** When it was let back last. */
  returnedAtMs = 0

  constructor(instance: Instance) {
    this.instance = instance
  }
}
