import { AsyncLocalStorage } from 'node:async_hooks'
import { NestedTransactionError, TransactionEndedError, type TransactionOptions } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { type Begin, beginOnPostgres, beginOnSqlite } from './begin-transaction.ts'
import { commit } from './end-transaction.ts'
import { type Loan, lentKysely } from './lent-kysely.ts'
import type { TransactionSource } from './transaction-source.ts'
import { KyselyTransactionAbortedError, namedError } from './unit-of-work-error.ts'
import type { KyselyPorts, KyselyUnitOfWorkOptions } from './unit-of-work-options.ts'

/** One mark for all units of work on one Kysely: they would wait for each other. */
const insideOf = new WeakMap<object, AsyncLocalStorage<{ isActive: boolean }>>()

/** Transactions on a Kysely of the application. */
export class OwnTransactions<DB> implements TransactionSource<DB, KyselyPorts<DB>> {
  readonly dialect: Dialect
  readonly #kysely: Kysely<DB>
  readonly #begin: Begin<DB>
  readonly #inside: AsyncLocalStorage<{ isActive: boolean }>

  constructor({ kysely, dialect, isolation }: KyselyUnitOfWorkOptions<DB>) {
    this.dialect = dialect
    this.#kysely = kysely
    this.#inside = insideOf.get(kysely) ?? new AsyncLocalStorage()
    insideOf.set(kysely, this.#inside)
    this.#begin = dialect === 'sqlite' ? beginOnSqlite : beginOnPostgres(isolation)
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
    try {
      return await this.#kysely.connection().execute((connection) => this.#run(connection, work), { signal })
    } catch (error) {
      throw namedError(error)
    }
  }

  async #run<Value, Fails>(
    connection: Kysely<DB>,
    work: (tx: KyselyPorts<DB>) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const mark = { isActive: true }
    const loan: Loan = {
      dialect: this.dialect,
      isLost: false,
      admit() {
        if (!mark.isActive) throw new TransactionEndedError('query')
      },
    }
    const begun = await this.#begin(connection)
    const tx = Object.freeze({ kysely: lentKysely(begun.connection, loan) })
    let result: Result<Value, Fails>
    let isOk: boolean
    try {
      result = await this.#inside.run(mark, () => work(tx))
      isOk = result.isOk()
    } catch (thrown) {
      mark.isActive = false
      await begun.rollBack()
      throw thrown
    }
    mark.isActive = false
    if (!isOk) await begun.rollBack()
    else if (loan.isLost) throw new KyselyTransactionAbortedError()
    else await commit(begun, this.dialect)
    return result
  }

  #refuseInside(operation: string): void {
    if (this.#inside.getStore()?.isActive === true) throw new NestedTransactionError(operation)
  }
}
