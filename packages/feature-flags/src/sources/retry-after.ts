const longestMs = 60 * 60_000

/**
 * How long a server wants to be left alone, by its `Retry-After`: seconds or a date; an hour at most.
 *
 * @returns milliseconds; undefined where it says nothing that can be understood
 */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined
  const text = header.trim()
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now.getTime()
  return Number.isNaN(ms) ? undefined : Math.min(longestMs, Math.max(0, ms))
}
