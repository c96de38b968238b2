import type { UnitOfWork } from '@ashlar/kernel'
import type { Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'

/** Where transactions come from. */
export interface TransactionSource<DB, Tx extends object> extends UnitOfWork<Tx> {
  readonly dialect: Dialect
  /** Queries over what was committed. */
  outer(): Kysely<DB>
  forTenant?(tenantId: string): TransactionSource<DB, Tx> | undefined
}
