import type { SagaRecord } from '../saga-store.ts'

/** A saga that is under way, and its place among all sagas in the order in which they were inserted. */
export type DueSaga = { readonly saga: SagaRecord; readonly place: number }

/** Sagas of one definition that are under way, oldest due first; of those due at once, the first inserted first. */
export class DueQueue {
  readonly #sagas: DueSaga[] = []

  add(due: DueSaga): void {
    this.#sagas.splice(this.#indexOf(due), 0, due)
  }

  /** Takes out the saga that has this due time and place. */
  remove(due: DueSaga): void {
    this.#sagas.splice(this.#indexOf(due), 1)
  }

  [Symbol.iterator](): Iterator<DueSaga> {
    return this.#sagas.values()
  }

  /** Where it stands, or would stand. */
  #indexOf(due: DueSaga): number {
    let low = 0
    let high = this.#sagas.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (byDueTime(this.#sagas[middle] as DueSaga, due) < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** Orders by due time, then by place. */
export function byDueTime(a: DueSaga, b: DueSaga): number {
  return (a.saga.dueAt as number) - (b.saga.dueAt as number) || a.place - b.place
}
