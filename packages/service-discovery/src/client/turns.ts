import { type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel'

/** A call that may lose interest while it waits. */
interface Waiter {
  readonly isOver: boolean
}

/**
 * A bulkhead with a queue in which only those wait who still want their turn: a bulkhead's own keeps the places of those
 * who have left, and refuses others for them.
 */
export class Turns {
  readonly #concurrency: number
  readonly #queue: number
  readonly #bulkhead: BulkheadPolicy
  #waiting: { readonly call: Waiter; begin(): void }[] = []

  constructor({ concurrency, queue }: { readonly concurrency: number; readonly queue: number }) {
    this.#concurrency = concurrency
    this.#queue = queue
    this.#bulkhead = bulkhead(concurrency)
  }

  /** @throws BulkheadRejectedError where as many run and wait as may, and what `run` throws */
  execute<T>(call: Waiter, run: () => Promise<T>): Promise<T> {
    return this.#queue === 0 ? this.#bulkhead.execute(run) : this.#inTurn(call, run)
  }

  async #inTurn<T>(call: Waiter, run: () => Promise<T>): Promise<T> {
    if (this.#bulkhead.executionSlots > 0 && this.#waiting.length === 0) return this.#begin(run)
    if (this.#waiting.length >= this.#queue) this.#waiting = this.#waiting.filter((one) => !one.call.isOver)
    if (this.#waiting.length >= this.#queue) throw new BulkheadRejectedError(this.#concurrency, this.#queue)
    return new Promise((resolve, reject) => {
      this.#waiting.push({ call, begin: () => void this.#begin(run).then(resolve, reject) })
    })
  }

  async #begin<T>(run: () => Promise<T>): Promise<T> {
    try {
      return await this.#bulkhead.execute(run)
    } finally {
      this.#goOn()
    }
  }

  #goOn(): void {
    while (this.#bulkhead.executionSlots > 0) {
      const next = this.#waiting.shift()
      if (next === undefined) return
      if (!next.call.isOver) next.begin()
    }
  }
}
