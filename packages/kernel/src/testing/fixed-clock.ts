import type { Clock } from '../clock.ts'

/** A clock that stands still until it is told otherwise. */
export interface FixedClock extends Clock {
  /** Moves on by so many milliseconds; a negative number goes back. */
  advance(ms: number): void
  /** Jumps to a moment. */
  set(instant: Date | string): void
}

/**
 * Makes a clock that stands still.
 *
 * @param start - an instant, `2026-01-01T00:00:00.000Z` unless told
 * @returns the clock
 * @throws RangeError when the instant is no date
 * @example
 * ```ts
 * import { fixedClock } from '@ashlar/kernel/testing'
 *
 * const clock = fixedClock('2026-11-01T12:00:00Z')
 * clock.advance(1_500)
 * console.log(clock.now().toISOString())
 * ```
 */
export function fixedClock(start: Date | string = '2026-01-01T00:00:00.000Z'): FixedClock {
  let ms = toMs(start)
  return {
    now: () => new Date(ms),
    advance(by) {
      ms += by
    },
    set(instant) {
      ms = toMs(instant)
    },
  }
}

function toMs(instant: Date | string): number {
  return Date.parse(new Date(instant).toISOString())
}
