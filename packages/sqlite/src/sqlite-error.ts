/** A database in memory was asked for; two connections could not share it. */
export class SqliteMemoryPathError extends Error {
  override readonly name = 'SqliteMemoryPathError'
  readonly code = 'ASHLAR_SQLITE_MEMORY_PATH'

  constructor(path: string) {
    super(
      `path must be a file's path, found "${path}": use InMemoryStorage of @ashlar/memory to keep things in memory`,
    )
  }
}

/** The storage was opened with an option that can't be. */
export class SqliteInvalidOptionError extends RangeError {
  override readonly name = 'SqliteInvalidOptionError'
  readonly code = 'ASHLAR_SQLITE_INVALID_OPTION'

  constructor(option: string, expected: string, found: unknown) {
    super(
      `option "${option}" must be ${expected}, found ${typeof found === 'object' ? 'an object' : String(found)}`,
    )
  }
}

/** The file was removed, moved or replaced while it was open; what is written now would be lost. */
export class SqliteFileGoneError extends Error {
  override readonly name = 'SqliteFileGoneError'
  readonly code = 'ASHLAR_SQLITE_FILE_GONE'

  constructor(path: string, found: string) {
    super(`"${path}" must be the file that was opened, found ${found}: close the storage and open it again`)
  }
}

/** The file can't be opened: its folder is missing, or it is no file. */
export class SqliteOpenError extends Error {
  override readonly name = 'SqliteOpenError'
  readonly code = 'ASHLAR_SQLITE_CANNOT_OPEN'

  constructor(path: string, reason: string, cause?: unknown) {
    super(`"${path}" can't be opened: ${reason}`, { cause })
  }
}

/** The file, or the folder that SQLite needs for its log beside it, may not be written to. */
export class SqliteReadOnlyError extends Error {
  override readonly name = 'SqliteReadOnlyError'
  readonly code = 'ASHLAR_SQLITE_READ_ONLY'

  constructor(path: string, cause: unknown) {
    super(`"${path}" must be writable, and is not`, { cause })
  }
}

/** The file is no SQLite database, a broken one, or one that belongs to another application. */
export class SqliteForeignFileError extends Error {
  override readonly name = 'SqliteForeignFileError'
  readonly code = 'ASHLAR_SQLITE_FOREIGN_FILE'

  constructor(path: string, found: string, cause?: unknown) {
    super(`"${path}" must be a database of Ashlar or a new one, found ${found}`, { cause })
  }
}

/** The file was written by a newer release. */
export class SqliteSchemaTooNewError extends Error {
  override readonly name = 'SqliteSchemaTooNewError'
  readonly code = 'ASHLAR_SQLITE_SCHEMA_TOO_NEW'

  constructor(path: string, known: number, found: number) {
    super(`"${path}" has schema version ${found}, this release knows ${known}: install a newer release`)
  }
}

/** Another process, or another storage on the same file, held the lock for too long; nothing was written. */
export class SqliteBusyError extends Error {
  override readonly name = 'SqliteBusyError'
  readonly code = 'ASHLAR_SQLITE_BUSY'

  constructor(path: string, waitedMs: number, cause: unknown) {
    super(`"${path}" was locked by somebody else for longer than ${waitedMs} ms`, { cause })
  }
}

/** SQLite could not do what the storage asked of it: the disk is full, the file is broken, a trigger said no. */
export class SqliteFailedError extends Error {
  override readonly name = 'SqliteFailedError'
  readonly code = 'ASHLAR_SQLITE_FAILED'

  constructor(path: string, cause: Error) {
    super(`"${path}": ${cause.message}`, { cause })
  }
}

/** A stored row can't be what the storage wrote; somebody has changed it by hand. */
export class SqliteBrokenRowError extends Error {
  override readonly name = 'SqliteBrokenRowError'
  readonly code = 'ASHLAR_SQLITE_BROKEN_ROW'

  constructor(row: string, found: string, cause?: unknown) {
    super(`${row} must hold JSON as the storage wrote it, found ${found}`, { cause })
  }
}

/** A statement can't be run on a connection that the storage lends. */
export class SqliteStatementError extends Error {
  override readonly name = 'SqliteStatementError'
  readonly code = 'ASHLAR_SQLITE_STATEMENT'

  constructor(sql: string, expected: string) {
    super(`"${sql.length > 100 ? `${sql.slice(0, 100)}…` : sql}": ${expected}`)
  }
}

/** SQLite ended the transaction by itself, so that its work can't be committed; all of it was rolled back. */
export class SqliteTransactionLostError extends Error {
  override readonly name = 'SqliteTransactionLostError'
  readonly code = 'ASHLAR_SQLITE_TRANSACTION_LOST'

  constructor(operation: string) {
    super(`${operation} in a transaction that SQLite has rolled back after an error`)
  }
}

const busy = 5
const readOnly = 8
const corrupt = 11
const cannotOpen = 14
const notADatabase = 26

/** Tells whether the lock was held by somebody else. */
export function isBusy(error: unknown): boolean {
  return primaryCode(error) === busy
}

/** Gives an error of SQLite a name that a caller can look up; leaves all other errors as they are. */
export function named(path: string, error: unknown): unknown {
  switch (primaryCode(error)) {
    case undefined:
      return error
    case readOnly:
      return new SqliteReadOnlyError(path, error)
    case corrupt:
    case notADatabase:
      return new SqliteForeignFileError(path, 'something else', error)
    case cannotOpen:
      return new SqliteOpenError(path, 'SQLite says no', error)
    default:
      return new SqliteFailedError(path, error as Error)
  }
}

function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number')
    return undefined
  return error.errcode & 0xff
}
