import type { TransactionOptions } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { kyselyOver, type LendingStorage } from './lending-storage.ts'
import type { TransactionSource } from './transaction-source.ts'

/** Transactions of a storage, in which rows are one thing of many. */
export class TransactionsOfStorage<DB, Tx extends { readonly connection: object }>
  implements TransactionSource<DB, Tx>
{
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
    return kyselyOver(this.#storage.connection, this.dialect, { isTransaction: false })
  }

  forTenant(tenantId: string): TransactionSource<DB, Tx> | undefined {
    const storage = this.#storage.forTenant?.(tenantId)
    return storage && new TransactionsOfStorage<DB, Tx>(storage, this.dialect)
  }
}
