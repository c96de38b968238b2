import type { Context, Json } from '@ashlar/kernel'

/** What a store needs to know to hand out a key. */
export interface IdempotencyClaimRequest {
  /** Names the command of one user; 1 character or more of well-formed text without U+0000. */
  readonly key: string
  /** Tells inputs apart, and is kept with the key; text as that. */
  readonly fingerprint: string
  /** The present moment; milliseconds since 1970. */
  readonly now: number
  /** Until when nobody else gets the key; milliseconds since 1970, after `now`. */
  readonly leaseUntil: number
}

/** A key that is being worked on, or was answered. */
export type IdempotencyEntry =
  | {
      /** Somebody holds the key. */
      readonly status: 'in-flight'
      /** Of the input that is worked on. */
      readonly fingerprint: string
      /** When the key is free again unless it was answered; milliseconds since 1970. */
      readonly leaseUntil: number
    }
  | {
      /** The response is known. */
      readonly status: 'completed'
      /** Of the input that was answered. */
      readonly fingerprint: string
      /** Deeply frozen. */
      readonly response: Json
    }

/** What came of a claim: the key is the caller's, or somebody else has it or has answered it. */
export type IdempotencyClaim =
  | {
      /** The key is the caller's until `leaseUntil`. */
      readonly status: 'claimed'
      /**
       * Higher than that of every earlier claim of the key that was neither answered nor released; a write with an older
       * fence is refused.
       */
      readonly fence: number
    }
  | IdempotencyEntry

/**
 * Keeps keys of commands and their final responses, so that a command that is sent twice is carried out once.
 *
 * A key is free when it is unknown, when its lease has ended without a response, and when its response has expired. The
 * moments are those of the caller's clock: clocks of several processes must differ by less than a lease. What a store
 * can answer at once it may return without a promise; await it. The contract is `idempotencyStoreContract` of
 * `@ashlar/mediator/testing`.
 * @see {@link InMemoryIdempotencyStore} for an example
 */
export interface IdempotencyStore {
  /**
   * Gives the key to the caller if it is free, for as long as the lease; of many callers at once, one gets it.
   *
   * @param request - the key, what it is for, and the lease
   * @param context - whose; its signal gives up waiting
   * @returns `claimed` with a fence, or what is known of the key
   * @throws TenantMismatchError for a context of another tenant; the signal's reason when it is aborted;
   *   {@link InvalidIdempotencyError} for a key, a fingerprint or a moment that no store can keep
   */
  claim(request: IdempotencyClaimRequest, context: Context): IdempotencyClaim | Promise<IdempotencyClaim>

  /**
   * Keeps the response, unless the key has come to somebody else meanwhile or was answered already.
   *
   * It does not look at the context's signal: what was done is written down. A lease that has ended is no hindrance
   * while nobody else has claimed the key.
   * @param answer - the key and fence of the claim, what to answer with, and until when; milliseconds since 1970
   * @param context - whose
   * @returns false, and nothing is written, when the fence is not the key's, or the response is known
   * @throws TenantMismatchError for a context of another tenant; InvalidJsonError for a response that JSON would
   *   change; {@link InvalidIdempotencyError} for a moment that no store can keep
   */
  complete(
    answer: {
      readonly key: string
      readonly fence: number
      readonly response: Json
      readonly expiresAt: number
    },
    context: Context,
  ): boolean | Promise<boolean>

  /**
   * Forgets a claim at once, so that the next one gets the key; does nothing when the fence is not the key's, or the
   * response is known. It does not look at the context's signal.
   *
   * @param held - the key and fence of the claim
   * @param context - whose
   * @throws TenantMismatchError for a context of another tenant
   */
  release(held: { readonly key: string; readonly fence: number }, context: Context): void | Promise<void>

  /**
   * Looks at a key without claiming it.
   *
   * @param wanted - the key, and the present moment; milliseconds since 1970
   * @returns what is known of it, or undefined for a key that is free
   */
  find(wanted: {
    readonly key: string
    readonly now: number
  }): IdempotencyEntry | undefined | Promise<IdempotencyEntry | undefined>

  /**
   * Deletes keys that were free already at a moment, the oldest first.
   *
   * @param options - `before`, milliseconds since 1970; `limit`, how many at most, 1,000 unless told
   * @returns how many were deleted; fewer than the limit when none is left
   * @throws {@link InvalidIdempotencyError} for a moment that no store can keep, and a limit that is no whole number
   *   from 1
   */
  prune(options: { readonly before: number; readonly limit?: number }): number | Promise<number>
}
