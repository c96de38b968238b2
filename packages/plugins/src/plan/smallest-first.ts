/** A heap: whatever is added, the smallest is taken first. */
export class SmallestFirst<Item> {
  readonly #items: Item[] = []
  readonly #compare: (one: Item, other: Item) => number

  constructor(compare: (one: Item, other: Item) => number) {
    this.#compare = compare
  }

  add(item: Item): void {
    let at = this.#items.push(item) - 1
    while (at > 0 && this.#isBefore(at, parentOf(at))) {
      this.#swap(at, parentOf(at))
      at = parentOf(at)
    }
  }

  /** The smallest, which is no longer in it; undefined when it is empty. */
  take(): Item | undefined {
    if (this.#items.length > 1) this.#swap(0, this.#items.length - 1)
    const smallest = this.#items.pop()
    for (
      let at = 0, child = this.#smallerChild(at);
      this.#isBefore(child, at);
      child = this.#smallerChild(at)
    ) {
      this.#swap(at, child)
      at = child
    }
    return smallest
  }

  #smallerChild(at: number): number {
    const left = 2 * at + 1
    return this.#isBefore(left + 1, left) ? left + 1 : left
  }

  /** Whether both are there and the first is the smaller one. */
  #isBefore(at: number, other: number): boolean {
    if (at >= this.#items.length || other >= this.#items.length) return false
    return this.#compare(this.#items[at] as Item, this.#items[other] as Item) < 0
  }

  #swap(at: number, other: number): void {
    const item = this.#items[at] as Item
    this.#items[at] = this.#items[other] as Item
    this.#items[other] = item
  }
}

function parentOf(at: number): number {
  return (at - 1) >> 1
}
