import type { SagaLogEntry, SagaRecord } from '../saga-store.ts'

type Row = { readonly saga: SagaRecord; readonly log: readonly SagaLogEntry[] }

/**
 * Sagas by id, and those that are under way in the order in which they are due.
 *
 * A fork lies over its parent: it sees the parent's rows and its own, the parent sees none of the fork's before they
 * are merged. Only one fork of a table may write at a time.
 */
export class SagaTable {
  readonly #parent: SagaTable | undefined
  readonly #rows = new Map<string, Row>()
  readonly #due: SagaRecord[] = []

  constructor(parent?: SagaTable) {
    this.#parent = parent
  }

  find(id: string): SagaRecord | undefined {
    return this.#row(id)?.saga
  }

  log(id: string): readonly SagaLogEntry[] {
    return this.#row(id)?.log ?? []
  }

  /** Replaces a saga, and adds a line to its log. */
  put(saga: SagaRecord, entry?: Omit<SagaLogEntry, 'sequence'>): void {
    const log = this.log(saga.id)
    const line = entry && Object.freeze({ sequence: log.length + 1, ...entry })
    this.#set({ saga, log: line === undefined ? log : Object.freeze([...log, line]) })
  }

  /** The sagas that are under way, oldest due first; the table must not change meanwhile. */
  *due(): Generator<SagaRecord, void, undefined> {
    if (this.#parent === undefined) yield* this.#due
    else yield* [...this.#inherited(this.#parent), ...this.#due].sort((a, b) => dueAt(a) - dueAt(b))
  }

  /** Hands what this fork holds to its parent. */
  merge(): void {
    for (const row of this.#rows.values()) (this.#parent as SagaTable).#set(row)
  }

  *#inherited(parent: SagaTable): Generator<SagaRecord, void, undefined> {
    for (const saga of parent.due()) if (!this.#rows.has(saga.id)) yield saga
  }

  #row(id: string): Row | undefined {
    const own = this.#rows.get(id)
    return own !== undefined || this.#parent === undefined ? own : this.#parent.#row(id)
  }

  #set(row: Row): void {
    const before = this.#rows.get(row.saga.id)?.saga
    if (before !== undefined && isUnderWay(before))
      this.#due.splice(this.#due.indexOf(before, this.#firstDue(dueAt(before))), 1)
    if (isUnderWay(row.saga)) this.#due.splice(this.#firstDue(dueAt(row.saga) + 1), 0, row.saga)
    this.#rows.set(row.saga.id, row)
  }

  /** Where the first saga stands that is due at this moment or later; milliseconds are whole numbers. */
  #firstDue(moment: number): number {
    let low = 0
    let high = this.#due.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (dueAt(this.#due[middle] as SagaRecord) < moment) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isUnderWay({ status, dueAt }: SagaRecord): boolean {
  return dueAt !== undefined && (status === 'running' || status === 'compensating')
}

function dueAt(saga: SagaRecord): number {
  return saga.dueAt as number
}
