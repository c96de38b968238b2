/** Measures time and waits; handed in wherever something waits, so that a test can decide when. */
export interface Timer {
  /** Milliseconds since some moment; never goes back, whatever is done to the machine's clock. */
  now(): number
  /**
   * Runs something once, later.
   *
   * @param ms - how much later, from 0 to 2^31 − 1
   * @param run - what to run; it throws nothing
   * @param options - `idle`: nobody waits for it, so that it keeps no process alive
   * @returns what calls it off
   */
  after(ms: number, run: () => void, options?: { readonly idle?: boolean }): () => void
}

/**
 * The machine's own timer, and the default of every `timer` option.
 *
 * @example
 * ```ts
 * import { systemTimer } from '@ashlar/kernel'
 *
 * const startedAt = systemTimer.now()
 * systemTimer.after(10, () => console.log(systemTimer.now() > startedAt)) // true
 * ```
 */
export const systemTimer: Timer = {
  now: () => performance.now(),
  after(ms, run, { idle = false } = {}) {
    const handle: unknown = setTimeout(run, ms)
    if (idle && canLetGo(handle)) handle.unref()
    return () => clearTimeout(handle as Parameters<typeof clearTimeout>[0])
  },
}

/**
 * Waits without keeping the process alive: one that has nothing else to do ends meanwhile.
 *
 * @param ms - how long, from 0 to 2^31 − 1
 * @param timer - what to wait by
 * @param signal - ends the waiting
 * @throws the signal's reason when it is aborted
 * @example
 * ```ts
 * import { pause, systemTimer } from '@ashlar/kernel'
 *
 * const server = setInterval(() => {}, 1_000) // something that keeps the process alive
 * await pause(10, systemTimer, AbortSignal.timeout(1_000))
 * clearInterval(server)
 * ```
 */
export async function pause(ms: number, timer: Timer, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  const waiting = Promise.withResolvers<void>()
  const callOff = timer.after(ms, waiting.resolve, { idle: true })
  const abort = () => waiting.reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    await waiting.promise
  } finally {
    callOff()
    signal.removeEventListener('abort', abort)
  }
}

/** Browsers give numbers, which have nothing to let go. */
function canLetGo(handle: unknown): handle is { unref(): void } {
  return typeof Object(handle).unref === 'function'
}
