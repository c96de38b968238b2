import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { script, temporaryFolder } from '../test/temporary.ts'
import { SqliteStorage, type SqliteStorageOptions } from './sqlite-storage.ts'

describe('SqliteStorage.open', () => {
  const folder = temporaryFolder()
  const open = (path: string, busyTimeoutMs = 50) => SqliteStorage.open({ path, busyTimeoutMs })

  it.each(['', ':memory:', 'file::memory:?cache=shared'])(
    'refuses "%s" and points to the memory',
    async (path) => {
      await expect(open(path)).rejects.toThrow('InMemoryStorage of @ashlar/memory')
      await expect(open(path)).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_MEMORY_PATH' })
    },
  )

  it('refuses a folder', async () => {
    await expect(open(folder())).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_CANNOT_OPEN' })
  })

  it('refuses a file in a folder that is missing', async () => {
    await expect(open(join(folder(), 'missing', 'a.db'))).rejects.toThrow('is missing')
  })

  it.each([
    ['a short text', 'hello'],
    ['a long text', 'hello '.repeat(2_000)],
    ['a damaged database', `SQLite format 3\0${'\x7f'.repeat(8_000)}`],
  ])('refuses %s, and leaves it as it is', async (_, content) => {
    const path = join(folder(), 'a.db')
    writeFileSync(path, content)

    await expect(open(path)).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_FOREIGN_FILE',
      cause: expect.any(Error),
    })
    expect(readFileSync(path, 'latin1')).toBe(content)
    expect(openHandles(path)).toEqual([])
  })

  it('refuses the database of another application, and leaves it as it is', async () => {
    const path = databaseWith('pragma application_id = 42')
    const before = readFileSync(path)

    await expect(open(path)).rejects.toThrow('application_id 42')
    expect(readFileSync(path)).toEqual(before)
    expect(openHandles(path)).toEqual([])
  })

  it('refuses the schema of a newer release, and leaves it as it is', async () => {
    const path = databaseWith(`pragma application_id = ${0x4173686c}; pragma user_version = 999`)
    const before = readFileSync(path)

    await expect(open(path)).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_SCHEMA_TOO_NEW' })
    expect(readFileSync(path)).toEqual(before)
    expect(openHandles(path)).toEqual([])
  })

  it('moves into a database that has tables of its own', async () => {
    const path = databaseWith('create table customers (id text); insert into customers values (1)')

    const storage = await open(path)

    expect(storage.connection.prepare('select id from customers').all([])).toEqual([{ id: '1' }])
    await storage.close()
  })

  it.each([
    'create table events (x)',
    'create table Saga_Log (x)',
    'create view streams as select 1',
    'create table x (y); create index sagas_due on x (y)',
  ])('refuses a database whose names it would need, and leaves it as it is: %s', async (sql) => {
    const path = databaseWith(sql)
    const before = readFileSync(path)

    await expect(open(path)).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FOREIGN_FILE' })
    await expect(open(path)).rejects.toThrow(/found a "(events|Saga_Log|streams|sagas_due)"/)
    expect(readFileSync(path)).toEqual(before)
    expect(openHandles(path)).toEqual([])
  })

  it.each<[string, Record<string, unknown>]>([
    ['synchronous', { synchronous: 'off' }],
    ['synchronous', { synchronous: null }],
    ['busyTimeoutMs', { busyTimeoutMs: -1 }],
    ['busyTimeoutMs', { busyTimeoutMs: Number.NaN }],
    ['busyTimeoutMs', { busyTimeoutMs: Number.POSITIVE_INFINITY }],
    ['busyTimeoutMs', { busyTimeoutMs: '50' }],
    ['path', { path: undefined }],
    ['path', { path: Object.create(null) }],
  ])('refuses the option %s of %o, and makes no file', async (option, wrong) => {
    const options = { path: join(folder(), 'a.db'), ...wrong } as unknown as SqliteStorageOptions

    await expect(SqliteStorage.open(options)).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_INVALID_OPTION',
      message: expect.stringContaining(`"${option}"`),
    })
    expect(readdirSync(folder())).toEqual([])
  })

  it.for<[string, (path: string) => void]>([
    ['removed', (path) => ['', '-wal', '-shm'].map((end) => rmSync(`${path}${end}`))],
    ['moved', (path) => renameSync(path, `${path}.old`)],
    [
      'replaced',
      (path) => {
        copyFileSync(path, `${path}.new`)
        renameSync(`${path}.new`, path)
      },
    ],
  ])('soon refuses to write to a file that was %s', { timeout: 10_000 }, async ([, change], { signal }) => {
    const path = join(folder(), 'a.db')
    const storage = await open(path)
    const append = () =>
      orThrow(
        storage.events.append(
          { stream: 'cart-1', expected: 'any', events: [{ type: 'Opened', data: {} }] },
          createContext(),
        ),
      )
    await append()

    change(path)
    const appending = (async () => {
      while (!signal.aborted) await append()
    })()

    const gone = { name: 'SqliteFileGoneError', code: 'ASHLAR_SQLITE_FILE_GONE' }
    await expect(appending).rejects.toMatchObject(gone)
    await expect(storage.transaction(async () => ok())).rejects.toMatchObject(gone)
    await expect(append()).rejects.toMatchObject(gone)
    await storage.close()
  })

  it('lets a log that one large transaction has made grow shrink again', async () => {
    const path = join(folder(), 'a.db')
    const storage = await open(path)
    const run = (sql: string) => storage.transaction(async (tx) => ok(tx.connection.prepare(sql).run([])))
    await run('create table blobs as select zeroblob(24000000) as content')
    const largest = statSync(`${path}-wal`).size

    await run("insert into blobs values ('small')")

    expect(largest).toBeGreaterThan(24_000_000)
    expect(statSync(`${path}-wal`).size).toBeLessThan(17_000_000)
    await storage.close()
  })

  it('gives up on a file that somebody else keeps locked', async () => {
    const path = join(folder(), 'a.db')
    const other = new DatabaseSync(path)
    other.exec('begin exclusive')

    await expect(open(path)).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_BUSY', cause: expect.any(Error) })
    other.close()
    expect(openHandles(path)).toEqual([])
  })

  it('waits for a file that is locked for a moment', async () => {
    const path = join(folder(), 'a.db')
    const other = new DatabaseSync(path)
    other.exec('begin exclusive')

    const opening = open(path, 5_000)
    setImmediate(() => other.close())

    await (await opening).close()
  })

  it('keeps what is there when it is opened again', async () => {
    const path = join(folder(), 'a.db')
    const first = await open(path)
    await orThrow(
      first.events.append(
        { stream: 'cart-1', expected: 'none', events: [{ type: 'Opened', data: {} }] },
        createContext(),
      ),
    )
    await first.close()

    const second = await open(path)

    expect(await second.events.streamInfo('cart-1')).toEqual({ stream: 'cart-1', version: 1 })
    await second.close()
  })

  it('can be done by several at once on a new file', async () => {
    const path = join(folder(), 'a.db')

    const storages = await Promise.all([1, 2, 3, 4].map(() => open(path, 5_000)))

    expect(await Promise.all(storages.map(({ events }) => events.safePosition()))).toEqual([0, 0, 0, 0])
    await Promise.all(storages.map((storage) => storage.close()))
    expect(openHandles(path)).toEqual([])
  })

  it.each(['file', 'folder'])('refuses a %s that is read-only', async (part) => {
    const place = join(folder(), 'place')
    mkdirSync(place)
    const path = join(place, 'a.db')
    await (await open(path)).close()
    for (const entry of [place, path]) chownSync(entry, nobody, nobody)
    chmodSync(place, part === 'folder' ? 0o555 : 0o755)
    chmodSync(path, part === 'file' ? 0o444 : 0o644)
    chmodSync(folder(), 0o755)

    const told = execFileSync(...script('try-to-open.ts', [path, `${nobody}`]))

    expect(told.toString().trim()).toBe('ASHLAR_SQLITE_READ_ONLY')
  })

  function databaseWith(sql: string): string {
    const path = join(folder(), 'a.db')
    const database = new DatabaseSync(path)
    database.exec(sql)
    database.exec('create table if not exists mine (id text)')
    database.close()
    return path
  }
})

const nobody = process.getuid?.() === 0 ? 65_534 : (process.getuid?.() ?? 0)

/** The open files of this process that belong to the path; empty where the system doesn't tell. */
function openHandles(path: string): string[] {
  try {
    return readdirSync('/proc/self/fd')
      .map((handle) => {
        try {
          return readlinkSync(`/proc/self/fd/${handle}`)
        } catch {
          return ''
        }
      })
      .filter((target) => target.startsWith(path))
  } catch {
    return []
  }
}
