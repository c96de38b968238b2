/** The most ids that are kept of each end of a path. */
const keptAtEnds = 25

/**
 * A path from a plugin that waits to what is not there. Paths that end alike share their ends, and of a long one the
 * middle is left out: a hundred thousand plugins may wait in one row.
 */
export class MissingPath {
  readonly #id: string
  readonly #next: MissingPath | undefined
  readonly #length: number
  /** Its last ids; all of it while it is short. */
  readonly #end: readonly string[]

  constructor(id: string, next?: MissingPath) {
    this.#id = id
    this.#next = next
    this.#length = (next === undefined ? 0 : next.#length) + 1
    const isShort = next === undefined || next.#length < keptAtEnds
    this.#end = isShort ? [id, ...(next === undefined ? [] : next.#end)] : next.#end
  }

  /** The path of one that waits for the first of this one. */
  before(id: string): MissingPath {
    return new MissingPath(id, this)
  }

  /** The ids, from the one that waits; `…` stands for the middle of more than fifty. */
  get ids(): readonly string[] {
    const start: string[] = []
    const isWhole = this.#length <= 2 * keptAtEnds
    const wanted = isWhole ? this.#length - this.#end.length : keptAtEnds
    for (
      let step: MissingPath | undefined = this;
      step !== undefined && start.length < wanted;
      step = step.#next
    )
      start.push(step.#id)
    return Object.freeze([...start, ...(isWhole ? [] : ['…']), ...this.#end])
  }
}
