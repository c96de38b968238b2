import { getEventListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as immediate } from 'node:timers/promises'
import { createContext, silentLogger } from '@ashlar/kernel'
import { ok, orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/temporary.ts'
import { SqliteStorage } from './sqlite-storage.ts'

describe('the write queue', () => {
  const folder = temporaryFolder()
  const context = createContext()
  let path: string
  let storage: SqliteStorage

  beforeEach(async () => {
    path = join(folder(), 'a.db')
    storage = await SqliteStorage.open({ path, synchronous: 'normal', busyTimeoutMs: 2_000 })
  })
  afterEach(() => storage.close())

  const append = (stream: number, type = 'A', signal = context.signal) =>
    storage.events.append(
      { stream: `cart-${stream}`, expected: 'none', events: [{ type, data: {} }] },
      { ...context, signal },
    )
  const refuseType = (type: string) =>
    storage.transaction(async ({ connection }) => {
      const sql = `create trigger refuse before insert on events when new.type = '${type}'
        begin select raise(abort, 'refused by a trigger'); end`
      return ok(connection.prepare(sql).run([]))
    })

  it('lets 64 callers of one moment share a commit', async () => {
    const before = commits(path)

    const results = await Promise.all(Array.from({ length: 64 }, (_, stream) => append(stream)))

    expect(results.every((result) => result.isOk())).toBe(true)
    expect(commits(path) - before).toBe(1)
  })

  it('lets callers share commits that come again as soon as they are answered, whatever they do between', async () => {
    const before = commits(path)

    await Promise.all(
      Array.from({ length: 32 }, async (_, caller) => {
        for (let round = 0; round < 10; round++) {
          expect((await append(caller * 100 + round)).isOk()).toBe(true)
          for (let hop = 0; hop < caller; hop++) await undefined
        }
      }),
    )

    expect(commits(path) - before).toBe(10)
  })

  it('commits at most 256 at once', async () => {
    const before = commits(path)

    const results = await Promise.all(Array.from({ length: 600 }, (_, stream) => append(stream)))

    expect(results.every((result) => result.isOk())).toBe(true)
    expect(commits(path) - before).toBe(3)
  })

  it('gives each its own verdict', async () => {
    const results = await Promise.all([append(1), append(2), append(1), append(3)])

    expect(results.map((result) => result.isOk())).toEqual([true, true, false, true])
    expect(results[2]?._unsafeUnwrapErr()).toMatchObject({ type: 'VersionConflict', actual: 1 })
  })

  it('commits nothing when all are refused', async () => {
    await orThrow(append(1))
    const before = commits(path)

    const results = await Promise.all([append(1), append(1)])

    expect(results.map((result) => result.isErr())).toEqual([true, true])
    expect(commits(path)).toBe(before)
  })

  it('lets one that breaks hurt only itself', async () => {
    await refuseType('Refused')

    const settled = await Promise.allSettled(
      Array.from({ length: 10 }, (_, stream) => append(stream, stream === 4 ? 'Refused' : 'A')),
    )

    expect(settled.map(({ status }) => status === 'fulfilled')).toEqual(
      settled.map((_, index) => index !== 4),
    )
    expect(settled[4]).toMatchObject({
      reason: { code: 'ASHLAR_SQLITE_FAILED', cause: { message: 'refused by a trigger' } },
    })
    const streams = await Array.fromAsync(storage.events.query('all'), ({ stream }) => stream)
    expect(streams).toEqual([0, 1, 2, 3, 5, 6, 7, 8, 9].map((stream) => `cart-${stream}`))
    expect(await storage.events.streamInfo('cart-4')).toBeUndefined()
  })

  it('finds the one that breaks with few commits, and lets others have their turn meanwhile', async () => {
    await refuseType('Refused')
    const before = commits(path)
    let turns = 0
    let isOver = false
    const takeTurns = () => {
      turns++
      if (!isOver) setImmediate(takeTurns)
    }

    setImmediate(takeTurns)
    const settled = await Promise.allSettled(
      Array.from({ length: 128 }, (_, stream) => append(stream, stream === 77 ? 'Refused' : 'A')),
    )
    isOver = true

    expect(settled.map(({ status }) => status).indexOf('rejected')).toBe(77)
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(127)
    expect(commits(path) - before).toBe(7)
    expect(turns).toBeGreaterThanOrEqual(14)
  })

  it('goes on though its logger breaks', async () => {
    await refuseType('Refused')
    const warn = () => {
      throw new Error('the logger broke')
    }
    const logged = await SqliteStorage.open({ path, logger: { ...silentLogger, warn } })
    const within = (type: string) =>
      logged.events.append(
        { stream: `cart-${type}`, expected: 'none', events: [{ type, data: {} }] },
        context,
      )

    const settled = await Promise.allSettled([within('Refused'), within('A')])

    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
    expect((await within('B')).isOk()).toBe(true)
    await logged.close()
  })

  it('lets timers have their turn while one caller appends without a pause', async () => {
    let isOver = false
    setTimeout(() => {
      isOver = true
    })

    let appended = 0
    while (!isOver) expect((await append(++appended)).isOk()).toBe(true)

    expect(isOver).toBe(true)
  })

  it('drops a write whose signal is aborted while it waits', async () => {
    const gate = Promise.withResolvers<void>()
    const running = storage.transaction(async () => ok(await gate.promise))
    const stop = new AbortController()
    const waiting = append(1, 'A', stop.signal)
    const behind = append(2)

    stop.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    gate.resolve()
    await running
    expect((await behind).isOk()).toBe(true)
    expect(await storage.events.streamInfo('cart-1')).toBeUndefined()
  })

  it('listens to no signal any more when the work is done', async () => {
    const { signal } = new AbortController()
    const gate = Promise.withResolvers<void>()
    const running = storage.transaction(async () => ok(await gate.promise), { signal })
    const waiting: Promise<unknown>[] = [
      append(1, 'A', signal),
      storage.transaction(async () => ok(), { signal }),
    ]
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0)

    gate.resolve()
    await Promise.all([running, ...waiting])

    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  describe('while somebody else holds the lock', () => {
    let other: DatabaseSync
    beforeEach(() => {
      other = new DatabaseSync(path)
      other.exec('begin immediate')
    })
    afterEach(() => other.close())

    it('waits without blocking the process', async () => {
      const waiting = append(1)
      setTimeout(() => other.exec('rollback'))

      expect((await waiting).isOk()).toBe(true)
    })

    it('reads what was committed', async () => {
      expect(await storage.events.safePosition()).toBe(0)
    })

    it('drops what nobody waits for any more', async () => {
      const stop = new AbortController()
      const waiting = append(1, 'A', stop.signal)
      const transaction = storage.transaction(async () => ok(), { signal: stop.signal })
      setTimeout(() => stop.abort(new Error('enough')), 5)

      const reason = expect.objectContaining({ message: 'enough' })
      expect(await Promise.allSettled([waiting, transaction])).toEqual([
        { status: 'rejected', reason },
        { status: 'rejected', reason },
      ])
    })

    it('drops what is aborted behind others that wait', async () => {
      const stop = new AbortController()
      const first = append(1)
      await immediate()
      await immediate()
      const second = append(2, 'A', stop.signal)
      const third = append(3)

      stop.abort(new Error('enough'))

      await expect(second).rejects.toThrow('enough')
      other.exec('rollback')
      expect((await first).isOk()).toBe(true)
      expect((await third).isOk()).toBe(true)
    })

    it('gives up after its time, and goes on when the lock is free again', async () => {
      const hasty = await SqliteStorage.open({ path, busyTimeoutMs: 30 })
      const appending = hasty.events.append(
        { stream: 'cart-9', expected: 'any', events: [{ type: 'A', data: {} }] },
        context,
      )

      await expect(appending).rejects.toMatchObject({
        code: 'ASHLAR_SQLITE_BUSY',
        cause: expect.any(Error),
      })
      await expect(hasty.transaction(async () => ok())).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_BUSY' })
      other.exec('rollback')
      expect((await hasty.transaction(async () => ok('free'))).isOk()).toBe(true)
      await hasty.close()
    })
  })
})

/** Counts the commits in the log beside the file: a frame that ends one carries the size of the database. */
function commits(path: string): number {
  const log = readFileSync(`${path}-wal`)
  if (log.length === 0) return 0
  const frameSize = log.readUInt32BE(8) + 24
  let found = 0
  for (let at = 32; at + frameSize <= log.length; at += frameSize)
    if (log.readUInt32BE(at + 4) > 0 && log.readUInt32BE(at + 8) === log.readUInt32BE(16)) found++
  return found
}
