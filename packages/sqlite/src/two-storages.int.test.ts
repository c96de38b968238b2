import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { promisify } from 'node:util'
import { createContext } from '@ashlar/kernel'
import { orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { script, temporaryFolder } from '../test/temporary.ts'
import { SqliteStorage } from './sqlite-storage.ts'

const run = promisify(execFile)

describe('two storages on one file', () => {
  const folder = temporaryFolder()
  const context = createContext()
  let path: string
  let storages: readonly [SqliteStorage, SqliteStorage]

  beforeEach(async () => {
    path = join(folder(), 'a.db')
    const open = () => SqliteStorage.open({ path, synchronous: 'normal' })
    storages = [await open(), await open()]
  })
  afterEach(async () => {
    for (const storage of storages) await storage.close()
  })

  const append = (storage: SqliteStorage, expected: number | 'any') =>
    storage.events.append(
      { stream: 'cart-1', expected, events: [{ type: 'A', data: {}, tags: ['a'] }] },
      context,
    )

  it('let exactly one win each version', async () => {
    const won = storages.map(() => 0)
    for (let version = 0; version < 50; version++) {
      const results = await Promise.all(storages.map((storage) => append(storage, version)))
      for (const [index, result] of results.entries()) if (result.isOk()) won[index] = (won[index] ?? 0) + 1
      expect(results.filter((result) => result.isOk())).toHaveLength(1)
    }

    expect(await storages[0].events.streamInfo('cart-1')).toMatchObject({ version: 50 })
  })

  it('see each other at once, and wake each other', async () => {
    const stop = new AbortController()
    const watch = storages[1].events.watch({ signal: stop.signal })[Symbol.asyncIterator]()
    expect((await watch.next()).value).toBe(0)

    await orThrow(append(storages[0], 0))

    expect(await storages[1].events.safePosition()).toBe(1)
    expect((await watch.next()).value).toBe(1)
    await watch.return?.()
  })

  it('wake those who watch sagas', async () => {
    const stop = new AbortController()
    const rounds = storages[1].sagas.watch({ signal: stop.signal })[Symbol.asyncIterator]()
    await rounds.next()

    await orThrow(append(storages[0], 0))

    expect((await rounds.next()).done).toBe(false)
    await rounds.return?.()
  })

  it('notice events of each other inside a boundary', async () => {
    const count = { initialState: () => 0, evolve: (counted: number) => counted + 1 }
    const query = { anyOf: [{ tags: ['a'] }] }
    const { boundary } = await storages[0].events.load(query, count)
    await orThrow(append(storages[1], 'any'))

    const result = await storages[0].events.append(
      { stream: 'cart-2', expected: 'any', events: [{ type: 'A', data: {} }], failIf: boundary },
      context,
    )

    expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'BoundaryConflict', position: 1 })
  })

  it('load a state from one moment, though another one archives a stream meanwhile', async () => {
    const events = Array.from({ length: 600 }, (_, number) => ({ type: 'A', data: number }))
    await orThrow(storages[0].events.append({ stream: 'cart-1', expected: 'none', events }, context))
    const other = new DatabaseSync(path)

    const { state } = await storages[0].events.load('all', {
      initialState: () => 0,
      evolve(counted) {
        if (counted === 0) other.exec("update streams set archived_at = '2026-01-01T00:00:00.000Z'")
        return counted + 1
      },
    })

    other.close()
    expect(state).toBe(600)
    expect(await Array.fromAsync(storages[0].events.query('all'))).toEqual([])
  })

  it('may belong to two processes, of which none loses an event or writes one twice, and which end by themselves', async () => {
    const told = await Promise.all(
      [1, 2].map(() => run(...script('append-in-turn.ts', [path, '300']), { timeout: 30_000 })),
    )

    const events = await Array.fromAsync(storages[0].events.read('count-1'))
    expect(told.map(({ stderr }) => stderr)).toEqual(['', ''])
    expect(events.map(({ version }) => version)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1))
    expect(events.every(({ version, data }) => (data as { after: number }).after === version - 1)).toBe(true)
    const writers = Map.groupBy(events, ({ data }) => (data as { by: number }).by)
    expect([...writers.values()].map(({ length }) => length)).toEqual([300, 300])
  })

  it('keep the file open for each other', async () => {
    await storages[0].close()

    expect((await append(storages[1], 0)).isOk()).toBe(true)
  })

  it('let a tenant go without closing the file', async () => {
    const acme = storages[0].forTenant('acme')
    await acme.close()
    await acme.close()

    await expect(acme.events.safePosition()).rejects.toMatchObject({ code: 'ASHLAR_EVENT_STORE_CLOSED' })
    await expect(acme.sagas.find('a')).rejects.toMatchObject({ code: 'ASHLAR_SAGA_STORE_CLOSED' })
    expect((await append(storages[0], 0)).isOk()).toBe(true)
    expect(() => storages[0].forTenant('')).toThrow('at least')
  })
})
