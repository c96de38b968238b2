/**
 * The milliseconds since 1970 of a Date or of an ISO 8601 text; NaN for anything else.
 *
 * A text is a day, of which it is the first moment in UTC, or a date and time with its zone. `Date.parse` alone would
 * also take `1` and `May 2026`.
 */
export function momentOf(value: unknown): number {
  return value instanceof Date
    ? value.getTime()
    : typeof value === 'string' && iso8601.test(value)
      ? Date.parse(value)
      : Number.NaN
}

const iso8601 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/
