import { setTimeout } from 'node:timers'
import { isBusy, SqliteBusyError } from '../sqlite-error.ts'

/** How to wait for a lock that somebody else holds. */
export interface Patience {
  /** Whose lock; for the error. */
  readonly path: string
  /** How long to wait before giving up. */
  readonly busyTimeoutMs: number
}

const maxDelayMs = 20

/**
 * Tries until it works, without blocking the process between the attempts.
 *
 * @param attempt - throws SQLite's own error when the lock is held by somebody else; is then made again
 * @param beforeRetry - may throw to give up
 * @throws SqliteBusyError when the time is over
 */
export async function patiently<T>(
  attempt: () => T,
  { path, busyTimeoutMs }: Patience,
  beforeRetry?: () => void,
): Promise<T> {
  let delayMs = 1
  for (let waitedMs = 0; ; ) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error)) throw error
      if (waitedMs >= busyTimeoutMs) throw new SqliteBusyError(path, busyTimeoutMs, error)
    }
    const pauseMs = Math.min(delayMs, busyTimeoutMs - waitedMs)
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    waitedMs += pauseMs
    delayMs = Math.min(delayMs * 2, maxDelayMs)
    beforeRetry?.()
  }
}
