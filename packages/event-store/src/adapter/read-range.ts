import type { Position, Version } from '../event.ts'
import type { QueryOptions, ReadOptions } from '../event-store.ts'
import { InvalidReadError } from '../store-error.ts'

/** A read of a stream with every option spelled out. */
export interface ReadRange {
  /** The lowest version wanted. */
  readonly from: Version
  /** The highest version wanted. */
  readonly to: Version
  /** Newest first. */
  readonly backwards: boolean
  /** How many events at most. */
  readonly limit: number
}

/**
 * Checks the options of a read and fills in what was left out.
 *
 * @param options - as the caller gave them
 * @returns the range, with 2^53−1 for "all"
 * @throws InvalidReadError when a version or the limit is no whole number from 1; the signal's reason when it is aborted
 * @example
 * ```ts
 * import { checkReadOptions } from '@ashlar/event-store/adapter'
 *
 * console.log(checkReadOptions({ from: 3, direction: 'backwards' }))
 * ```
 */
export function checkReadOptions(options: ReadOptions = {}): ReadRange {
  options.signal?.throwIfAborted()
  const { from = 1, to = Number.MAX_SAFE_INTEGER, limit = Number.MAX_SAFE_INTEGER } = options
  return {
    from: atLeast(1, 'from', from),
    to: atLeast(0, 'to', to),
    backwards: options.direction === 'backwards',
    limit: atLeast(1, 'limit', limit),
  }
}

/**
 * Checks the options of a query and fills in what was left out.
 *
 * @param options - as the caller gave them
 * @returns the position to start after and the limit, with 2^53−1 for "all"
 * @throws InvalidReadError when the position is no whole number from 0, the limit none from 1; the signal's reason when it is aborted
 * @example
 * ```ts
 * import { checkQueryOptions } from '@ashlar/event-store/adapter'
 *
 * console.log(checkQueryOptions({ after: 42 }))
 * ```
 */
export function checkQueryOptions(options: QueryOptions = {}): {
  readonly after: Position
  readonly limit: number
} {
  options.signal?.throwIfAborted()
  const { after = 0, limit = Number.MAX_SAFE_INTEGER } = options
  return { after: atLeast(0, 'after', after), limit: atLeast(1, 'limit', limit) }
}

function atLeast(minimum: number, option: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < minimum)
    throw new InvalidReadError(option, `a whole number from ${minimum}`, value)
  return value
}
