/**
 * A connection to the storage's file, in the shape that Kysely's `SqliteDialect` takes as its `database`.
 *
 * Parameters are text, numbers, bigints, bytes and null; a boolean is kept as 0 or 1, a Date as ISO-8601 text, undefined as
 * null. The storage begins and ends transactions; a statement that would do so is refused. Integers beyond 2^53 throw when
 * they are read.
 *
 * @example See `SqliteStorage`.
 */
export interface SqliteConnection {
  /**
   * Prepares one statement; the same text again is prepared only once.
   *
   * @throws SqliteStatementError for several statements in one text, for those that begin or end a transaction, and for a
   *   `pragma` that sets something; TransactionEndedError when the transaction that the connection belongs to has ended
   */
  prepare(sql: string): SqliteStatement
  /** Does nothing: the connection is lent. */
  close(): void
}

/** A statement of a {@link SqliteConnection}. */
export interface SqliteStatement {
  /** True when it gives rows. */
  readonly reader: boolean
  /** Runs it, and gives all its rows. */
  all(parameters: readonly unknown[]): unknown[]
  /** Runs it, and tells what it has done. */
  run(parameters: readonly unknown[]): {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
  /** Runs it, and gives its rows one by one; all are read first, so that a slow consumer keeps nothing open. */
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>
}
