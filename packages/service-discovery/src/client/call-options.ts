import type { Instance } from '../registry/instance.ts'

/** What one attempt of a call is handed. */
export interface Attempt {
  /** Aborted when the attempt takes too long, another one has won, or the caller has lost interest. */
  readonly signal: AbortSignal
  /** Counts from 1. */
  readonly number: number
}

/** Does one attempt of a call. */
export type AttemptWork<T> = (instance: Instance, attempt: Attempt) => Promise<T> | T

/** Options of one call. */
export interface CallOptions<T> {
  /** Whether it may be done twice, so that it can be retried after it was sent; false unless told. */
  readonly isIdempotent?: boolean
  /** Whether what it sends can be read once, so that it is not retried even where it never was sent; false unless told. */
  readonly isOnce?: boolean
  /** What belongs together, for balancers that send it to one instance. */
  readonly key?: string
  /** Whether an answer counts as a failure of the instance, and is retried; the last one is returned. Never unless told. */
  readonly isFailure?: (answer: T) => boolean
  /** Whether an error is the instance's, and may be retried; each is, unless told. */
  readonly isTransient?: (error: unknown) => boolean
  /** Ends the call. */
  readonly signal?: AbortSignal
}
