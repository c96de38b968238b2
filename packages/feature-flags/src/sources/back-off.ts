import type { Random } from '@ashlar/kernel'

const firstMs = 1_000
const longestMs = 5 * 60_000
const shortestMs = 100

/** How long to rest after so many failures in a row: by chance up to 1 s, doubled with each up to 5 min. */
export function backOffMs(failures: number, random: Random): number {
  const longest = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 20))
  return Math.max(shortestMs, Math.round(random.next() * longest))
}
