/**
 * Remembers the keys that were used last, so many at most.
 *
 * Two generations stand in for an order of use: when the younger is full, the older is forgotten. So the latest half is
 * always remembered, and what is asked for again and again never goes.
 */
export class RecentKeys {
  readonly #half: number
  readonly #rememberForMs: number
  #young = new Map<string, number>()
  #old = new Map<string, number>()

  constructor(max: number, rememberForMs: number) {
    this.#half = Math.floor(max / 2)
    this.#rememberForMs = rememberForMs
  }

  /** Tells whether a key is new, or forgotten, at a moment; from now on it is neither. */
  isNew(key: string, now: number): boolean {
    const seenAt = this.#young.get(key) ?? this.#old.get(key)
    const isKnown = seenAt !== undefined && now - seenAt < this.#rememberForMs
    if (!isKnown || !this.#young.has(key)) this.#remember(key, isKnown ? seenAt : now)
    return !isKnown
  }

  /** Forgets a key, as if it had never been asked for. */
  forget(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  #remember(key: string, seenAt: number): void {
    if (this.#young.size >= this.#half && !this.#young.has(key)) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(key, seenAt)
  }
}
