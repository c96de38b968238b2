import type { IdempotencyClaimRequest, IdempotencyStore } from './idempotency-store.ts'
import { InvalidIdempotencyError } from './invalid-idempotency-error.ts'
import { isStorable } from './stored-key.ts'

/**
 * Lets only a claim pass that every store keeps as it is; for those who write a store.
 *
 * @param request - as the caller gave it
 * @throws {@link InvalidIdempotencyError} for a key or fingerprint that is empty or ill-formed, a moment that is no
 *   whole number, and a lease that ends before it begins
 * @example
 * ```ts
 * import { checkClaimRequest } from '@ashlar/mediator'
 *
 * const now = 1_767_225_600_000
 * checkClaimRequest({ key: 'OpenCart:1', fingerprint: 'a', now, leaseUntil: now + 30_000 })
 * ```
 */
export function checkClaimRequest({ key, fingerprint, now, leaseUntil }: IdempotencyClaimRequest): void {
  requireText('key', key)
  requireText('fingerprint', fingerprint)
  requireMoment('now', now)
  requireMoment('leaseUntil', leaseUntil)
  if (leaseUntil <= now) throw new InvalidIdempotencyError('leaseUntil', `after ${now}`, leaseUntil)
}

/**
 * Lets only an answer's expiry pass that every store keeps as it is; for those who write a store.
 *
 * @param expiresAt - milliseconds since 1970
 * @throws {@link InvalidIdempotencyError} for what is no whole number
 * @example
 * ```ts
 * import { checkExpiry } from '@ashlar/mediator'
 *
 * checkExpiry(1_767_225_600_000)
 * ```
 */
export function checkExpiry(expiresAt: number): void {
  requireMoment('expiresAt', expiresAt)
}

/**
 * Lets only a pruning pass that can be; for those who write a store.
 *
 * @param options - as the caller gave them
 * @returns them, with the limit that is meant
 * @throws {@link InvalidIdempotencyError} for a moment or a limit that can't be
 * @example
 * ```ts
 * import { checkPruneOptions } from '@ashlar/mediator'
 *
 * console.log(checkPruneOptions({ before: 1_767_225_600_000 }).limit)
 * ```
 */
export function checkPruneOptions(options: Parameters<IdempotencyStore['prune']>[0]): {
  readonly before: number
  readonly limit: number
} {
  const { before, limit = 1_000 } = options
  requireMoment('before', before)
  if (Number.isSafeInteger(limit) && limit >= 1) return { before, limit }
  throw new InvalidIdempotencyError('limit', 'a whole number from 1', limit)
}

function requireText(subject: string, text: string): void {
  if (text !== '' && isStorable(text)) return
  const expected = 'one character or more of well-formed text without U+0000'
  throw new InvalidIdempotencyError(subject, expected, JSON.stringify(text.slice(0, 60)))
}

function requireMoment(subject: string, moment: number): void {
  if (Number.isSafeInteger(moment)) return
  throw new InvalidIdempotencyError(subject, 'a whole number of milliseconds', moment)
}
