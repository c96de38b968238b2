import { AsyncLocalStorage } from 'node:async_hooks'
import { NestedTransactionError } from '@ashlar/kernel'

/** Lets writers have their turn one at a time, in the order in which they came. */
export class Turns {
  readonly #inside = new AsyncLocalStorage<{ isActive: boolean }>()
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0

  /** Runs work when its turn has come. */
  async take<T>(operation: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    this.refuseInside(operation)
    signal?.throwIfAborted()
    const previous = this.#last
    const { promise, resolve: leave } = Promise.withResolvers<void>()
    this.#last = previous.then(() => promise)
    if (this.#waiting++ > 0)
      await untilAborted(previous, signal).catch((reason) => this.#giveUp(leave, reason))
    try {
      return await work()
    } finally {
      this.#waiting--
      leave()
    }
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
  idle(operation: string): Promise<unknown> {
    this.refuseInside(operation)
    return this.#last
  }

  #giveUp(leave: () => void, reason: unknown): never {
    this.#waiting--
    leave()
    throw reason
  }
}

function untilAborted(turn: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return turn
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void turn.then(() => {
      signal.removeEventListener('abort', abort)
      resolve(undefined)
    })
  })
}
