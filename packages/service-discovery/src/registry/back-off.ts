import type { Random } from '@ashlar/kernel'

/**
 * How long to rest after so many failures in a row: by chance up to 200 ms, doubled with each, up to 30 s ("full jitter").
 *
 * @see https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backOffMs(failures: number, random: Random): number {
  return random.next() * Math.min(30_000, 100 * 2 ** Math.min(failures, 10))
}
