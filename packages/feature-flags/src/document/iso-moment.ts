/**
 * The milliseconds since 1970 of a Date or of an ISO 8601 text; NaN for anything else.
 *
 * A text is a day (`2026-05-01`, its first moment in UTC) or a date and time with its zone (`2026-05-01T09:00:00Z`,
 * `2026-05-01T09:00+09:00`), on a day that exists, from the year 1000 on. `Date.parse` alone would also take `1` and
 * 30 February.
 */
export function momentOf(value: unknown): number {
  if (value instanceof Date) return value.getTime()
  return typeof value === 'string' && iso8601.test(value) && existsInMonth(value)
    ? Date.parse(value)
    : Number.NaN
}

const iso8601 =
  /^[1-9]\d{3}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d))?$/
const lateDay = /-(29|3)/

/** Engines take the 31st of a short month for a day of the next one, or for none. */
function existsInMonth(text: string): boolean {
  if (!lateDay.test(text)) return true
  const nextMonth = Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)))
  return Date.parse(text.slice(0, 10)) < nextMonth
}
