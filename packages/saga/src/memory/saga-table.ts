import { definitionKey } from '../saga-definition.ts'
import type { SagaLogEntry, SagaRecord } from '../saga-store.ts'
import { byDueTime, DueQueue, type DueSaga } from './due-queue.ts'

type Row = DueSaga & { readonly log: readonly SagaLogEntry[] }

/**
 * Sagas by id, and those that are under way by definition, in the order in which they are due.
 *
 * A fork lies over its parent: it sees the parent's rows and its own, the parent sees none of the fork's before they
 * are merged. Only one fork of a table may write at a time.
 */
export class SagaTable {
  readonly #parent: SagaTable | undefined
  readonly #rows = new Map<string, Row>()
  readonly #queues = new Map<string, DueQueue>()
  #nextPlace: number

  constructor(parent?: SagaTable) {
    this.#parent = parent
    this.#nextPlace = parent === undefined ? 0 : parent.#nextPlace
  }

  find(id: string): SagaRecord | undefined {
    return this.#row(id)?.saga
  }

  log(id: string): readonly SagaLogEntry[] {
    return this.#row(id)?.log ?? []
  }

  /** Replaces a saga, and adds a line to its log unless it is the last one once more. */
  put(saga: SagaRecord, entry?: Omit<SagaLogEntry, 'sequence'>): void {
    const known = this.#row(saga.id)
    const log = known?.log ?? []
    const lines = entry === undefined || isSameAttempt(entry, log.at(-1)) ? log : withLine(log, entry)
    this.#set({ saga, place: known?.place ?? this.#nextPlace, log: lines })
  }

  /** The sagas of these definitions that are due by now, oldest due first, and so many at most. */
  dueUntil(now: number, definitions: readonly string[], limit: number): readonly SagaRecord[] {
    const due = [...new Set(definitions)].flatMap((definition) => {
      const first: DueSaga[] = []
      for (const next of this.#due(definition)) {
        if (first.length === limit || (next.saga.dueAt as number) > now) break
        first.push(next)
      }
      return first
    })
    const claimed = due.sort(byDueTime).slice(0, limit)
    return claimed.map(({ saga }) => saga)
  }

  /** When the next saga of these definitions is due. */
  nextDue(definitions: readonly string[]): number | undefined {
    let nearest: number | undefined
    for (const definition of definitions) {
      const dueAt = this.#due(definition).next().value?.saga.dueAt
      if (dueAt !== undefined && (nearest === undefined || dueAt < nearest)) nearest = dueAt
    }
    return nearest
  }

  /** Hands what this fork holds to its parent. */
  merge(): void {
    const parent = this.#parent as SagaTable
    for (const [id, row] of this.#rows)
      parent.#set({ ...row, place: parent.#row(id)?.place ?? parent.#nextPlace })
  }

  /** The sagas of a definition that are under way, in order; the table must not change meanwhile. */
  *#due(definition: string): Generator<DueSaga, undefined, undefined> {
    const inherited = this.#inherited(definition)
    let next = inherited.next()
    for (const own of this.#queues.get(definition) ?? []) {
      for (; !next.done && byDueTime(next.value, own) < 0; next = inherited.next()) yield next.value
      yield own
    }
    for (; !next.done; next = inherited.next()) yield next.value
    return undefined
  }

  /** What the parent holds, and this fork does not hold itself. */
  *#inherited(definition: string): Generator<DueSaga, undefined, undefined> {
    if (this.#parent === undefined) return undefined
    for (const due of this.#parent.#due(definition)) if (!this.#rows.has(due.saga.id)) yield due
    return undefined
  }

  #row(id: string): Row | undefined {
    const own = this.#rows.get(id)
    return own !== undefined || this.#parent === undefined ? own : this.#parent.#row(id)
  }

  #set(row: Row): void {
    const before = this.#rows.get(row.saga.id)
    if (before !== undefined && isUnderWay(before.saga)) this.#queueOf(before.saga).remove(before)
    if (isUnderWay(row.saga)) this.#queueOf(row.saga).add({ saga: row.saga, place: row.place })
    this.#rows.set(row.saga.id, row)
    this.#nextPlace = Math.max(this.#nextPlace, row.place + 1)
  }

  #queueOf(saga: SagaRecord): DueQueue {
    const definition = definitionKey(saga)
    const known = this.#queues.get(definition)
    if (known !== undefined) return known
    const queue = new DueQueue()
    this.#queues.set(definition, queue)
    return queue
  }
}

function isUnderWay({ status, dueAt }: SagaRecord): boolean {
  return dueAt !== undefined && (status === 'running' || status === 'compensating')
}

/** An attempt is noted once, even if the one who saved it did not hear so. */
function isSameAttempt(entry: Omit<SagaLogEntry, 'sequence'>, last: SagaLogEntry | undefined): boolean {
  if (last === undefined) return false
  const { step, phase, attempt, at } = entry
  return last.step === step && last.phase === phase && last.attempt === attempt && last.at === at
}

function withLine(
  log: readonly SagaLogEntry[],
  entry: Omit<SagaLogEntry, 'sequence'>,
): readonly SagaLogEntry[] {
  return Object.freeze([...log, Object.freeze({ sequence: log.length + 1, ...entry })])
}
