/**
 * Specifications compiled to SQL by Kysely; repositories and a unit of work for state-stored aggregates.
 *
 * @packageDocumentation
 */

export { InvalidTableMapError, type TableMapOptions } from './compile/mapped-table.ts'
export { ForeignSpecificationError, TableMap } from './compile/table-map.ts'
export type { Dialect } from './dialect.ts'
export { type NodeSqlite, type NodeSqliteStatement, nodeSqliteDatabase } from './node-sqlite-database.ts'
export type { FieldPicker, Picked, PickField, Picks } from './read/field-picker.ts'
export {
  KyselyReader,
  type KyselyReaderOptions,
  type QueryRunner,
  type QuerySource,
  type StatementRunner,
} from './read/kysely-reader.ts'
export {
  type ColumnValue,
  KyselyRepository,
  type KyselyRepositoryOptions,
  type TenantTransactions,
  type UniqueRule,
} from './repository/kysely-repository.ts'
export { KyselyInvalidRowError } from './repository/table-row.ts'
export { KyselyUnnamedRuleError } from './repository/unique-violation.ts'
export { KyselyUnitOfWork } from './unit-of-work/kysely-unit-of-work.ts'
export type { LendingStorage } from './unit-of-work/lending-storage.ts'
export {
  KyselyOutcomeUnknownError,
  KyselySerializationError,
  KyselyStatementRefusedError,
  KyselyTransactionAbortedError,
} from './unit-of-work/unit-of-work-error.ts'
export type { KyselyPorts, KyselyUnitOfWorkOptions } from './unit-of-work/unit-of-work-options.ts'
