/**
 * All storage ports on one SQLite file and one transaction.
 *
 * @packageDocumentation
 */
export type { FlagRevisionConflict } from './flags/flag-document-row.ts'
export {
  type SaveFlagsOptions,
  SqliteFlagSource,
  type SqliteFlagSourceOptions,
} from './flags/sqlite-flag-source.ts'
export { SqliteFlagSourceClosedError, SqliteFlagsMissingError } from './flags/sqlite-flag-source-error.ts'
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
