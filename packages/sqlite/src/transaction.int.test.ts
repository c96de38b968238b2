import { join } from 'node:path'
import { createContext } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/temporary.ts'
import { type SqlitePorts, SqliteStorage } from './sqlite-storage.ts'

describe('a transaction of SqliteStorage', () => {
  const folder = temporaryFolder()
  const context = createContext()
  let storage: SqliteStorage

  beforeEach(async () => {
    storage = await SqliteStorage.open({ path: join(folder(), 'a.db'), synchronous: 'normal' })
    await storage.transaction(async ({ connection }) => {
      connection.prepare('create table parents (id text primary key) strict').run([])
      connection
        .prepare(
          'create table carts (id text primary key, parent text references parents deferrable initially deferred)',
        )
        .run([])
      return ok()
    })
  })
  afterEach(() => storage.close())

  const open = ({ events }: Pick<SqlitePorts, 'events'>, id: string, types = ['Opened']) =>
    events.append(
      { stream: `cart-${id}`, expected: 'none', events: types.map((type) => ({ type, data: {} })) },
      context,
    )
  const addRow = ({ connection }: SqlitePorts, id: string) =>
    connection.prepare('insert into carts (id) values (?)').run([id])
  const rows = () => storage.connection.prepare('select id from carts').all([])
  const version = async (id: string) => (await storage.events.streamInfo(`cart-${id}`))?.version

  it('commits events and rows of the application together', async () => {
    await orThrow(
      storage.transaction(async (tx) => {
        addRow(tx, '1')
        return open(tx, '1')
      }),
    )

    expect([rows(), await version('1')]).toEqual([[{ id: '1' }], 1])
  })

  it('rolls events and rows of the application back together', async () => {
    const refused = await storage.transaction(async (tx) => {
      addRow(tx, '1')
      await orThrow(open(tx, '1'))
      return err(failure('NotToday', 'no'))
    })

    expect(refused._unsafeUnwrapErr().type).toBe('NotToday')
    expect([rows(), await version('1')]).toEqual([[], undefined])
  })

  it('goes on after a conflict, of which nothing is left', async () => {
    await orThrow(open(storage, '1'))

    await orThrow(
      storage.transaction(async (tx) => {
        expect((await open(tx, '1')).isErr()).toBe(true)
        return open(tx, '2')
      }),
    )

    expect([await version('1'), await version('2')]).toEqual([1, 1])
  })

  it('leaves nothing of an append that breaks midway, and can go on', async () => {
    await orThrow(
      storage.transaction(async (tx) => {
        tx.connection
          .prepare(
            `create trigger refuse before insert on events when new.type = 'Refused'
              begin select raise(abort, 'refused by a trigger'); end`,
          )
          .run([])
        await expect(open(tx, '1', ['Opened', 'Refused'])).rejects.toMatchObject({
          code: 'ASHLAR_SQLITE_FAILED',
        })
        return open(tx, '2')
      }),
    )

    expect([await version('1'), await version('2')]).toEqual([undefined, 1])
  })

  it('is safe on the disk when it is committed, unless told otherwise', async () => {
    const careful = await SqliteStorage.open({ path: join(folder(), 'full.db') })

    const seen = await careful.transaction(async ({ connection }) =>
      ok(['synchronous', 'journal_mode'].map((name) => connection.prepare(`pragma ${name}`).all([]))),
    )

    expect(seen._unsafeUnwrap()).toEqual([[{ synchronous: 2 }], [{ journal_mode: 'wal' }]])
    await careful.close()
  })

  it('throws when the commit is refused, and leaves nothing', async () => {
    const running = storage.transaction(async (tx) => {
      tx.connection.prepare('insert into carts (id, parent) values (?, ?)').run(['1', 'nobody'])
      return open(tx, '1')
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FAILED' })
    expect([rows(), await version('1')]).toEqual([[], undefined])
    expect((await open(storage, '2')).isOk()).toBe(true)
  })

  it('does not write on when SQLite has rolled it back', async () => {
    const running = storage.transaction(async (tx) => {
      addRow(tx, '1')
      expect(() =>
        tx.connection.prepare('insert or rollback into carts (id) values (?)').run(['1']),
      ).toThrow()
      return open(tx, '1')
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_TRANSACTION_LOST' })
    expect([rows(), await version('1')]).toEqual([[], undefined])
  })

  it('does not commit what SQLite has rolled back, though the work says it went well', async () => {
    const running = storage.transaction(async (tx) => {
      addRow(tx, '1')
      expect(() =>
        tx.connection.prepare('insert or rollback into carts (id) values (?)').run(['1']),
      ).toThrow()
      return ok()
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_TRANSACTION_LOST' })
    expect(rows()).toEqual([])
  })

  it('rolls back when the work forgets to return a Result', async () => {
    const running = storage.transaction((async (tx: SqlitePorts) => {
      addRow(tx, '1')
    }) as never)

    await expect(running).rejects.toThrow(TypeError)
    expect(rows()).toEqual([])
  })

  it('does not refuse work that was started inside and goes on after the end', async () => {
    const gate = Promise.withResolvers<void>()
    let background: Promise<unknown> | undefined
    await storage.transaction(async () => {
      background = gate.promise.then(() => orThrow(open(storage, '1')))
      return ok()
    })

    gate.resolve()

    await background
    expect(await version('1')).toBe(1)
  })

  it('sees in its reads, queries and loads what it has written, which others do not', async () => {
    await storage.transaction(async (tx) => {
      await orThrow(open(tx, '1'))
      const count = { initialState: () => 0, evolve: (counted: number) => counted + 1 }
      const inside = await Promise.all([
        Array.fromAsync(tx.events.query('all')),
        Array.fromAsync(tx.events.read('cart-1')),
        tx.events.load('all', count),
        tx.events.safePosition(),
      ])
      expect(inside).toMatchObject([[{}], [{}], { state: 1, boundary: { after: 1 } }, 1])
      expect(await storage.events.safePosition()).toBe(0)
      return ok()
    })
  })

  it('lets those go who watch its own ports', async () => {
    const { signal } = new AbortController()
    let watching: Promise<number[]> | undefined

    await orThrow(
      storage.transaction(async (tx) => {
        watching = Array.fromAsync(tx.events.watch({ signal }))
        return open(tx, '1')
      }),
    )

    expect((await watching)?.[0]).toBeLessThanOrEqual(1)
  })

  it('ends reads that go on after its end', async () => {
    let reading: AsyncIterator<unknown> | undefined
    await storage.transaction(async (tx) => {
      reading = tx.events.query('all')[Symbol.asyncIterator]()
      return ok()
    })

    await expect(reading?.next()).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' })
  })

  it('can not close its storage', async () => {
    const running = storage.transaction(async () => ok(await storage.close()))

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
    expect((await open(storage, '1')).isOk()).toBe(true)
  })

  it('is refused once the storage is closed', async () => {
    await storage.close()

    await expect(storage.transaction(async () => ok())).rejects.toMatchObject({
      code: 'ASHLAR_EVENT_STORE_CLOSED',
    })
  })
})
