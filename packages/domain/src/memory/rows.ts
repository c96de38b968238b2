import type { Json } from '@ashlar/kernel'
import type { AggregateMeta } from '../aggregate-meta.ts'

/** An aggregate as it is kept, deeply frozen. */
export type Row<State extends Json> = { readonly state: State; readonly meta: AggregateMeta }

/** The rows of one kind of aggregate; laid over another's, it shows those with its own on top. */
export class Rows<State extends Json> {
  readonly #own = new Map<string, Row<State>>()
  readonly #below: Rows<State> | undefined

  constructor(below?: Rows<State>) {
    this.#below = below
  }

  get(id: string): Row<State> | undefined {
    return this.#own.get(id) ?? this.#below?.get(id)
  }

  set(id: string, row: Row<State>): void {
    this.#own.set(id, row)
  }

  /** All rows as they are now, those below first. */
  all(): Map<string, Row<State>> {
    const rows = this.#below?.all() ?? new Map<string, Row<State>>()
    for (const [id, row] of this.#own) rows.set(id, row)
    return rows
  }

  /** Moves its own rows into those below. */
  merge(): void {
    for (const [id, row] of this.#own) this.#below?.set(id, row)
    this.#own.clear()
  }
}
