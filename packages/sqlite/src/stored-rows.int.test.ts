import { join } from 'node:path'
import { createContext } from '@ashlar/kernel'
import { ok, orThrow } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../test/temporary.ts'
import { SqliteStorage } from './sqlite-storage.ts'

describe('what SqliteStorage has stored', () => {
  const folder = temporaryFolder()
  const context = createContext()
  let storage: SqliteStorage

  beforeEach(async () => {
    storage = await SqliteStorage.open({ path: join(folder(), 'a.db'), synchronous: 'normal' })
  })
  afterEach(() => storage.close())

  const edit = (sql: string, value: string) =>
    storage.transaction(async ({ connection }) => ok(connection.prepare(sql).run([value])))
  const append = (tags: readonly string[] = []) =>
    orThrow(
      storage.events.append(
        { stream: 'cart-1', expected: 'any', events: [{ type: 'A', data: { a: 1 }, tags, subject: 'ada' }] },
        context,
      ),
    )

  it.each([
    ['{"a":{"__proto__":{"isAdmin":true}}}', '"__proto__"'],
    ['[{"\\u005f\\u005fproto__":1}]', '"__proto__"'],
    ['{"a":', 'something else'],
    ['', 'something else'],
  ])('is refused, with its position, after it was changed to %s', async (data, found) => {
    await append()
    await append()
    await edit('update events set data = ? where position = 2', data)

    for (const events of [storage.events.query('all'), storage.events.read('cart-1')]) {
      const reading = Array.fromAsync(events)
      await expect(reading).rejects.toMatchObject({ code: 'ASHLAR_SQLITE_BROKEN_ROW' })
      await expect(reading).rejects.toThrow(`event at position 2 must hold JSON`)
      await expect(reading).rejects.toThrow(found)
    }
    expect(Object.hasOwn(Object.prototype, 'isAdmin')).toBe(false)
  })

  it('is kept by the schema even where SQL of the application tries to break it', async () => {
    await append()
    const repeat = `insert into events (stream_id, version, tenant, id, type, schema_version, data, recorded_at)
      select stream_id, version, tenant, ?, type, schema_version, data, recorded_at from events`

    await expect(edit(repeat, 'another id')).rejects.toThrow('UNIQUE')
  })

  it('has a page of 500 events, and one event more, read whole', async () => {
    const events = Array.from({ length: 501 }, (_, number) => ({ type: 'A', data: number }))
    await orThrow(storage.events.append({ stream: 'cart-1', expected: 'none', events }, context))

    const read = (limit: number) =>
      Array.fromAsync(storage.events.read('cart-1', { limit, direction: 'backwards' }))
    expect((await Promise.all([499, 500, 501, 502].map(read))).map(({ length }) => length)).toEqual([
      499, 500, 501, 501,
    ])
    expect(await Array.fromAsync(storage.events.query('all'))).toHaveLength(501)
  })

  it('is read by the index of the tags, of the tenant, or by position, never by a sort of all', async () => {
    await append(['t:1'])
    const plan = (sql: string) =>
      (storage.connection.prepare(`explain query plan ${sql}`).all([]) as { detail: string }[])
        .map(({ detail }) => detail)
        .join('; ')

    expect(
      plan(
        "select position from event_tags where tenant = '' and tag = 't:1' and position > 0 order by position",
      ),
    ).toMatch(/^SEARCH event_tags USING PRIMARY KEY \(tenant=\? AND tag=\? AND position>\?\)$/)
    expect(
      plan(
        "select data from events indexed by events_of_tenant where tenant = 'a' and tenant <> '' and position > 0 order by position",
      ),
    ).toMatch(/^SEARCH events USING INDEX events_of_tenant \(tenant=\? AND rowid>\?\)$/)
  })
})
