import type { Result } from '@ashlar/result'

/** Options of {@link UnitOfWork.transaction}. */
export interface TransactionOptions {
  /** Gives up waiting for the transaction's turn; once it runs, the work itself must look at the signal. */
  readonly signal?: AbortSignal
}

/**
 * Runs work whose writes are committed together or not at all.
 *
 * `tx` offers the same ports as the storage, bound to this one commit. Err and throw roll everything back.
 * Inside the work, a write through a port of the outer storage throws {@link NestedTransactionError}.
 */
export interface UnitOfWork<Tx extends object = object> {
  /** Returns what the work returned; throws what it threw, and `signal.reason` when aborted while waiting. */
  transaction<Value, Fails>(
    work: (tx: Tx) => Promise<Result<Value, Fails>>,
    options?: TransactionOptions,
  ): Promise<Result<Value, Fails>>
}

/** A write outside of the transaction was tried from inside its work; it would wait for itself for ever. */
export class NestedTransactionError extends Error {
  override readonly name = 'NestedTransactionError'
  readonly code = 'ASHLAR_KERNEL_NESTED_TRANSACTION'

  /** @param operation - that was tried, such as `events.append` */
  constructor(operation: string) {
    super(
      `${operation} on the outer storage inside its own transaction: use the ports of "tx" (or of context.storage) there`,
    )
  }
}

/** A port of a transaction was used after the transaction had ended. */
export class TransactionEndedError extends Error {
  override readonly name = 'TransactionEndedError'
  readonly code = 'ASHLAR_KERNEL_TRANSACTION_ENDED'

  /** @param operation - that was tried, such as `events.append` */
  constructor(operation: string) {
    super(
      `${operation} on a transaction that has ended: await all work before the transaction's callback returns`,
    )
  }
}
