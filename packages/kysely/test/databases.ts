import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Dialect, nodeSqliteDatabase } from '@ashlar/kysely'
import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'

/** A database with tables of its own, empty. */
export interface OpenedDatabase {
  readonly dialect: Dialect
  readonly kysely: Kysely<unknown>
  /** Has a name that no other test uses. */
  readonly table: string
  /** Runs SQL without a result. */
  execute(sql: string): Promise<void>
  close(): Promise<void>
}

let opened = 0

/** How the table of accounts is made; `events` beside it holds what was recorded. */
export function accountTables(table: string, dialect: Dialect): readonly string[] {
  const [bigint, boolean, time, sequence] =
    dialect === 'sqlite'
      ? ['integer', 'integer', 'text', 'integer']
      : ['bigint', 'boolean', 'timestamptz', 'bigserial']
  return [
    `create table "${table}" (
      id text primary key, owner text not null, email text not null unique, nickname text,
      balance ${bigint} not null, is_vip ${boolean} not null, tenant text,
      version integer not null, created_at ${time} not null, created_by text,
      modified_at ${time}, modified_by text, is_deleted ${boolean} not null
    )${dialect === 'sqlite' ? ' strict' : ''}`,
    `create table "${table}_events" (
      seq ${sequence} primary key, account text not null, type text not null, data text not null
    )`,
  ]
}

/** Opens a file of its own. */
export async function openSqlite(): Promise<OpenedDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-kysely-'))
  const kysely = new Kysely<unknown>({ dialect: sqliteAt(join(folder, 'test.db')) })
  return withTables('sqlite', kysely, () => rmSync(folder, { recursive: true }))
}

/** Opens tables of its own in a database that is there. */
export async function openPostgres(url: string, connections = 5): Promise<OpenedDatabase> {
  const kysely = new Kysely<unknown>({ dialect: postgresAt(url, connections) })
  return withTables('postgres', kysely, () => undefined)
}

/** A file whose commits are safe, and that waits for another process. */
export function sqliteAt(path: string): SqliteDialect {
  const database = new DatabaseSync(path, { timeout: 10_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  return new SqliteDialect({ database: nodeSqliteDatabase(database) })
}

/** A pool that outlives the connections that it loses, those that are lent included. */
export function postgresAt(url: string, connections: number): PostgresDialect {
  const pool = new pg.Pool({ connectionString: url, max: connections })
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new PostgresDialect({ pool })
}

/** Opens a database by where it is: the URL of PostgreSQL, or the path of a file. */
export function dialectAt(dialect: Dialect, place: string, connections = 2): SqliteDialect | PostgresDialect {
  return dialect === 'sqlite' ? sqliteAt(place) : postgresAt(place, connections)
}

async function withTables(
  dialect: Dialect,
  kysely: Kysely<unknown>,
  cleanUp: () => void,
): Promise<OpenedDatabase> {
  const table = `accounts_${process.pid}_${++opened}`
  const execute = async (sql: string) => {
    await kysely.executeQuery(CompiledQuery.raw(sql))
  }
  for (const statement of accountTables(table, dialect)) await execute(statement)
  return {
    dialect,
    kysely,
    table,
    execute,
    async close() {
      await kysely.destroy()
      cleanUp()
    },
  }
}
