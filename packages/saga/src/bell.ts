/** Wakes the one who waits; a ring while nobody waits is not missed. */
export class Bell {
  #isRung = false
  #resume: (() => void) | undefined

  /** Ends the present wait, or the next. */
  ring(): void {
    this.#isRung = true
    this.#resume?.()
  }

  /** Waits for a ring, so long at most. */
  async wait(maxMs: number): Promise<void> {
    if (!this.#isRung) {
      const waiting = Promise.withResolvers<void>()
      const timer = setTimeout(waiting.resolve, maxMs)
      this.#resume = waiting.resolve
      await waiting.promise
      clearTimeout(timer)
      this.#resume = undefined
    }
    this.#isRung = false
  }
}

/** Waits so long, or until the signal is aborted; never throws. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  const waiting = Promise.withResolvers<void>()
  const resume = () => waiting.resolve()
  const timer = setTimeout(resume, ms)
  signal.addEventListener('abort', resume)
  await waiting.promise
  clearTimeout(timer)
  signal.removeEventListener('abort', resume)
}

/** How long to rest after so many failures of a store in a row: 50 ms, doubled up to 5 s. */
export function storeBackoff(failures: number): number {
  return Math.min(5_000, 50 * 2 ** Math.min(failures, 10))
}
