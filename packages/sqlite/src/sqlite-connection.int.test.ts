import { join } from 'node:path'
import { ok } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/temporary.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { SqliteStorage } from './sqlite-storage.ts'

describe('the connection that SqliteStorage lends', () => {
  const folder = temporaryFolder()
  let storage: SqliteStorage

  beforeEach(async () => {
    storage = await SqliteStorage.open({ path: join(folder(), 'a.db'), synchronous: 'normal' })
    await inside((connection) =>
      connection.prepare('create table things (id integer primary key, value)').run([]),
    )
  })
  afterEach(() => storage.close())

  const inside = <T>(work: (connection: SqliteConnection) => T) =>
    storage.transaction(async ({ connection }) => ok(work(connection)))
  const insert = 'insert into things (value) values (?)'

  it('tells statements that give rows from those that do not', async () => {
    await inside((connection) => {
      expect(connection.prepare('select 1').reader).toBe(true)
      expect(connection.prepare(insert).reader).toBe(false)
      expect(connection.prepare(`${insert} returning id`).reader).toBe(true)
    })
  })

  it('tells what a statement has changed', async () => {
    await inside((connection) => {
      expect(connection.prepare(insert).run(['a'])).toEqual({ changes: 1, lastInsertRowid: 1 })
      expect(connection.prepare(`${insert} returning id`).all(['b'])).toEqual([{ id: 2 }])
      expect(connection.prepare('update things set value = ?').run(['c'])).toMatchObject({ changes: 2 })
    })
  })

  it.each([
    [true, 1],
    [false, 0],
    [undefined, null],
    [null, null],
    ['text', 'text'],
    [12n, 12],
    [1.5, 1.5],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [Uint8Array.of(1, 2), Uint8Array.of(1, 2)],
  ])('keeps %s as %s', async (value, kept) => {
    await inside((connection) => connection.prepare(insert).run([value]))

    expect(storage.connection.prepare('select value from things').all([])).toEqual([{ value: kept }])
  })

  it.each([[{}], [[]], [Number.NaN], [() => 1], [Symbol('s')]])('refuses the parameter %o', async (value) => {
    await inside((connection) => {
      expect(() => connection.prepare(insert).run([value])).toThrow('parameter 1 must be')
    })
  })

  it('gives rows one by one, and keeps nothing open for them', async () => {
    await inside((connection) => {
      for (const value of ['a', 'b', 'c']) connection.prepare(insert).run([value])
      const select = connection.prepare('select id, value from things order by id')
      const rows = select.iterate([])

      expect(rows.next().value).toEqual({ id: 1, value: 'a' })
      expect(select.all([])).toHaveLength(3)
      expect(rows.next().value).toEqual({ id: 2, value: 'b' })
    })
  })

  it('outside of a transaction reads what was committed, and can not write', async () => {
    expect(() => storage.connection.prepare(insert).run(['a'])).toThrow('readonly')
    expect(storage.connection.prepare('select count(*) as count from things').all([])).toEqual([{ count: 0 }])
  })

  it.each([
    'begin',
    ' COMMIT',
    'end',
    'rollback',
    '/* x */ commit',
    '-- x\n commit',
    ';commit',
    "attach 'b.db' as b",
  ])('refuses "%s"', async (sql) => {
    await inside((connection) => {
      expect(() => connection.prepare(sql)).toThrow(
        expect.objectContaining({ code: 'ASHLAR_SQLITE_STATEMENT' }),
      )
    })
    expect(() => storage.connection.prepare(sql)).toThrow(/ASHLAR|transaction/)
  })

  it.each([
    'pragma query_only = on',
    'PRAGMA main.query_only(1)',
    'pragma "query_only" = 1',
    'pragma/* x */query_only = 1',
    'pragma user_version = 7',
    'pragma journal_mode = delete',
    'explain pragma query_only = on',
    'explain query plan pragma query_only',
  ])('refuses "%s", which would outlive the transaction', async (sql) => {
    await inside((connection) => {
      expect(() => connection.prepare(sql)).toThrow(
        expect.objectContaining({ code: 'ASHLAR_SQLITE_STATEMENT' }),
      )
    })
    expect(() => storage.connection.prepare(sql)).toThrow('outlive')
    await inside((connection) => {
      connection.prepare(insert).run(['a'])
    })
    expect(storage.connection.prepare('select value from things').all([])).toEqual([{ value: 'a' }])
  })

  it.each([
    'pragma query_only;',
    'pragma main.user_version',
    'pragma table_info(things)',
    'pragma main.index_list("things")',
    'pragma foreign_key_check',
    'pragma defer_foreign_keys = on',
  ])('lets "%s" look, or end with the transaction', async (sql) => {
    await inside((connection) => {
      expect(() => connection.prepare(sql).all([])).not.toThrow()
    })
  })

  it('lets savepoints be used inside of a transaction only', async () => {
    await inside((connection) => {
      connection.prepare('savepoint a').run([])
      connection.prepare(insert).run(['a'])
      connection.prepare('rollback to a').run([])
      connection.prepare('release a').run([])
    })

    expect(storage.connection.prepare('select * from things').all([])).toEqual([])
    expect(() => storage.connection.prepare('savepoint a')).toThrow('savepoints are for transactions')
  })

  it('refuses several statements in one text', async () => {
    await inside((connection) => {
      expect(() => connection.prepare('delete from things; drop table things')).toThrow('found several')
      expect(connection.prepare('select 1 as one; -- the end').all([])).toEqual([{ one: 1 }])
    })
  })

  it('does nothing when it is closed, since it is lent', async () => {
    await inside((connection) => {
      connection.close()
      expect(connection.prepare('select 1 as one').all([])).toEqual([{ one: 1 }])
    })
  })

  it('refuses all use after the transaction', async () => {
    const code = 'ASHLAR_KERNEL_TRANSACTION_ENDED'
    const { leaked, statement } = (
      await inside((connection) => ({ leaked: connection, statement: connection.prepare(insert) }))
    )._unsafeUnwrap()

    expect(() => leaked.prepare('select 1')).toThrow(expect.objectContaining({ code }))
    expect(() => statement.run(['a'])).toThrow(expect.objectContaining({ code }))
    expect(() => statement.iterate(['a'])).toThrow(expect.objectContaining({ code }))
    expect(storage.connection.prepare('select * from things').all([])).toEqual([])
  })

  it('refuses all use once the storage is closed', async () => {
    await storage.close()

    expect(() => storage.connection.prepare('select 1')).toThrow(
      expect.objectContaining({ code: 'ASHLAR_EVENT_STORE_CLOSED' }),
    )
  })

  it('prepares any number of statements', async () => {
    for (let number = 0; number < 1_000; number++)
      expect(storage.connection.prepare(`select ${number} as number`).all([])).toEqual([{ number }])
  })
})
