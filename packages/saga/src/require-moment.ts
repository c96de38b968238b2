import { InvalidSagaError } from './invalid-saga-error.ts'

/**
 * Lets only a moment pass that every saga store keeps as it is; for those who write a store.
 *
 * @param subject - what is due, such as `dueAt of saga "order-42"`
 * @param moment - whole milliseconds since 1970, or undefined for never
 * @throws InvalidSagaError for NaN, infinities, fractions, and what is beyond the safe integers
 * @example
 * ```ts
 * import { requireMoment } from '@ashlar/saga'
 *
 * requireMoment('dueAt of saga "order-42"', 1_767_225_600_000)
 * requireMoment('dueAt of saga "order-42"', undefined)
 * ```
 */
export function requireMoment(subject: string, moment: number | undefined): void {
  if (moment === undefined || Number.isSafeInteger(moment)) return
  throw new InvalidSagaError(subject, 'a whole number of milliseconds', moment)
}
