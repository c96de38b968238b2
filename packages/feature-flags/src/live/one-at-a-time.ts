/** Does one piece of work at a time; all who wish for it meanwhile share one more. */
export class OneAtATime<T> {
  readonly #work: () => Promise<T>
  #underWay: Promise<T> | undefined
  #next: Promise<T> | undefined

  constructor(work: () => Promise<T>) {
    this.#work = work
  }

  /** Begins after this call: work that is under way may have looked too early. */
  run(): Promise<T> {
    if (this.#next !== undefined) return this.#next
    if (this.#underWay === undefined) return this.#begin()
    const begin = () => {
      this.#next = undefined
      return this.#begin()
    }
    this.#next = this.#underWay.then(begin, begin)
    return this.#next
  }

  /** Settles when nothing is under way; never throws. */
  async idle(): Promise<void> {
    while (this.#underWay !== undefined) await Promise.allSettled([this.#underWay, this.#next])
  }

  #begin(): Promise<T> {
    const working = this.#work()
    this.#underWay = working
    const end = () => {
      if (this.#underWay === working) this.#underWay = undefined
    }
    void working.then(end, end)
    return working
  }
}
