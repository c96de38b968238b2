import { CompiledQuery, type Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { KyselyOutcomeUnknownError, KyselyTransactionAbortedError, sqlStateOf } from './unit-of-work-error.ts'

/** A connection that runs statements. */
type Runner = Pick<Kysely<unknown>, 'executeQuery'>

/**
 * Commits; returns only when the database has said so.
 *
 * @throws KyselyOutcomeUnknownError when PostgreSQL was asked and did not answer
 */
export async function commit(connection: Runner, dialect: Dialect): Promise<void> {
  let answer: readonly unknown[]
  try {
    answer = (await connection.executeQuery(CompiledQuery.raw('commit'))).rows
  } catch (error) {
    if (dialect === 'postgres' && !wasAnswered(error)) throw new KyselyOutcomeUnknownError(error)
    await rollBack(connection)
    throw error
  }
  const [tag] = answer as readonly { readonly command?: string }[]
  if (tag?.command === 'ROLLBACK') throw new KyselyTransactionAbortedError()
}

/** Rolls back; a connection that is gone has rolled back by itself, and is not lent again. */
export async function rollBack(connection: Runner): Promise<void> {
  try {
    await connection.executeQuery(CompiledQuery.raw('rollback'))
  } catch {}
}

/** Where the connection or the server goes away (classes 08 and 57P), nobody says what became of the commit. */
function wasAnswered(error: unknown): boolean {
  const state = sqlStateOf(error)
  return state !== undefined && state !== '40003' && !/^(?:08|57P)/.test(state)
}
