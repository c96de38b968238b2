import type { UnitOfWork } from '@ashlar/kernel'
import { Kysely, PostgresDialect, type PostgresPool, type SqliteDatabase, SqliteDialect } from 'kysely'
import type { Dialect } from '../dialect.ts'

/** A storage that lends its connection in the shape of Kysely's driver, as every storage of Ashlar on a database does. */
export interface LendingStorage<Tx extends { readonly connection: object }> extends UnitOfWork<Tx> {
  /** For queries over what was committed. */
  readonly connection: object
  /** The same storage for one tenant. */
  forTenant?(tenantId: string): LendingStorage<Tx>
}

const made = new WeakMap<object, Kysely<unknown>>()

/** The Kysely on a lent connection; the same for the same connection. */
export function kyselyOver<DB>(connection: object, dialect: Dialect): Kysely<DB> {
  const known = made.get(connection)
  if (known !== undefined) return known as Kysely<DB>
  const kysely = new Kysely<unknown>({
    dialect:
      dialect === 'sqlite'
        ? new SqliteDialect({ database: connection as SqliteDatabase })
        : new PostgresDialect({ pool: connection as PostgresPool }),
  })
  made.set(connection, kysely)
  return kysely as Kysely<DB>
}
