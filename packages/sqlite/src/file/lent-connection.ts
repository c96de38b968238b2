import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import type { SqliteConnection, SqliteStatement } from '../sqlite-connection.ts'
import { SqliteStatementError } from '../sqlite-error.ts'
import { StatementCache } from './statement-cache.ts'

type Prepared = { readonly statement: StatementSync; readonly reader: boolean }

const comments = /^(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?(?:\*\/|$)|;)+/
const endsTransaction = /^(?:begin|commit|end|rollback(?!\s+(?:transaction\s+)?to\b)|attach|detach)\b/i
const movesSavepoint = /^(?:savepoint|release|rollback)\b/i

const pragma = /^(?:explain\s+(?:query\s+plan\s+)?)?pragma\b/i
const readsPragma = /^pragma\s+(?:\w+\s*\.\s*)?\w+\s*;?\s*$/i
const asksPragma =
  /^pragma\s+(?:\w+\s*\.\s*)?(?:table_x?info|table_list|index_(?:x?info|list)|foreign_key_(?:list|check)|integrity_check|quick_check|defer_foreign_keys)\s*[=(]/i

/** Lends a database's connection to those who bring their own SQL. */
export class ConnectionLender {
  readonly #database: DatabaseSync
  readonly #prepared: StatementCache<Prepared>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#prepared = new StatementCache((sql) => this.#prepare(sql))
  }

  /**
   * @param admit - throws when the connection may not be used now
   * @param options - `savepoints`: whether the borrower is inside of a transaction
   */
  lend(
    admit: (operation: string) => void,
    { savepoints }: { readonly savepoints: boolean },
  ): SqliteConnection {
    return {
      prepare: (sql) => {
        admit('prepare')
        if (!savepoints && movesSavepoint.test(sql.replace(comments, '')))
          throw new SqliteStatementError(sql, 'savepoints are for transactions')
        return guarded(this.#prepared.get(sql), admit)
      },
      close() {},
    }
  }

  #prepare(sql: string): Prepared {
    const bare = sql.replace(comments, '')
    if (endsTransaction.test(bare))
      throw new SqliteStatementError(sql, 'the storage begins and ends transactions: use its transaction()')
    if (pragma.test(bare) && !readsPragma.test(bare) && !asksPragma.test(bare))
      throw new SqliteStatementError(sql, 'a setting would outlive the transaction, and change it for all')
    const statement = this.#database.prepare(sql)
    if (sql.slice(statement.sourceSQL.length).replace(comments, '') !== '')
      throw new SqliteStatementError(sql, 'expected one statement, found several')
    return { statement, reader: statement.columns().length > 0 }
  }
}

function guarded({ statement, reader }: Prepared, admit: (operation: string) => void): SqliteStatement {
  const all = (parameters: readonly unknown[]) => {
    admit('all')
    return statement.all(...parameters.map(toSqlite))
  }
  return {
    reader,
    all,
    run(parameters) {
      admit('run')
      return statement.run(...parameters.map(toSqlite))
    },
    iterate: (parameters) => all(parameters).values(),
  }
}

function toSqlite(value: unknown, index: number): SQLInputValue {
  switch (typeof value) {
    case 'string':
    case 'bigint':
      return value
    case 'undefined':
      return null
    case 'boolean':
      return value ? 1 : 0
    case 'number':
      if (Number.isNaN(value)) break
      return value
    case 'object':
      if (value === null || value instanceof Uint8Array) return value
      if (value instanceof Date) return value.toISOString()
  }
  throw new TypeError(`parameter ${index + 1} must be a value that SQLite can keep, found ${describe(value)}`)
}

function describe(value: unknown): string {
  return typeof value === 'object' ? 'an object' : typeof value === 'number' ? 'NaN' : typeof value
}
