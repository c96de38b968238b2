/** How the writes of a port in memory wait for the transactions of the storage that the port belongs to. */
export interface WriteTurns {
  /** True when nothing more may be asked of the port: its storage was closed. */
  readonly isClosed: boolean
  /** Throws StoreClosedError when the storage was closed, for ports that have no such error of their own. */
  refuseWhenClosed(operation: string): void
  /** Throws NestedTransactionError inside of a transaction, for which a write from outside would wait for ever. */
  admit(operation: string): void
  /** Runs work when its turn has come; throws the signal's reason when it is aborted while waiting. */
  take<T>(operation: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>
  /** Settles when all that has come so far has had its turn. */
  idle(operation: string): Promise<unknown>
}
