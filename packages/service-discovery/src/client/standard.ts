/** How a client keeps its calls, and those it calls, out of trouble. Made by {@link standard}. */
export interface Resilience {
  /** The most calls that run at a time. */
  readonly concurrency: number
  /** The most calls that wait for their turn. */
  readonly queue: number
  /** How long a call may take with all of its attempts. */
  readonly totalTimeoutMs: number
  /** The most attempts of one call. */
  readonly attempts: number
  /** The longest rest before the second attempt; doubled with each, by chance between 0 and that. */
  readonly retryDelayMs: number
  /** The longest rest of all. */
  readonly maxRetryDelayMs: number
  /** The share of calls that may be retried. */
  readonly retryShare: number
  /** So many failures in a row open an instance's circuit breaker. */
  readonly breakerFailures: number
  /** How long it stays open before one call is let through. */
  readonly breakerOpenMs: number
  /** How long one attempt may take. */
  readonly attemptTimeoutMs: number
  /** After how long without an answer another instance is asked beside the first one; never where it is undefined. */
  readonly hedgeAfterMs: number | undefined
}

/** What {@link standard} can be told. */
export interface StandardOptions {
  /** The most calls that run at a time; 1,000 unless told. */
  readonly concurrency?: number
  /** The most calls that wait for their turn, for as long as their signal lets them; 0 unless told. */
  readonly queue?: number
  /** How long a call may take with all of its attempts; 30,000 unless told. */
  readonly totalTimeoutMs?: number
  /** The most attempts of one call, 1 is no retry; 3 unless told. */
  readonly attempts?: number
  /** The longest rest before the second attempt, doubled with each; 50 unless told, 0 is none. */
  readonly retryDelayMs?: number
  /** The longest rest of all; 1,000 unless told. */
  readonly maxRetryDelayMs?: number
  /** The share of calls that may be retried or hedged, beside a reserve of ten; 0.2 unless told, from 0 to 1. */
  readonly retryShare?: number
  /** So many failures in a row open an instance's circuit breaker; 5 unless told. */
  readonly breakerFailures?: number
  /** How long it stays open before one call is let through; 10,000 unless told. */
  readonly breakerOpenMs?: number
  /** How long one attempt may take; 10,000 unless told. */
  readonly attemptTimeoutMs?: number
  /** After how long without an answer another instance is asked beside the first one; never unless told. */
  readonly hedgeAfterMs?: number
}

/**
 * The order in which a call is kept out of trouble: bulkhead, total time-out, retries within their budget, hedging,
 * circuit breaker of the instance, time-out of the attempt.
 *
 * @param options - limits and times; each has a default
 * @returns the settings, to be handed to a client
 * @throws RangeError for a number out of its range
 * @example
 * ```ts
 * import { standard } from '@ashlar/service-discovery'
 *
 * console.log(standard({ attemptTimeoutMs: 500 }).attempts) // 3
 * ```
 */
export function standard(options: StandardOptions = {}): Resilience {
  const { hedgeAfterMs } = options
  return Object.freeze({
    concurrency: whole('concurrency', options.concurrency ?? 1_000, 1),
    queue: whole('queue', options.queue ?? 0, 0),
    totalTimeoutMs: whole('totalTimeoutMs', options.totalTimeoutMs ?? 30_000, 1),
    attempts: whole('attempts', options.attempts ?? 3, 1),
    retryDelayMs: whole('retryDelayMs', options.retryDelayMs ?? 50, 0),
    maxRetryDelayMs: whole('maxRetryDelayMs', options.maxRetryDelayMs ?? 1_000, 0),
    retryShare: share('retryShare', options.retryShare ?? 0.2),
    breakerFailures: whole('breakerFailures', options.breakerFailures ?? 5, 1),
    breakerOpenMs: whole('breakerOpenMs', options.breakerOpenMs ?? 10_000, 1),
    attemptTimeoutMs: whole('attemptTimeoutMs', options.attemptTimeoutMs ?? 10_000, 1),
    hedgeAfterMs: hedgeAfterMs === undefined ? undefined : whole('hedgeAfterMs', hedgeAfterMs, 0),
  })
}

/** What timers can wait. */
const most = 2 ** 31 - 1

function whole(name: string, value: number, least: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`option ${name}: expected a whole number from ${least} to ${most}, found ${value}`)
}

function share(name: string, value: number): number {
  if (value >= 0 && value <= 1) return value
  throw new RangeError(`option ${name}: expected a number from 0 to 1, found ${value}`)
}
