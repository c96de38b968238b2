/** Lets the work on one key wait for the work on it that came before; the work on other keys goes on. */
export class Turns {
  readonly #last = new Map<unknown, Promise<void>>()

  /** Whether work on the key would have to wait. */
  isBusy(key: unknown): boolean {
    return this.#last.has(key)
  }

  /** Runs work when its turn has come, at once when nobody is before it; throws the signal's reason while it waits. */
  async take<T>(key: unknown, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const before = this.#last.get(key)
    const { promise, resolve: leave } = Promise.withResolvers<void>()
    const settled = before === undefined ? promise : before.then(() => promise)
    this.#last.set(key, settled)
    void settled.then(() => {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    })
    try {
      if (before !== undefined) await untilAborted(before, signal)
      return await work()
    } finally {
      leave()
    }
  }
}

function untilAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    void turn.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
