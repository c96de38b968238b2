import { DatabaseSync } from 'node:sqlite'
import { type Dialect, KyselyReader, KyselyUnitOfWork, nodeSqliteDatabase, TableMap } from '@ashlar/kysely'
import { defineFields } from '@ashlar/specification'
import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'

/** Fields and columns by names that trip those who put SQL and objects together carelessly. */
export type Odd = {
  readonly constructor: string
  readonly toString: string
  readonly amount: bigint
  readonly ratio: number
  readonly at: string
}

export const odd = defineFields<Odd>()(
  ({ text, bigint, number, timestamp }) => ({
    constructor: text((row) => row.constructor),
    toString: text((row) => row.toString),
    amount: bigint((row) => row.amount),
    ratio: number((row) => row.ratio),
    at: timestamp((row) => row.at),
  }),
  { id: 'constructor', sortable: ['toString'] },
)

const columns = {
  constructor: 'Id "; drop table x; --',
  toString: "it's ?, $1 and :x",
  amount: 'select',
  ratio: '__proto__',
  at: ' ',
} as const

export const oddText: readonly string[] = [
  '\'; drop table "Odd table"; --',
  '"',
  '\\',
  '\\\\',
  '--',
  '/*',
  '$1',
  '?',
  ':x',
  '@x',
  '%_',
  '%',
  '_',
  "''",
  '{',
  '}',
  '{"a",NULL}',
  'NULL',
  ',',
  '',
  ' ',
  '\n',
  '\t\r',
  '\u0001',
  '\uE000',
  '\uD7FF',
  '\u{10FFFF}',
  '\u{10FFFF}\u{10FFFF}',
  '%_'.repeat(5_000),
]

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`

/** A row of each odd text, in one database. */
export class OddDatabase {
  readonly kysely: Kysely<unknown>
  readonly reader: KyselyReader<Odd, { readonly constructor: string; readonly amount: bigint }>

  private constructor(kysely: Kysely<unknown>, dialect: Dialect) {
    this.kysely = kysely
    this.reader = new KyselyReader({
      unitOfWork: new KyselyUnitOfWork({ kysely, dialect }),
      table: new TableMap(odd, { dialect, table: 'Odd table', columns }),
      select: ({ text, bigint }) => ({ constructor: text('constructor'), amount: bigint('amount') }),
      deletedColumn: false,
    })
  }

  static async sqlite(): Promise<OddDatabase> {
    const database = nodeSqliteDatabase(new DatabaseSync(':memory:'))
    const made = new OddDatabase(new Kysely({ dialect: new SqliteDialect({ database }) }), 'sqlite')
    await made.fill(
      ['text', 'text', '', 'real', 'text'],
      () => '?',
      (amount) => amount,
    )
    return made
  }

  static async postgres(url: string): Promise<OddDatabase> {
    const pool = new pg.Pool({ connectionString: url, max: 2, options: '-c search_path=odd' })
    await pool.query('drop schema if exists odd cascade; create schema odd')
    const made = new OddDatabase(new Kysely({ dialect: new PostgresDialect({ pool }) }), 'postgres')
    await made.fill(['text', 'text', 'int8', 'float8', 'timestamptz(3)'], (index) => `$${index + 1}`, String)
    return made
  }

  async fill(
    types: readonly string[],
    place: (index: number) => string,
    amountOf: (amount: bigint) => unknown,
  ): Promise<void> {
    const names = Object.values(columns).map(quoted)
    const run = (sql: string, parameters: unknown[] = []) =>
      this.kysely.executeQuery(CompiledQuery.raw(sql, parameters))
    await run(
      `create table "Odd table" (${names.map((name, index) => `${name} ${types[index]}`).join(', ')})`,
    )
    for (const [index, text] of oddText.entries())
      await run(`insert into "Odd table" values (${names.map((_, column) => place(column)).join(', ')})`, [
        `${index}`,
        text,
        amountOf(9_007_199_254_740_993n + BigInt(index)),
        index / 7,
        timeOf(index),
      ])
  }
}

/** The time of a row. */
export function timeOf(index: number): string {
  return `2026-01-31T12:00:00.${String(index).padStart(3, '0')}Z`
}
