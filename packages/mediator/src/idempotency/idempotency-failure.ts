import { type AnyFailure, type Failure, failure } from '@ashlar/result'

/**
 * The key was used before for another input; nothing was done.
 *
 * @see {@link idempotency} for an example
 */
export type IdempotencyKeyReused = Failure<
  'IdempotencyKeyReused',
  {
    /** The command's name. */
    readonly messageType: string
    /** As it came from outside. */
    readonly key: string
  }
>

/**
 * The same command is being carried out by somebody else; nothing was done.
 *
 * @see {@link idempotency} for an example
 */
export type IdempotencyKeyInFlight = Failure<
  'IdempotencyKeyInFlight',
  {
    /** The command's name. */
    readonly messageType: string
    /** As it came from outside. */
    readonly key: string
    /** After how long the key is free at the latest, unless it is answered before. */
    readonly retryAfterMs: number
  }
>

/**
 * The key is none: empty, longer than 200 characters, or no well-formed text; nothing was done.
 *
 * @see {@link idempotency} for an example
 */
export type InvalidIdempotencyKey = Failure<
  'InvalidIdempotencyKey',
  {
    /** The command's name. */
    readonly messageType: string
    /** What a key can be. */
    readonly expected: string
  }
>

/** With what {@link idempotency} answers by itself. */
export type IdempotencyFailure = IdempotencyKeyReused | IdempotencyKeyInFlight | InvalidIdempotencyKey

export function keyReused(messageType: string, key: string): IdempotencyKeyReused {
  const message = `key "${key}" of ${messageType} must be of the same input as before, found another one`
  return failure('IdempotencyKeyReused', message, { messageType, key })
}

export function keyInFlight(messageType: string, key: string, retryAfterMs: number): IdempotencyKeyInFlight {
  const message = `key "${key}" of ${messageType} is in flight: expected an answer within ${retryAfterMs} ms`
  return failure('IdempotencyKeyInFlight', message, { messageType, key, retryAfterMs })
}

export function invalidKey(messageType: string, expected: string, found: string): InvalidIdempotencyKey {
  const message = `the idempotency key of ${messageType} must be ${expected}, found ${found}`
  return failure('InvalidIdempotencyKey', message, { messageType, expected })
}

/** Says nothing about the command, only about this attempt: the next one may go otherwise. */
const passing: ReadonlySet<string> = new Set([
  'VersionConflict',
  'BoundaryConflict',
  'OutcomeUnknown',
  'TimedOut',
  'IdempotencyKeyInFlight',
])

export function isPassing(answer: AnyFailure): boolean {
  return passing.has(answer.type)
}
