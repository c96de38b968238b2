import type { Timer } from '../timer.ts'

/** A timer whose time stands still until it is told otherwise. */
export interface ManualTimer extends Timer {
  /** How many milliseconds each of those who wait has still to wait, the next one first. */
  readonly waits: readonly number[]
  /** Lets so many milliseconds pass, and wakes those whose time has come, in their order. */
  advance(ms: number): void
}

/**
 * Makes a timer for tests of what waits, such as a retry after a failure.
 *
 * @returns the timer; nothing happens before `advance` is called
 * @example
 * ```ts
 * import { manualTimer } from '@ashlar/kernel/testing'
 *
 * const timer = manualTimer()
 * timer.after(1_000, () => console.log('a second later'))
 * console.log(timer.waits) // [1000]
 * timer.advance(1_000)
 * ```
 */
export function manualTimer(): ManualTimer {
  let nowMs = 0
  const waiting = new Set<{ readonly atMs: number; readonly run: () => void }>()
  const inOrder = () => [...waiting].sort((a, b) => a.atMs - b.atMs)
  return {
    get waits() {
      return inOrder().map(({ atMs }) => atMs - nowMs)
    },
    now: () => nowMs,
    after(ms, run) {
      const wait = { atMs: nowMs + ms, run }
      waiting.add(wait)
      return () => void waiting.delete(wait)
    },
    advance(ms) {
      const endMs = nowMs + ms
      for (let [next] = inOrder(); next !== undefined && next.atMs <= endMs; [next] = inOrder()) {
        waiting.delete(next)
        nowMs = next.atMs
        next.run()
      }
      nowMs = endMs
    },
  }
}
