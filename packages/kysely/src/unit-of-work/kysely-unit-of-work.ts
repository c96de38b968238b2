import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  NestedTransactionError,
  portOf,
  TransactionEndedError,
  type TransactionOptions,
  type UnitOfWork,
} from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import { CompiledQuery, Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { commit, rollBack } from './end-transaction.ts'
import { lentKysely } from './lent-kysely.ts'
import { kyselyOver, type LendingStorage } from './lending-storage.ts'
import { namedError } from './unit-of-work-error.ts'

/** What work in a transaction of a {@link KyselyUnitOfWork} is given. */
export interface KyselyPorts<DB> {
  /** Queries within the transaction; refused after its end. */
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

/** Work whose rows are committed together or not at all. */
export class KyselyUnitOfWork<DB = unknown, Tx extends object = KyselyPorts<DB>> implements UnitOfWork<Tx> {
  /** Which SQL is spoken. */
  readonly dialect: Dialect
  readonly #source: Source<DB, Tx>

  /**
   * Over a Kysely of the application, for those who have no storage of Ashlar.
   *
   * @param options - the Kysely, its dialect, and how transactions are kept apart
   */
  constructor(options: KyselyUnitOfWorkOptions<DB>)
  /** @internal */
  constructor(source: Source<DB, Tx>)
  constructor(given: KyselyUnitOfWorkOptions<DB> | Source<DB, Tx>) {
    this.#source = 'outer' in given ? given : (new OwnTransactions(given) as unknown as Source<DB, Tx>)
    this.dialect = given.dialect
  }

  /**
   * Over a storage of Ashlar: rows, events, sagas and all its other ports share one commit.
   *
   * @param storage - such as `SqliteStorage`, whose `connection` has the shape of Kysely's driver
   * @param dialect - of its connection
   * @returns a unit of work whose transactions are the storage's
   */
  static over<DB, Tx extends { readonly connection: object }>(
    storage: LendingStorage<Tx>,
    dialect: Dialect,
  ): KyselyUnitOfWork<DB, Tx> {
    return new KyselyUnitOfWork<DB, Tx>(new TransactionsOfStorage<DB, Tx>(storage, dialect))
  }

  transaction<Value, Fails>(
    work: (tx: Tx) => Promise<Result<Value, Fails>>,
    options: TransactionOptions = {},
  ): Promise<Result<Value, Fails>> {
    return this.#source.transaction(work, options)
  }

  /** The same for one tenant. */
  forTenant(tenantId: string): KyselyUnitOfWork<DB, Tx> {
    const source = this.#source.forTenant?.(tenantId)
    return source === undefined ? this : new KyselyUnitOfWork<DB, Tx>(source)
  }

  /** Queries in the context's transaction, where there is one; else over what was committed. */
  queries(context: Context): Kysely<DB> {
    const { storage } = context
    if (storage === undefined) return this.#source.outer()
    const nothing = {}
    const kysely = portOf<object>(context, 'kysely', nothing)
    if (kysely !== nothing) return kysely as Kysely<DB>
    const connection = portOf<object>(context, 'connection', nothing)
    return connection === nothing ? this.#source.outer() : kyselyOver(connection, this.dialect)
  }
}

/** Where transactions come from. */
interface Source<DB, Tx extends object> extends UnitOfWork<Tx> {
  readonly dialect: Dialect
  outer(): Kysely<DB>
  forTenant?(tenantId: string): Source<DB, Tx> | undefined
}

class TransactionsOfStorage<DB, Tx extends { readonly connection: object }> implements Source<DB, Tx> {
  readonly dialect: Dialect
  readonly #storage: LendingStorage<Tx>

  constructor(storage: LendingStorage<Tx>, dialect: Dialect) {
    this.#storage = storage
    this.dialect = dialect
  }

  transaction<Value, Fails>(
    work: (tx: Tx) => Promise<Result<Value, Fails>>,
    options: TransactionOptions,
  ): Promise<Result<Value, Fails>> {
    return this.#storage.transaction(work, options)
  }

  outer(): Kysely<DB> {
    return kyselyOver(this.#storage.connection, this.dialect)
  }

  forTenant(tenantId: string): Source<DB, Tx> | undefined {
    const storage = this.#storage.forTenant?.(tenantId)
    return storage && new TransactionsOfStorage<DB, Tx>(storage, this.dialect)
  }
}

class OwnTransactions<DB> implements Source<DB, KyselyPorts<DB>> {
  readonly dialect: Dialect
  readonly #kysely: Kysely<DB>
  readonly #begin: string
  readonly #inside = new AsyncLocalStorage<{ isActive: boolean }>()

  constructor({ kysely, dialect, isolation }: KyselyUnitOfWorkOptions<DB>) {
    this.dialect = dialect
    this.#kysely = kysely
    this.#begin =
      dialect === 'sqlite'
        ? 'begin immediate'
        : isolation === undefined
          ? 'begin'
          : `begin isolation level ${isolation}`
  }

  /** A database on one connection would wait for its own transaction for ever. */
  outer(): Kysely<DB> {
    if (this.dialect === 'sqlite') this.#refuseInside('queries')
    return this.#kysely
  }

  async transaction<Value, Fails>(
    work: (tx: KyselyPorts<DB>) => Promise<Result<Value, Fails>>,
    { signal }: TransactionOptions,
  ): Promise<Result<Value, Fails>> {
    this.#refuseInside('transaction')
    signal?.throwIfAborted()
    let hasBegun = false
    try {
      return await this.#kysely.connection().execute(
        (connection) => {
          hasBegun = true
          return this.#run(connection, work)
        },
        { signal },
      )
    } catch (error) {
      if (!hasBegun) signal?.throwIfAborted()
      throw namedError(error)
    }
  }

  async #run<Value, Fails>(
    connection: Kysely<DB>,
    work: (tx: KyselyPorts<DB>) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const mark = { isActive: true }
    const kysely = lentKysely(connection, () => {
      if (!mark.isActive) throw new TransactionEndedError('query')
    })
    await connection.executeQuery(CompiledQuery.raw(this.#begin))
    let result: Result<Value, Fails>
    try {
      result = await this.#inside.run(mark, () => work(Object.freeze({ kysely })))
    } catch (thrown) {
      mark.isActive = false
      await rollBack(connection)
      throw thrown
    }
    mark.isActive = false
    if (result.isOk()) await commit(connection, this.dialect)
    else await rollBack(connection)
    return result
  }

  #refuseInside(operation: string): void {
    if (this.#inside.getStore()?.isActive === true) throw new NestedTransactionError(operation)
  }
}
