import { CompiledQuery } from 'kysely'
import type { Dialect } from '../dialect.ts'
import type { Begun } from './begin-transaction.ts'
import { plain } from './plain.ts'
import {
  isSqliteError,
  KyselyOutcomeUnknownError,
  KyselyTransactionAbortedError,
  sqlStateOf,
} from './unit-of-work-error.ts'

/**
 * Commits; returns only when the database has said so.
 *
 * @throws KyselyOutcomeUnknownError when it was asked, and its answer did not arrive here
 */
export async function commit<DB>({ connection, rollBack }: Begun<DB>, dialect: Dialect): Promise<void> {
  let answer: readonly unknown[]
  try {
    answer = (await plain(connection).executeQuery(CompiledQuery.raw('commit'))).rows
  } catch (error) {
    await rollBack()
    throw wasRefused(error, dialect) ? error : new KyselyOutcomeUnknownError(error)
  }
  const [tag] = answer as readonly { readonly command?: string }[]
  if (tag?.command === 'ROLLBACK') throw new KyselyTransactionAbortedError()
}

/** Where the connection or the server goes away (classes 08 and 57P), or a log of Kysely throws, nobody said no. */
function wasRefused(error: unknown, dialect: Dialect): boolean {
  if (dialect === 'sqlite') return isSqliteError(error)
  const state = sqlStateOf(error)
  return state !== undefined && state !== '40003' && !/^(?:08|57P)/.test(state)
}
