/** Wakes later; handed in wherever something waits, so that a test can decide when. */
export interface Timer {
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

/** The machine's own timer, and the default of every `timer` option. */
export const systemTimer: Timer = {
  after(ms, run, { idle = false } = {}) {
    const handle: unknown = setTimeout(run, ms)
    if (idle && canLetGo(handle)) handle.unref()
    return () => clearTimeout(handle as Parameters<typeof clearTimeout>[0])
  },
}

/**
 * Waits without keeping the process alive.
 *
 * @throws the signal's reason when it is aborted
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
