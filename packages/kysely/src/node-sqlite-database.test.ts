import { DatabaseSync } from 'node:sqlite'
import { Kysely, SqliteDialect, sql } from 'kysely'
import { expect, it } from 'vitest'
import { nodeSqliteDatabase } from './node-sqlite-database.ts'

function opened() {
  const file = new DatabaseSync(':memory:')
  file.exec('create table numbers (n integer primary key)')
  return { file, database: nodeSqliteDatabase(file) }
}

it('tells statements that give rows from those that do not', () => {
  const { database } = opened()

  const kinds = ['select 1', 'insert into numbers values (1)', 'insert into numbers values (2) returning n']

  expect(kinds.map((text) => database.prepare(text).reader)).toEqual([true, false, true])
})

it('prepares the same text once', () => {
  const { file } = opened()
  let prepared = 0
  const database = nodeSqliteDatabase({
    prepare(text) {
      prepared++
      return file.prepare(text)
    },
    close: () => file.close(),
  })

  for (let n = 0; n < 10; n++) database.prepare('insert into numbers values (?)').run([n])

  expect(prepared).toBe(1)
  expect(database.prepare('select count(*) as count from numbers').all([])).toEqual([{ count: 10 }])
})

it('goes through rows one by one while the same text is read again', () => {
  const { database } = opened()
  for (const n of [1, 2, 3]) database.prepare('insert into numbers values (?)').run([n])
  const rows = () => database.prepare('select n from numbers order by n')

  const seen: unknown[] = []
  for (const row of rows().iterate([])) seen.push(row, rows().all([]).length)

  expect(seen).toEqual([{ n: 1 }, 3, { n: 2 }, 3, { n: 3 }, 3])
})

it('gives the columns that a table has by now', () => {
  const { database } = opened()
  database.prepare('insert into numbers values (1)').run([])
  const rows = () => database.prepare('select * from numbers').all([])
  const before = rows()

  database.prepare("alter table numbers add column word text default 'one'").run([])

  expect([before, rows()]).toEqual([[{ n: 1 }], [{ n: 1, word: 'one' }]])
})

it('takes more texts than it keeps', () => {
  const { database } = opened()

  const sums = Array.from(
    { length: 1_500 },
    (_, n) => database.prepare(`select ${n % 1_100} as n`).all([])[0],
  )

  expect(sums[1_499]).toEqual({ n: 399 })
})

it('serves Kysely, streams included', async () => {
  const { database } = opened()
  const kysely = new Kysely<{ numbers: { n: number } }>({ dialect: new SqliteDialect({ database }) })
  await kysely
    .insertInto('numbers')
    .values([{ n: 1 }, { n: 2 }])
    .execute()

  const streamed = await Array.fromAsync(kysely.selectFrom('numbers').selectAll().stream())
  const { rows } = await sql<{ n: number }>`select max(n) as n from numbers`.execute(kysely)

  expect([streamed, rows]).toEqual([[{ n: 1 }, { n: 2 }], [{ n: 2 }]])
  await kysely.destroy()
})
