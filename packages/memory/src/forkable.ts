import type { WriteTurns } from '@ashlar/kernel'

/** Writes of one transaction over a port; dropping it rolls them back. */
export interface Fork<Port extends object> {
  /** The port as the transaction sees it. */
  readonly port: Port
  /** Makes the writes part of the port that was forked; must not throw. */
  commit(): void
  /**
   * Makes the port refuse all work by `TransactionEndedError`, after the commit or instead of it.
   *
   * A port without it is wrapped, so that each of its methods does.
   */
  end?(): void
}

/**
 * A port in memory that can take part in transactions of {@link InMemoryStorage}.
 *
 * `InMemoryEventStore`, `InMemorySagaStore`, `InMemoryIdempotencyStore` and `InMemoryRepository` are of this shape.
 */
export interface Forkable<Port extends object = object> {
  /** The methods that change it; each waits for its turn outside of transactions. */
  readonly writes: readonly string[]
  /** Lays a port over this one that sees its contents, and whose writes it does not see before the commit. */
  fork(): Fork<Port>
  /**
   * Gives a handle on it whose writes take what they are given at the call, and then wait for their turn.
   *
   * A port without it is wrapped, so that whole calls of its writes wait.
   */
  takingTurns?(turns: WriteTurns): Port
}
