import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EventQuery, InMemoryEventStore, type NewEvent } from '@ashlar/event-store'
import { createContext } from '@ashlar/kernel'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SqliteStorage } from './sqlite-storage.ts'

describe('queries of SqliteStorage mean the same as in memory', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ashlar-sqlite-'))
  const random = seeded(42)
  const context = createContext({ tenantId: 'acme' })
  const memory = new InMemoryEventStore({ tenantId: 'acme' })
  let storage: SqliteStorage
  let acme: SqliteStorage

  beforeAll(async () => {
    storage = await SqliteStorage.open({ path: join(folder, 'a.db'), synchronous: 'normal' })
    acme = storage.forTenant('acme')
    for (let round = 0; round < 400; round++) {
      const stream = `${pick(['cart', 'order', 'Cart'])}-${random(12)}` as const
      const events = Array.from({ length: random(5) }, () => randomEvent())
      for (const store of [memory, acme.events])
        (await store.append({ stream, expected: 'any', events }, context))._unsafeUnwrap()
    }
    for (const store of [memory, acme.events])
      for (const stream of ['cart-1', 'order-3'] as const) await store.archive(stream, context)
  })
  afterAll(async () => {
    await storage.close()
    rmSync(folder, { recursive: true })
  })

  it.each(Array.from({ length: 150 }, (_, number) => number))('for random query %i', async () => {
    const query = randomQuery()
    const after = random(3) === 0 ? random(900) : 0
    const limit = random(2) === 0 ? 1 + random(40) : 10_000
    const count = { initialState: () => 0, evolve: (counted: number) => counted + 1 }

    const [expected, found] = await Promise.all(
      [memory, acme.events].map((store) =>
        Array.fromAsync(store.query(query, { after, limit }), ({ recordedAt, id, ...event }) => event),
      ),
    )
    const [expectedLoad, load] = await Promise.all(
      [memory, acme.events].map((store) => store.load(query, count)),
    )
    const [expectedVerdict, verdict] = await Promise.all(
      [memory, acme.events].map((store) =>
        store.append(
          {
            stream: 'none-1',
            expected: 'exists',
            events: [{ type: 'A', data: {} }],
            failIf: { query, after },
          },
          context,
        ),
      ),
    )

    expect(found).toEqual(expected)
    expect(load).toEqual(expectedLoad)
    expect(verdict).toEqual(expectedVerdict)
  })

  it('for a query of hundreds of items and thousands of words', async () => {
    const anyOf = Array.from({ length: 700 }, (_, number) => ({
      types: ['A', `x${number}`],
      tags: [`t:${number}`],
    }))
    const words = Array.from({ length: 40_000 }, (_, number) => `T${number}`)

    for (const query of [{ anyOf }, { anyOf: [{ types: [...words, 'B'] }] }])
      for (const limit of [3, 10_000]) {
        const [expected, found] = await Promise.all(
          [memory, acme.events].map((store) =>
            Array.fromAsync(store.query(query, { limit }), (e) => e.position),
          ),
        )
        expect(found).toEqual(expected)
        expect(found?.length).toBeGreaterThan(0)
      }
  })

  it('for names that look like SQL', async () => {
    const hostile = "'; drop table events; --"
    const events = [{ type: hostile, data: {}, tags: [hostile, '%', '_'] }]
    ;(
      await storage.events.append({ stream: `x-${hostile}`, expected: 'none', events }, createContext())
    )._unsafeUnwrap()

    for (const tag of [hostile, '%', '_'])
      expect(await Array.fromAsync(storage.events.query({ anyOf: [{ tags: [tag] }] }))).toHaveLength(1)
    expect(await Array.fromAsync(storage.events.query({ category: 'x' }))).toMatchObject([{ type: hostile }])
  })

  function randomEvent(): NewEvent {
    const tags = Array.from({ length: random(4) }, () => `t:${random(6)}`)
    return { type: pick(['A', 'B', 'C', 'a']), data: random(100), tags }
  }

  function randomQuery(): EventQuery {
    const kind = random(8)
    if (kind === 0) return 'all'
    if (kind === 1) return { category: pick(['cart', 'order', 'Cart', 'car']) }
    const anyOf = Array.from({ length: random(5) }, () => ({
      ...(random(2) === 0 && { types: Array.from({ length: random(3) }, () => pick(['A', 'B', 'C', 'a'])) }),
      ...(random(3) > 0 && { tags: Array.from({ length: random(4) }, () => `t:${random(7)}`) }),
    }))
    return { anyOf }
  }

  function pick<T>(values: readonly T[]): T {
    return values[random(values.length)] as T
  }
})

/** Whole numbers below a bound, the same ones in each run. */
function seeded(seed: number): (bound: number) => number {
  let state = seed
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % bound
  }
}
