/**
 * Hands on the items of a source until the signal is aborted, even while one is awaited; a source that is not read
 * to its end is closed.
 *
 * `ended` is called once per iteration, after the source is done, has thrown or is closed.
 */
export function watchStream<Item>(
  source: AsyncIterable<Item>,
  signal: AbortSignal,
  ended?: () => Promise<void>,
): AsyncIterable<Item> {
  return { [Symbol.asyncIterator]: () => new WatchedIterator(source[Symbol.asyncIterator](), signal, ended) }
}

class WatchedIterator<Item> implements AsyncIterator<Item, undefined> {
  readonly #source: AsyncIterator<Item>
  readonly #signal: AbortSignal
  readonly #ended: (() => Promise<void>) | undefined
  /** Those who wait for an item; more than one only where `next` is called again without awaiting the first. */
  readonly #waiting = new Set<(reason: unknown) => void>()
  #state: 'open' | 'aborted' | 'over' = 'open'

  constructor(source: AsyncIterator<Item>, signal: AbortSignal, ended: (() => Promise<void>) | undefined) {
    this.#source = source
    this.#signal = signal
    this.#ended = ended
    signal.addEventListener('abort', this.#abort)
  }

  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#state === 'open' && this.#signal.aborted) this.#abort()
    if (this.#state === 'aborted') return Promise.reject(this.#signal.reason)
    if (this.#state === 'over') return Promise.resolve({ done: true, value: undefined })
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      this.#ask().then(
        (step) => {
          this.#waiting.delete(reject)
          // a source that answers nonsense must not end the process: whoever reads will say what is wrong
          resolve(step?.done === true ? this.#end() : step)
        },
        (thrown) => {
          this.#waiting.delete(reject)
          this.#end().then(() => reject(thrown), reject)
        },
      )
    })
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    if (this.#leave('over')) await this.#close()
    return { done: true, value: undefined }
  }

  #ask(): Promise<IteratorResult<Item>> {
    try {
      return Promise.resolve(this.#source.next())
    } catch (thrown) {
      return Promise.reject(thrown)
    }
  }

  async #end(): Promise<IteratorResult<Item, undefined>> {
    if (this.#leave('over')) await this.#ended?.()
    return { done: true, value: undefined }
  }

  /** Nobody waits for the source to close: it may be busy with an item for as long as it likes. */
  readonly #abort = (): void => {
    if (!this.#leave('aborted')) return
    this.#close().catch(ignore)
    for (const interrupt of this.#waiting) interrupt(this.#signal.reason)
  }

  #leave(state: 'aborted' | 'over'): boolean {
    if (this.#state !== 'open') return false
    this.#state = state
    this.#signal.removeEventListener('abort', this.#abort)
    return true
  }

  async #close(): Promise<void> {
    try {
      await this.#source.return?.()
    } finally {
      await this.#ended?.()
    }
  }
}

/** The one who reads has the reason of the abort already. */
function ignore(): void {}
