/** Moments in order, each with a number: a binary heap. */
export class EventHeap {
  readonly #moments: number[] = []
  readonly #numbers: number[] = []

  /** The first moment, or infinity where there is none. */
  get first(): number {
    return this.#moments[0] ?? Number.POSITIVE_INFINITY
  }

  add(moment: number, number: number): void {
    let at = this.#moments.length
    for (let parent = (at - 1) >> 1; at > 0 && (this.#moments[parent] as number) > moment; ) {
      this.#move(parent, at)
      at = parent
      parent = (at - 1) >> 1
    }
    this.#put(at, moment, number)
  }

  /** Takes the first moment's number out; there must be one. */
  take(): number {
    const taken = this.#numbers[0] as number
    const moment = this.#moments.pop() as number
    const number = this.#numbers.pop() as number
    const { length } = this.#moments
    if (length === 0) return taken
    let at = 0
    for (let child = this.#lesserChild(at); child < length; child = this.#lesserChild(at)) {
      if ((this.#moments[child] as number) >= moment) break
      this.#move(child, at)
      at = child
    }
    this.#put(at, moment, number)
    return taken
  }

  #lesserChild(at: number): number {
    const left = 2 * at + 1
    const isRight = (this.#moments[left + 1] ?? Number.POSITIVE_INFINITY) < (this.#moments[left] ?? 0)
    return isRight ? left + 1 : left
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#moments[from] as number, this.#numbers[from] as number)
  }

  #put(at: number, moment: number, number: number): void {
    this.#moments[at] = moment
    this.#numbers[at] = number
  }
}
