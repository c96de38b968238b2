import type { Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'

/** What work in a transaction of a {@link KyselyUnitOfWork} is given. */
export interface KyselyPorts<DB> {
  /**
   * Queries within the transaction, one after the other; refused after its end.
   *
   * Streams, and statements that begin or end a transaction, throw {@link KyselyStatementRefusedError}.
   */
  readonly kysely: Kysely<DB>
}

/** Options of {@link KyselyUnitOfWork}. */
export interface KyselyUnitOfWorkOptions<DB> {
  /** The application's own; its plugins work within transactions, too. */
  readonly kysely: Kysely<DB>
  /** Which SQL it speaks. */
  readonly dialect: Dialect
  /** What transactions see of each other on PostgreSQL; `read committed` unless told. SQLite's are serializable. */
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable'
}
