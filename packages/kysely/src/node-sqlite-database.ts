import type { SqliteDatabase, SqliteStatement } from 'kysely'

/** The part of `DatabaseSync` of `node:sqlite` that is needed. */
export interface NodeSqlite {
  /** As `DatabaseSync` has it. */
  prepare(sql: string): NodeSqliteStatement
  /** As `DatabaseSync` has it. */
  close(): void
}

/** The part of `StatementSync` of `node:sqlite` that is needed. */
export interface NodeSqliteStatement {
  /** As `StatementSync` has it. */
  all(...parameters: never[]): unknown[]
  /** As `StatementSync` has it. */
  run(...parameters: never[]): {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
  /** As `StatementSync` has it. */
  iterate(...parameters: never[]): IterableIterator<unknown>
  /** As `StatementSync` has it. */
  columns(): readonly unknown[]
}

/**
 * Gives a database of `node:sqlite` the shape that Kysely's `SqliteDialect` takes.
 *
 * @param database - of Node 22.16 or newer; `close` closes it
 * @returns the same database
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { nodeSqliteDatabase } from '@ashlar/kysely'
 * import { Kysely, SqliteDialect, sql } from 'kysely'
 *
 * const kysely = new Kysely({ dialect: new SqliteDialect({ database: nodeSqliteDatabase(new DatabaseSync(':memory:')) }) })
 * const { rows } = await sql`select 1 + 1 as sum`.execute(kysely)
 * console.log(rows)
 * await kysely.destroy()
 * ```
 */
export function nodeSqliteDatabase(database: NodeSqlite): SqliteDatabase {
  const kept = new Map<string, SqliteStatement>()
  const prepare = (sql: string): SqliteStatement => {
    const statement = database.prepare(sql)
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...(parameters as never[])),
      run: (parameters) => statement.run(...(parameters as never[])),
      iterate: (parameters) => database.prepare(sql).iterate(...(parameters as never[])),
    }
  }
  return {
    prepare(sql) {
      const known = kept.get(sql)
      if (known !== undefined) return known
      const [oldest] = kept.keys()
      if (kept.size === mostKept && oldest !== undefined) kept.delete(oldest)
      const statement = prepare(sql)
      kept.set(sql, statement)
      return statement
    },
    close: () => database.close(),
  }
}

/** Statements of one application are few; texts with lists of any length in them are not. */
const mostKept = 500
