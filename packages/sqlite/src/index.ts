/**
 * All storage ports on one SQLite file and one transaction.
 *
 * @packageDocumentation
 */
export type { SqliteConnection, SqliteStatement } from './sqlite-connection.ts'
export {
  SqliteBrokenRowError,
  SqliteBusyError,
  SqliteFailedError,
  SqliteFileGoneError,
  SqliteForeignFileError,
  SqliteInvalidOptionError,
  SqliteMemoryPathError,
  SqliteOpenError,
  SqliteReadOnlyError,
  SqliteSchemaTooNewError,
  SqliteStatementError,
  SqliteTransactionLostError,
} from './sqlite-error.ts'
export { type SqlitePorts, SqliteStorage, type SqliteStorageOptions } from './sqlite-storage.ts'
