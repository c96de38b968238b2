import type { Random } from '@ashlar/kernel'
import { InvalidSagaError } from './invalid-saga-error.ts'

/** How often a step that throws is tried, and how long it rests between attempts; what is absent has its default. */
export interface SagaRetry {
  /** How often at most, the first time included; from 1, `Infinity` for ever. */
  readonly attempts?: number
  /** The rest after the first attempt; 200 unless told, 0 for none. */
  readonly firstDelayMs?: number
  /** By how much each rest is longer than the one before; 2 unless told, from 1. */
  readonly factor?: number
  /** The longest rest; 30 000 unless told, up to 2 147 483 647 (about 25 days). */
  readonly maxDelayMs?: number
}

/** A {@link SagaRetry} with nothing left out. */
export type RetryPolicy = Required<SagaRetry>

/** How often steps are tried unless they say otherwise. */
export const defaultAttempts = { run: 3, retriable: 20, compensate: 10 } as const

const longestDelayMs = 2 ** 31 - 1

/** Fills in the defaults, and refuses what can't be. */
export function retryPolicy(subject: string, attempts: number, retry: SagaRetry = {}): RetryPolicy {
  const policy = { attempts, firstDelayMs: 200, factor: 2, maxDelayMs: 30_000, ...retry }
  require(policy.attempts === Infinity || (Number.isInteger(policy.attempts) && policy.attempts >= 1))
  require(policy.firstDelayMs >= 0 && Number.isFinite(policy.firstDelayMs))
  require(policy.factor >= 1 && Number.isFinite(policy.factor))
  require(policy.maxDelayMs >= 0 && policy.maxDelayMs <= longestDelayMs)
  return Object.freeze(policy)

  function require(condition: boolean): void {
    if (condition) return
    throw new InvalidSagaError(
      `the retry of ${subject}`,
      `attempts from 1, a factor from 1, delays from 0, and rests of ${longestDelayMs} at most`,
      JSON.stringify({ ...policy, attempts: String(policy.attempts) }),
    )
  }
}

/**
 * The rest after so many attempts, in whole milliseconds.
 *
 * Between half and all of what the policy says, by chance, so that what broke together does not come back together.
 */
export function delayAfter(attempts: number, policy: RetryPolicy, random: Random): number {
  // The growth may be infinite by now, and nothing times infinity is no number.
  const grown = policy.firstDelayMs === 0 ? 0 : policy.firstDelayMs * policy.factor ** (attempts - 1)
  const full = Math.min(policy.maxDelayMs, grown)
  return Math.round(full * (0.5 + random.next() / 2))
}
