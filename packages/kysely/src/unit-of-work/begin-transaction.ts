import { CompiledQuery, type Kysely } from 'kysely'
import { plain } from './plain.ts'
import type { KyselyUnitOfWorkOptions } from './unit-of-work-options.ts'

/** A transaction that is under way. */
export interface Begun<DB> {
  /** Runs statements of the transaction. */
  readonly connection: Kysely<DB>
  /** Never throws: where nobody answers, the connection is gone, or is not lent again. */
  rollBack(): Promise<void>
}

/** How a transaction begins; one that may have begun without an answer is rolled back. */
export type Begin<DB> = (connection: Kysely<DB>) => Promise<Begun<DB>>

/**
 * Takes SQLite's only turn at writing at once; a transaction that read first could not have it any more.
 *
 * @param connection - stays on one connection
 */
export async function beginOnSqlite<DB>(connection: Kysely<DB>): Promise<Begun<DB>> {
  const rollBack = () => tried(run(connection, 'rollback'))
  await orUndone(run(connection, 'begin immediate'), rollBack)
  return { connection, rollBack }
}

/**
 * Begins by Kysely's driver, which drops a connection that did not answer to a rollback: whoever was lent it would commit
 * what is left on it.
 *
 * @param isolation - the server's own unless told
 */
export function beginOnPostgres<DB>(isolation: KyselyUnitOfWorkOptions<DB>['isolation']): Begin<DB> {
  return async (connection) => {
    const builder = connection.startTransaction()
    const beginning = isolation === undefined ? builder : builder.setIsolationLevel(isolation)
    const transaction = await orUndone(beginning.execute(), () => tried(run(connection, 'rollback')))
    return { connection: transaction, rollBack: () => tried(transaction.rollback().execute()) }
  }
}

function run<DB>(connection: Kysely<DB>, sql: string): Promise<unknown> {
  return plain(connection).executeQuery(CompiledQuery.raw(sql))
}

async function orUndone<T>(begun: Promise<T>, rollBack: () => Promise<void>): Promise<T> {
  try {
    return await begun
  } catch (error) {
    await rollBack()
    throw error
  }
}

async function tried(rolledBack: Promise<unknown>): Promise<void> {
  try {
    await rolledBack
  } catch {}
}
