/** Lets the work on one key wait for the work on it that came before; the work on other keys goes on. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Returns what the work returns, throws what it throws; either way the next one follows. */
  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(key) ?? Promise.resolve()).then(work)
    const settled = turn.catch(() => undefined)
    this.#last.set(key, settled)
    try {
      return await turn
    } finally {
      if (this.#last.get(key) === settled) this.#last.delete(key)
    }
  }
}
