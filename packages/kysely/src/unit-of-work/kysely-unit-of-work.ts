import { type Context, portOf, type TransactionOptions, type UnitOfWork } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { kyselyOver, type LendingStorage } from './lending-storage.ts'
import { OwnTransactions } from './own-transactions.ts'
import type { TransactionSource } from './transaction-source.ts'
import { TransactionsOfStorage } from './transactions-of-storage.ts'
import type { KyselyPorts, KyselyUnitOfWorkOptions } from './unit-of-work-options.ts'

/**
 * Work whose rows are committed together or not at all.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { KyselyUnitOfWork, nodeSqliteDatabase } from '@ashlar/kysely'
 * import { err, failure, ok } from '@ashlar/result'
 * import { Kysely, SqliteDialect } from 'kysely'
 *
 * type Shop = { stock: { sku: string; pieces: number } }
 * const file = new DatabaseSync(':memory:')
 * file.exec("create table stock (sku text primary key, pieces integer not null); insert into stock values ('TEA-1', 3)")
 * const kysely = new Kysely<Shop>({ dialect: new SqliteDialect({ database: nodeSqliteDatabase(file) }) })
 * const shop = new KyselyUnitOfWork({ kysely, dialect: 'sqlite' })
 *
 * const taken = await shop.transaction(async (tx) => {
 *   const { pieces } = await tx.kysely
 *     .updateTable('stock')
 *     .set(({ eb }) => ({ pieces: eb('pieces', '-', 5) }))
 *     .where('sku', '=', 'TEA-1')
 *     .returning('pieces')
 *     .executeTakeFirstOrThrow()
 *   return pieces < 0 ? err(failure('OutOfStock', 'there are too few', { missing: -pieces })) : ok(pieces)
 * })
 * console.log(taken.isErr() && taken.error.missing) // 2, and 3 are still there
 * await kysely.destroy()
 * ```
 */
export class KyselyUnitOfWork<DB = unknown, Tx extends object = KyselyPorts<DB>> implements UnitOfWork<Tx> {
  /** Which SQL is spoken. */
  readonly dialect: Dialect
  readonly #source: TransactionSource<DB, Tx>

  /**
   * Over a Kysely of the application, for those who have no storage of Ashlar.
   *
   * @param options - the Kysely, its dialect, and how transactions are kept apart
   */
  constructor(options: KyselyUnitOfWorkOptions<DB>)
  /** @internal */
  constructor(source: TransactionSource<DB, Tx>)
  constructor(given: KyselyUnitOfWorkOptions<DB> | TransactionSource<DB, Tx>) {
    this.#source =
      'outer' in given ? given : (new OwnTransactions(given) as unknown as TransactionSource<DB, Tx>)
    this.dialect = given.dialect
  }

  /**
   * Over a storage of Ashlar: rows, events, sagas and all its other ports share one commit.
   *
   * @param storage - such as `SqliteStorage`, whose `connection` has the shape of Kysely's driver
   * @param dialect - of its connection
   * @returns a unit of work whose transactions are the storage's; `queries` gives Kysely in them
   * @example
   * ```ts
   * import { createContext } from '@ashlar/kernel'
   * import { KyselyUnitOfWork, type LendingStorage } from '@ashlar/kysely'
   * import { ok } from '@ashlar/result'
   * import { sql } from 'kysely'
   *
   * export async function stampedIn(storage: LendingStorage<{ readonly connection: object }>): Promise<boolean> {
   *   const shop = KyselyUnitOfWork.over(storage, 'sqlite')
   *   const stamped = await shop.transaction(async (tx) => {
   *     await sql`insert into stamps (name) values ('a')`.execute(shop.queries(createContext({ storage: tx })))
   *     return ok()
   *   })
   *   return stamped.isOk()
   * }
   * ```
   */
  static over<DB, Tx extends { readonly connection: object }>(
    storage: LendingStorage<Tx>,
    dialect: Dialect,
  ): KyselyUnitOfWork<DB, Tx> {
    return new KyselyUnitOfWork<DB, Tx>(new TransactionsOfStorage<DB, Tx>(storage, dialect))
  }

  /**
   * Runs work in a transaction; on SQLite after all that came before, since it has one writer.
   *
   * @param work - is given the transaction; Err and throw roll everything back
   * @param options - `signal` gives up waiting for a connection
   * @returns what the work returned, when the database has committed it
   * @throws what the work threw; the signal's reason when it is aborted while waiting; `NestedTransactionError` of
   *   `@ashlar/kernel` inside of another transaction; {@link KyselySerializationError} when another transaction was in its
   *   way; {@link KyselyTransactionAbortedError} when work answered Ok although a statement had failed;
   *   {@link KyselyOutcomeUnknownError} when the connection broke during the commit
   * @example See {@link KyselyUnitOfWork}.
   */
  transaction<Value, Fails>(
    work: (tx: Tx) => Promise<Result<Value, Fails>>,
    options: TransactionOptions = {},
  ): Promise<Result<Value, Fails>> {
    return this.#source.transaction(work, options)
  }

  /**
   * The same for one tenant.
   *
   * @param tenantId - of the storage's ports; without a storage there is nothing to keep apart but rows
   */
  forTenant(tenantId: string): KyselyUnitOfWork<DB, Tx> {
    const source = this.#source.forTenant?.(tenantId)
    return source === undefined ? this : new KyselyUnitOfWork<DB, Tx>(source)
  }

  /**
   * Queries in the context's transaction, where there is one; else over what was committed.
   *
   * @param context - whose `storage` is a transaction of this unit of work, or of the storage below it
   * @throws `NestedTransactionError` of `@ashlar/kernel` inside of a transaction on SQLite that the context does not
   *   carry: on its one connection the query would wait for ever
   */
  queries(context: Context): Kysely<DB> {
    return this.joined(context) ?? this.#source.outer()
  }

  /**
   * Queries in the context's transaction; undefined where it carries none that has rows.
   *
   * @param context - as of {@link KyselyUnitOfWork.queries}
   */
  joined(context: Context): Kysely<DB> | undefined {
    if (context.storage === undefined) return undefined
    const kysely = portOf<object>(context, 'kysely', nothing)
    if (kysely !== nothing) return kysely as Kysely<DB>
    const connection = portOf<object>(context, 'connection', nothing)
    if (connection === nothing) return undefined
    return kyselyOver<DB>(connection, this.dialect, { isTransaction: true })
  }
}

const nothing: object = Object.freeze({})
