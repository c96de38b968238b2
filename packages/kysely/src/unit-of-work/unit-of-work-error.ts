/** The connection broke while a commit was on its way: whether it happened is not known. */
export class KyselyOutcomeUnknownError extends Error {
  override readonly name = 'KyselyOutcomeUnknownError'
  readonly code = 'ASHLAR_KYSELY_OUTCOME_UNKNOWN'

  constructor(cause: unknown) {
    super(
      'the connection broke during a commit, and nobody knows whether it happened: read before you try again',
      {
        cause,
      },
    )
  }
}

/** Work went on after a statement had failed, and the database had rolled all of it back. */
export class KyselyTransactionAbortedError extends Error {
  override readonly name = 'KyselyTransactionAbortedError'
  readonly code = 'ASHLAR_KYSELY_TRANSACTION_ABORTED'

  constructor() {
    super('a statement of this transaction failed, and its error was swallowed: nothing was committed')
  }
}

/** A statement was tried that a transaction of a unit of work does not take: it begins, ends or outlives it. */
export class KyselyStatementRefusedError extends Error {
  override readonly name = 'KyselyStatementRefusedError'
  readonly code = 'ASHLAR_KYSELY_STATEMENT_REFUSED'
}

/** Two transactions were in each other's way; this one was rolled back, and may be tried again. */
export class KyselySerializationError extends Error {
  override readonly name = 'KyselySerializationError'
  readonly code = 'ASHLAR_KYSELY_SERIALIZATION'

  constructor(cause: unknown) {
    super('the transaction was rolled back, because another one was in its way: try it again', { cause })
  }
}

/** Gives an error that says "try again" a name; leaves all others as they are. */
export function namedError(error: unknown): unknown {
  const state = sqlStateOf(error)
  return state === '40001' || state === '40P01' ? new KyselySerializationError(error) : error
}

/** The SQLSTATE of an error that PostgreSQL has answered with; those of the operating system, such as `EPIPE`, are none. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code) ? code : undefined
}

/** Whether SQLite itself has answered with the error, by the codes of node:sqlite and better-sqlite3. */
export function isSqliteError(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return code === 'ERR_SQLITE_ERROR' || (typeof code === 'string' && code.startsWith('SQLITE_'))
}
