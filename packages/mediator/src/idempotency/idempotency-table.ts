import type { Json } from '@ashlar/kernel'

/** A key as it is kept: `until` ends the lease, or the response's life once there is one. */
export type IdempotencyRow = {
  readonly key: string
  readonly fingerprint: string
  readonly fence: number
  until: number
  response: Json | undefined
}

const addedPerSweep = 32

/**
 * Rows by key.
 *
 * A fork lies over its parent: it sees the parent's rows and its own, the parent sees none of the fork's before they
 * are merged. Only one fork of a table may write at a time.
 */
export class IdempotencyTable {
  readonly #parent: IdempotencyTable | undefined
  readonly #rows = new Map<string, IdempotencyRow>()
  readonly #deleted = new Set<string>()
  #hand: MapIterator<IdempotencyRow> = this.#rows.values()
  #added = 0
  #now = Number.NEGATIVE_INFINITY

  constructor(parent?: IdempotencyTable) {
    this.#parent = parent
  }

  find(key: string): IdempotencyRow | undefined {
    const own = this.#rows.get(key)
    if (own !== undefined || this.#parent === undefined || this.#deleted.has(key)) return own
    return this.#parent.find(key)
  }

  put(row: IdempotencyRow): void {
    this.#rows.set(row.key, row)
  }

  /** Adds the response to a row that was found here. */
  answer(row: IdempotencyRow, response: Json, until: number): void {
    if (this.#parent !== undefined) return this.put({ ...row, response, until })
    row.response = response
    row.until = until
  }

  delete(key: string): void {
    this.#rows.delete(key)
    if (this.#parent !== undefined) this.#deleted.add(key)
  }

  /**
   * Forgets some of what has expired, now and then; to be called for each row that is added. A fork leaves it to the merge.
   *
   * It goes round like the hand of a clock, two rows for each that is added, as a slower hand would never come round: there
   * are about twice as many rows as have not expired, and no more. Steps in a row cost less than single ones.
   */
  sweep(now: number): void {
    this.#now = now
    if (this.#parent !== undefined || ++this.#added < addedPerSweep) return
    this.#added = 0
    let steps = 2 * addedPerSweep
    for (const { key, until } of this.#hand) {
      if (until <= now) this.#rows.delete(key)
      if (--steps === 0) return
    }
    this.#hand = this.#rows.values()
  }

  /** The keys that were free at a moment, the first to become free first. */
  freeAt(moment: number): readonly string[] {
    return [...this.#visible()]
      .filter(({ until }) => until <= moment)
      .sort((a, b) => a.until - b.until)
      .map(({ key }) => key)
  }

  /** Hands what this fork holds to its parent. */
  merge(): void {
    const parent = this.#parent as IdempotencyTable
    for (const key of this.#deleted) parent.delete(key)
    for (const row of this.#rows.values()) {
      parent.put(row)
      parent.sweep(this.#now)
    }
  }

  *#visible(): Generator<IdempotencyRow, void, undefined> {
    yield* this.#rows.values()
    if (this.#parent === undefined) return
    for (const row of this.#parent.#visible())
      if (!this.#rows.has(row.key) && !this.#deleted.has(row.key)) yield row
  }
}
