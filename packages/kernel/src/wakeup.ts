/**
 * Tells those who wait that there may be something new; several calls may be told as one.
 *
 * @example
 * ```ts
 * import { Wakeup } from '@ashlar/kernel'
 *
 * const wakeup = new Wakeup()
 * const stop = new AbortController()
 * setTimeout(() => wakeup.close(), 10)
 * for await (const _ of wakeup.waits({ signal: stop.signal })) console.log('look for work')
 * ```
 */
export class Wakeup {
  readonly #waiting = new Set<() => void>()
  #calls = 0
  #isClosed = false

  /** Wakes all who wait. */
  wake(): void {
    this.#calls++
    for (const resume of this.#waiting) resume()
  }

  /** Lets all who wait go, for good. */
  close(): void {
    this.#isClosed = true
    this.wake()
  }

  /**
   * Comes round at once, then after each {@link Wakeup.wake}; a wake between two rounds is not missed.
   *
   * @param options - `signal` ends the waiting
   * @returns a sequence that ends when the wakeup is closed
   * @throws the signal's reason when it is aborted
   */
  async *waits(options: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    const { signal } = options
    let seen = -1
    for (;;) {
      signal.throwIfAborted()
      if (this.#isClosed) return
      if (seen === this.#calls) await this.#next(signal)
      else {
        seen = this.#calls
        yield
      }
    }
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const resume = () => {
        this.#waiting.delete(resume)
        signal.removeEventListener('abort', resume)
        resolve()
      }
      this.#waiting.add(resume)
      signal.addEventListener('abort', resume)
    })
  }
}
