/**
 * Lets the work on one key wait for the work on it that came before; the work on other keys goes on.
 *
 * For writers of one process: an aggregate, a file, a store in memory. Work that takes a turn on the key that it already
 * has waits for itself.
 *
 * @example
 * ```ts
 * import { Turns } from '@ashlar/kernel'
 *
 * const turns = new Turns()
 * const first = turns.take('cart-42', async () => console.log('first'))
 * const second = turns.take('cart-42', async () => console.log('second'), AbortSignal.timeout(5_000))
 * console.log(turns.isBusy('cart-42'), turns.isBusy('cart-43'))
 * await Promise.all([first, second])
 * ```
 */
export class Turns {
  readonly #last = new Map<unknown, Promise<void>>()

  /** Whether work on the key would have to wait. */
  isBusy(key: unknown): boolean {
    return this.#last.has(key)
  }

  /**
   * Runs work when its turn has come, at once when nobody is before it.
   *
   * @param key - compared as a Map does; forgotten when nobody has it or waits for it
   * @param work - whoever comes after it goes on, whatever comes of it
   * @param signal - gives up waiting; work that has begun is not broken off
   * @returns what the work returned
   * @throws what the work threw; the signal's reason when it is aborted before the turn has come
   */
  async take<T>(key: unknown, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
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

  /** Settles when all work on the key that has come so far has had its turn. */
  async idle(key: unknown): Promise<void> {
    await this.#last.get(key)
  }
}

function untilAborted(turn: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) return turn
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void turn.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
