import type { UnitOfWork } from '@ashlar/kernel'
import {
  type DialectAdapter,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type SqliteDatabase,
  SqliteDialect,
} from 'kysely'
import type { Dialect } from '../dialect.ts'
import { alone } from './lent-kysely.ts'

/** A storage that lends its connection in the shape of Kysely's driver, as every storage of Ashlar on a database does. */
export interface LendingStorage<Tx extends { readonly connection: object }> extends UnitOfWork<Tx> {
  /** For queries over what was committed. */
  readonly connection: object
  /** The same storage for one tenant. */
  forTenant?(tenantId: string): LendingStorage<Tx>
}

const made = new WeakMap<object, Kysely<unknown>>()

/** A client that a transaction lends is one, however often it is asked for. */
class OneClientDialect extends PostgresDialect {
  override createAdapter(): DialectAdapter {
    return alone(super.createAdapter())
  }
}

/** The Kysely on a lent connection; the same for the same connection. */
export function kyselyOver<DB>(
  connection: object,
  dialect: Dialect,
  { isTransaction }: { readonly isTransaction: boolean },
): Kysely<DB> {
  const known = made.get(connection)
  if (known !== undefined) return known as Kysely<DB>
  const kysely = new Kysely<unknown>({
    dialect:
      dialect === 'sqlite'
        ? new SqliteDialect({ database: connection as SqliteDatabase })
        : new (isTransaction ? OneClientDialect : PostgresDialect)({ pool: connection as PostgresPool }),
  })
  made.set(connection, kysely)
  return kysely as Kysely<DB>
}
