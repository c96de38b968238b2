/** Tells the time; handed in wherever time matters, so that a test can stop it. */
export interface Clock {
  /** The present moment, in the machine's resolution of milliseconds. */
  now(): Date
}

/**
 * The machine's own clock, and the default of every `clock` option.
 *
 * @example
 * ```ts
 * import { systemClock } from '@ashlar/kernel'
 *
 * console.log(systemClock.now().toISOString())
 * ```
 */
export const systemClock: Clock = { now: () => new Date() }

/** The present moment of the machine's own clock, in milliseconds since 1970; a Date would cost more than an id does. */
export function systemTime(): number {
  return Date.now()
}
