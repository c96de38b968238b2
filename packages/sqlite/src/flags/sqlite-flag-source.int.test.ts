import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { fixedClock } from '@ashlar/kernel/testing'
import { ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary.ts'
import { SqliteStorage } from '../sqlite-storage.ts'
import { SqliteFlagSource, type SqliteFlagSourceOptions } from './sqlite-flag-source.ts'

describe('SqliteFlagSource', () => {
  const folder = temporaryFolder()
  const path = () => join(folder(), 'shop.db')
  const open = (options: Partial<SqliteFlagSourceOptions> = {}) =>
    SqliteFlagSource.open({ path: path(), pollMs: 5, busyTimeoutMs: 50, ...options })

  it('counts saves from 1, and gives the count to a document that names no revision', async () => {
    await using source = await open()

    const saved = [await source.save({ flags: {} }), await source.save({ flags: {}, note: 1 })]

    expect(saved).toEqual([ok({ revision: 1 }), ok({ revision: 2 })])
    expect(await source.load()).toEqual({ document: { flags: {}, note: 1, revision: '2' } })
  })

  it('leaves a revision that the document names, and what is no object', async () => {
    await using source = await open()

    await orThrow(source.save({ revision: '2026-01', flags: {} }))
    const named = await source.load()
    await orThrow(source.save([1]))

    expect(named).toEqual({ document: { revision: '2026-01', flags: {} } })
    expect(await source.load()).toEqual({ document: [1] })
  })

  it('refuses a save over another revision than the expected one', async () => {
    await using source = await open()
    await orThrow(source.save({ by: 'ada' }, { expectedRevision: 0 }))

    const refused = [
      await source.save({ by: 'bob' }, { expectedRevision: 0 }),
      await source.save({ by: 'bob' }, { expectedRevision: 2 }),
    ]

    expect(refused.map((result) => result._unsafeUnwrapErr())).toMatchObject([
      { type: 'FlagRevisionConflict', name: 'default', expected: 0, found: 1 },
      { type: 'FlagRevisionConflict', name: 'default', expected: 2, found: 1 },
    ])
    expect(await source.load()).toMatchObject({ document: { by: 'ada' } })
  })

  it('lets one of many win who have seen the same revision', async () => {
    await using source = await open()
    await using other = await open()

    const saves = Array.from({ length: 10 }, (_, by) =>
      (by % 2 ? source : other).save({ by }, { expectedRevision: 0 }),
    )

    expect((await Promise.all(saves)).filter((result) => result.isOk())).toHaveLength(1)
  })

  it('keeps documents by name, and when they were saved', async () => {
    const clock = fixedClock('2026-03-01T00:00:00Z')
    await using source = await open({ clock })
    await using other = await open({ name: 'staging', clock })

    await orThrow(source.save({ of: 'default' }))
    await orThrow(other.save({ of: 'staging' }))

    expect(await source.load()).toMatchObject({ document: { of: 'default' } })
    expect(await other.load()).toMatchObject({ document: { of: 'staging' } })
    expect(rows('select name, saved_at from flag_documents order by name')).toEqual([
      { name: 'default', saved_at: '2026-03-01T00:00:00.000Z' },
      { name: 'staging', saved_at: '2026-03-01T00:00:00.000Z' },
    ])
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['a date', { until: new Date(0) }],
    ['NaN', { weight: Number.NaN }],
    ['a key that would reach a prototype', JSON.parse('{"__proto__":1}')],
  ])('throws on %s, and saves nothing', async (_, document) => {
    await using source = await open()

    await expect(source.save(document)).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
    await expect(source.load()).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FLAGS_MISSING' })
  })

  it('hands out frozen documents', async () => {
    await using source = await open()
    await orThrow(source.save({ flags: { a: {} } }))

    const loaded = (await source.load()) as { document: { flags: { a: object } } }

    expect(Object.isFrozen(loaded.document)).toBe(true)
    expect(Object.isFrozen(loaded.document.flags.a)).toBe(true)
  })

  it('shares its file with a storage in the same process, in whatever order they are opened', async () => {
    const storage = await SqliteStorage.open({ path: path() })
    await using source = await open()

    await orThrow(source.save({ flags: {} }))
    const added = { type: 'Added', data: {} }
    await orThrow(
      storage.events.append({ stream: 'cart-1', expected: 'none', events: [added] }, createContext()),
    )

    expect(storage.connection.prepare('select name, revision from flag_documents').all([])).toEqual([
      { name: 'default', revision: 1 },
    ])
    await storage.close()
    expect(await source.load()).toMatchObject({ document: { flags: {} } })
  })

  it('waits in vain, and saves nothing, while somebody else is writing for too long', async () => {
    const storage = await SqliteStorage.open({ path: path() })
    await using source = await open()

    const saving = storage.transaction(async () => {
      await expect(source.save({})).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_BUSY' })
      return ok()
    })

    expect((await saving).isOk()).toBe(true)
    await expect(source.load()).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FLAGS_MISSING' })
    await storage.close()
  })

  it('wakes who watches after its own saves at once, and after those of another connection', async () => {
    await using source = await open({ pollMs: 2 ** 31 - 1 })
    await using watching = await open()
    const stop = new AbortController()
    const own = source.watch({ signal: stop.signal })
    const other = watching.watch({ signal: stop.signal })
    await Promise.all([own.next(), other.next()])

    const woken = Promise.all([own.next(), other.next()])
    await orThrow(source.save({}))

    expect((await woken).map(({ done }) => done)).toEqual([false, false])
    stop.abort()
  })

  it.each(['{"flags"', '', '{"__proto__":{}}'])('throws on a row that holds %j', async (text) => {
    await using source = await open()
    await orThrow(source.save({ flags: {} }))
    await source.load()
    write('update flag_documents set document = ?', text)

    await expect(source.load()).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_BROKEN_ROW',
      message: expect.stringContaining('flag document default'),
    })
    await orThrow(source.save({ flags: {} }))
    expect(await source.load()).toMatchObject({ document: { revision: '2' } })
  })

  it.each<[string, (path: string) => void]>([
    ['removed', (file) => rmSync(file)],
    ['moved', (file) => renameSync(file, `${file}.old`)],
  ])('notices that its file was %s: who watches is woken, loading and saving throw', async (_, vanish) => {
    await using source = await open()
    await orThrow(source.save({}))
    const rounds = source.watch({ signal: new AbortController().signal })
    await rounds.next()

    const woken = rounds.next()
    vanish(path())

    expect(await woken).toMatchObject({ done: false })
    await expect(source.load()).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FILE_GONE' })
    await expect(source.save({})).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_FILE_GONE' })
  })

  it('wakes who watches once, not again and again, when its file can be read no more', async () => {
    await using source = await open({ pollMs: 1 })
    await using well = await SqliteFlagSource.open({ path: `${path()}.well`, pollMs: 5 })
    await using writer = await SqliteFlagSource.open({ path: `${path()}.well` })
    await orThrow(source.save({}))
    const stop = new AbortController()
    const rounds = source.watch({ signal: stop.signal })
    await rounds.next()
    for (const part of ['', '-wal', '-shm'])
      writeFileSync(`${path()}${part}`, 'A'.repeat(statSync(`${path()}${part}`).size), { flag: 'r+' })

    await rounds.next()
    const failure = await source.load().catch((error: Error) => error.name)
    let woken = 0
    const counting = (async () => {
      for await (const _ of rounds) woken++
    })().catch((reason: unknown) => reason)
    for (let save = 1; save <= 5; save++) {
      const seen = well.watch({ signal: stop.signal })
      await seen.next()
      await orThrow(writer.save({ save }))
      await seen.next()
      await seen.return()
    }
    stop.abort('enough')

    expect([failure, woken, await counting]).toEqual([expect.stringMatching(/^Sqlite/), 0, 'enough'])
  })

  it('refuses all work once closed, ends who watches, and may be closed again', async () => {
    const source = await open()
    await orThrow(source.save({}))
    const rounds = source.watch({ signal: new AbortController().signal })
    await rounds.next()

    const waiting = rounds.next()
    await Promise.all([source.close(), source.close()])

    const closed = { code: 'ASHLAR_SQLITE_FLAG_SOURCE_CLOSED' }
    expect(await waiting).toMatchObject({ done: true })
    await expect(source.load()).rejects.toMatchObject(closed)
    await expect(source.save({})).rejects.toMatchObject(closed)
    await expect(source.watch({ signal: new AbortController().signal }).next()).rejects.toMatchObject(closed)
    await expect(source.close()).resolves.toBeUndefined()
  })

  it.each<[string, Record<string, unknown>]>([
    ['name', { name: '' }],
    ['name', { name: 1 }],
    ['pollMs', { pollMs: 0 }],
    ['pollMs', { pollMs: 1.5 }],
    ['busyTimeoutMs', { busyTimeoutMs: -1 }],
    ['path', { path: undefined }],
  ])('refuses the option %s of %o', async (option, wrong) => {
    await expect(open(wrong)).rejects.toMatchObject({
      code: 'ASHLAR_SQLITE_INVALID_OPTION',
      message: expect.stringContaining(`"${option}"`),
    })
  })

  function rows(sql: string): unknown[] {
    const database = new DatabaseSync(path())
    const found = database.prepare(sql).all()
    database.close()
    return found.map((row) => ({ ...row }))
  }

  function write(sql: string, value: string): void {
    const database = new DatabaseSync(path())
    database.prepare(sql).run(value)
    database.close()
  }
})
