/** How an iteration came to its end. */
export interface StreamEnd {
  /** Read to its end, left before that, or broken off by the source. */
  readonly outcome: 'ok' | 'left' | 'thrown'
  /** How many items were handed on. */
  readonly items: number
  /** What the source threw, where it did. */
  readonly thrown?: unknown
}

/** Hands on the items of a source as they are, and tells once per iteration how it ended. */
export function observeStream<Item>(
  source: AsyncIterable<Item>,
  ended: (end: StreamEnd) => void,
): AsyncIterable<Item> {
  return { [Symbol.asyncIterator]: () => new ObservedIterator(source[Symbol.asyncIterator](), ended) }
}

class ObservedIterator<Item> implements AsyncIterator<Item, undefined> {
  readonly #source: AsyncIterator<Item>
  readonly #ended: (end: StreamEnd) => void
  #items = 0
  #isOver = false

  constructor(source: AsyncIterator<Item>, ended: (end: StreamEnd) => void) {
    this.#source = source
    this.#ended = ended
  }

  async next(): Promise<IteratorResult<Item, undefined>> {
    const step = await this.#orTell(() => this.#source.next())
    if (step.done === true) {
      this.#end({ outcome: 'ok', items: this.#items })
      return { done: true, value: undefined }
    }
    this.#items++
    return step
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
    await this.#orTell(() => this.#source.return?.())
    this.#end({ outcome: 'left', items: this.#items })
    return { done: true, value: undefined }
  }

  async #orTell<Answer>(ask: () => Answer): Promise<Awaited<Answer>> {
    try {
      return await ask()
    } catch (thrown) {
      this.#end({ outcome: 'thrown', items: this.#items, thrown })
      throw thrown
    }
  }

  #end(end: StreamEnd): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#ended(end)
  }
}
