import { AsyncLocalStorage } from 'node:async_hooks'
import { Turns as KeyedTurns, NestedTransactionError } from '@ashlar/kernel'

/** All writers of a storage share one key. */
const writers = 'writers'

/** Lets writers have their turn one at a time, in the order in which they came, and refuses one inside of a transaction. */
export class Turns {
  readonly #inside = new AsyncLocalStorage<{ isActive: boolean }>()
  readonly #turns = new KeyedTurns()

  /** Runs work when its turn has come. */
  async take<T>(operation: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.refuseInside(operation)
    return this.#turns.take(writers, work, signal)
  }

  /** Runs a transaction's work, in which taking a turn is refused. */
  async mark<T>(work: () => Promise<T>): Promise<T> {
    const mark = { isActive: true }
    try {
      return await this.#inside.run(mark, work)
    } finally {
      mark.isActive = false
    }
  }

  /** Throws inside of a transaction. */
  refuseInside(operation: string): void {
    if (this.#inside.getStore()?.isActive === true) throw new NestedTransactionError(operation)
  }

  /** Settles when all that has come so far has had its turn; refused inside of a transaction, as it waits for that. */
  idle(operation: string): Promise<void> {
    this.refuseInside(operation)
    return this.#turns.idle(writers)
  }
}
