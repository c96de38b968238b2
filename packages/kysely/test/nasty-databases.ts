import { DatabaseSync } from 'node:sqlite'
import { type Dialect, KyselyUnitOfWork, nodeSqliteDatabase, TableMap } from '@ashlar/kysely'
import { type CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import { type Nasty, nasty, nastyColumns, nastyRows } from './nasty-rows.ts'

/** Nasty rows in a database, and the ways to ask for them. */
export interface NastyDatabase {
  readonly name: string
  readonly kysely: Kysely<never>
  readonly unitOfWork: KyselyUnitOfWork<never>
  readonly table: TableMap<Nasty, typeof nasty.fields>
  /** Runs a statement that was written for it. */
  run(query: CompiledQuery): Promise<readonly Record<string, unknown>[]>
}

const names = Object.values(nastyColumns).map((name) => `"${name.replaceAll('"', '""')}"`)

function tableFor(dialect: Dialect): NastyDatabase['table'] {
  return new TableMap(nasty, { dialect, table: 'Nasty rows', columns: nastyColumns })
}

/** In memory, by the Node's own SQLite. */
export function nastySqlite(): NastyDatabase {
  const database = new DatabaseSync(':memory:')
  const types = [
    'text',
    'text',
    'text',
    'integer',
    'real',
    'integer',
    'integer',
    'integer',
    'integer',
    'text',
    'text',
  ]
  const columns = names.map((name, index) => `${name} ${types[index]}`)
  database.exec(`create table "Nasty rows" (${columns.join(', ')}, is_deleted integer not null default 0)`)
  const insert = database.prepare(
    `insert into "Nasty rows" (${names.join(', ')}) values (${names.map(() => '?').join(', ')})`,
  )
  for (const row of nastyRows)
    insert.run(...valuesOf(row).map((value) => (typeof value === 'boolean' ? Number(value) : value)))
  const kysely = new Kysely<never>({ dialect: new SqliteDialect({ database: nodeSqliteDatabase(database) }) })
  return {
    name: 'SQLite',
    kysely,
    unitOfWork: new KyselyUnitOfWork({ kysely, dialect: 'sqlite' }),
    table: tableFor('sqlite'),
    run: async ({ sql, parameters }) =>
      database.prepare(sql).all(...(parameters as string[])) as Record<string, unknown>[],
  }
}

/** On a server; `schema` is made anew. */
export async function nastyPostgres(name: string, url: string, schema: string): Promise<NastyDatabase> {
  const pool = new pg.Pool({ connectionString: url, max: 2, options: `-c search_path=${schema}` })
  const types = [
    'text primary key',
    'text',
    'text',
    'int',
    'float8',
    'int8',
    'int8',
    'boolean',
    'boolean',
    'timestamptz(3)',
    'timestamptz(3)',
  ]
  const columns = names.map((column, index) => `${column} ${types[index]}`)
  await pool.query(`drop schema if exists ${schema} cascade; create schema ${schema}`)
  await pool.query(
    `create table "Nasty rows" (${columns.join(', ')}, is_deleted boolean not null default false)`,
  )
  const places = names.map((_, index) => `$${index + 1}`)
  for (const row of nastyRows)
    await pool.query(
      `insert into "Nasty rows" (${names.join(', ')}) values (${places.join(', ')})`,
      valuesOf(row).map((value) => (typeof value === 'bigint' ? String(value) : value)),
    )
  await pool.query('analyze')
  const kysely = new Kysely<never>({ dialect: new PostgresDialect({ pool }) })
  return {
    name,
    kysely,
    unitOfWork: new KyselyUnitOfWork({ kysely, dialect: 'postgres' }),
    table: tableFor('postgres'),
    run: async ({ sql, parameters }) => (await pool.query(sql, [...parameters])).rows,
  }
}

function valuesOf(row: Nasty): (string | number | bigint | boolean | null)[] {
  return Object.keys(nastyColumns).map((name) => row[name as keyof Nasty])
}
