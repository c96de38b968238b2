import type { Random, Timer } from '@ashlar/kernel'
import type { ConsulState } from './consul-state.ts'
import { parseGoDuration } from './go-duration.ts'
import { Refusal } from './refusal.ts'

/** What a caller waits for. */
export interface Blocking {
  /** 0 for an answer at once. */
  readonly index: number
  readonly waitMs: number
}

/**
 * Reads `index` and `wait` (C51, C52).
 *
 * @throws Refusal for what is none
 */
export function parseBlocking(query: URLSearchParams): Blocking {
  const index = query.get('index') ?? ''
  const wait = query.get('wait') ?? ''
  const waitMs = wait === '' ? 300_000 : parseGoDuration(wait)
  if (waitMs === undefined) throw new Refusal(400, 'Invalid wait time')
  if (index !== '' && !/^\d{1,20}$/.test(index)) throw new Refusal(400, 'Invalid index')
  return { index: Number(index), waitMs: Math.min(waitMs === 0 ? 300_000 : waitMs, 600_000) }
}

/** What waiting is done with. */
export interface Waiting {
  readonly state: ConsulState
  readonly timer: Timer
  readonly random: Random
  /** Ends the waiting: the caller has gone. */
  readonly signal: AbortSignal
}

/** Waits until something is so, a snapshot was restored, or the time and up to a sixteenth more is over (C51, C57). */
export function waitUntil(isSo: () => boolean, waitMs: number, waiting: Waiting): Promise<void> {
  const { state, timer, random, signal } = waiting
  if (isSo() || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const end = () => {
      callOff()
      leave()
      signal.removeEventListener('abort', end)
      resolve()
    }
    const callOff = timer.after(waitMs + (random.next() * waitMs) / 16, end, { idle: true })
    const leave = state.listen((wake) => {
      if (wake === 'abandoned' || isSo()) end()
    })
    signal.addEventListener('abort', end)
  })
}
