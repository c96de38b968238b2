import { InMemoryEventStore } from '@ashlar/event-store'
import { eventStoreContract, eventStoreProbe } from '@ashlar/event-store/testing'
import { createContext } from '@ashlar/kernel'
import { fixedClock, sequentialIds, storageContract } from '@ashlar/kernel/testing'
import { err, failure, ok } from '@ashlar/result'
import { sagaStoreContract, sagaStoreProbe } from '@ashlar/saga/testing'
import { describe, expect, it } from 'vitest'
import type { Fork, Forkable } from './forkable.ts'
import { InMemoryStorage } from './in-memory-storage.ts'

storageContract('InMemoryStorage', async () => new InMemoryStorage(), [eventStoreProbe, sagaStoreProbe])
eventStoreContract('InMemoryStorage', async () => new InMemoryStorage())
sagaStoreContract('InMemoryStorage', async () => new InMemoryStorage())

/** A port of an application's own, as small as can be. */
class Tally implements Forkable<Tally> {
  readonly writes = ['add'] as const
  isClosed = false
  #total: number

  constructor(total = 0) {
    this.#total = total
  }

  async add(count: number): Promise<number> {
    this.#total += count
    return this.#total
  }

  async total(): Promise<number> {
    return this.#total
  }

  fork(): Fork<Tally> {
    const port = new Tally(this.#total)
    return {
      port,
      commit: () => {
        this.#total = port.#total
      },
    }
  }

  async close(): Promise<void> {
    this.isClosed = true
  }
}

describe('InMemoryStorage', () => {
  const context = createContext({ correlationId: 'memory' })
  const event = (type: string) => ({ type, data: {} })
  const notToday = failure('NotToday', 'we are closed')
  const withTally = () => new InMemoryStorage({ ports: () => ({ tally: new Tally() }) })
  const typesIn = async (storage: Pick<InMemoryStorage, 'events'>) =>
    (await Array.fromAsync(storage.events.query('all'))).map(({ type }) => type)

  it('takes time and identity from what it was handed', async () => {
    const storage = new InMemoryStorage({ clock: fixedClock(), ids: sequentialIds() })

    const appended = await storage.events.append(
      { stream: 'cart-1', expected: 'none', events: [event('A')] },
      context,
    )

    expect(appended.isOk()).toBe(true)
    expect(await Array.fromAsync(storage.events.read('cart-1'))).toMatchObject([
      { id: '00000000-0000-7000-8000-000000000001', recordedAt: '2026-01-01T00:00:00.000Z' },
    ])
  })

  it("commits an application's own ports together with its own", async () => {
    const storage = withTally()

    const result = await storage.transaction(async (tx) => {
      await tx.tally.add(3)
      return tx.events.append({ stream: 'cart-1', expected: 'none', events: [event('A')] }, context)
    })

    expect(result.isOk()).toBe(true)
    expect(await storage.port('tally').total()).toBe(3)
    expect(await typesIn(storage)).toEqual(['A'])
  })

  it.each(['NotToday', 'a bug'])("rolls an application's own ports back with all others: %s", async (how) => {
    const storage = withTally()
    await storage.port('tally').add(1)

    const running = storage.transaction(async (tx) => {
      const appended = await tx.events.append(
        { stream: 'cart-1', expected: 'none', events: [event('A')] },
        context,
      )
      await tx.tally.add(3)
      expect([await tx.tally.total(), await storage.port('tally').total()]).toEqual([4, 1])
      if (how === 'a bug') throw new Error('a bug')
      return appended.andThen(() => err(notToday))
    })

    const outcome = await running.then(
      (result) => result._unsafeUnwrapErr().type,
      (error: Error) => error.message,
    )
    expect(outcome).toBe(how)
    expect(await storage.port('tally').total()).toBe(1)
    expect(await typesIn(storage)).toEqual([])
  })

  it("keeps the application's own ports of tenants apart", async () => {
    const made: (string | undefined)[] = []
    const storage = new InMemoryStorage({
      ports: (tenantId) => {
        made.push(tenantId)
        return { tally: new Tally() }
      },
    })

    await storage.forTenant('acme').port('tally').add(5)

    expect(await storage.forTenant('acme').port('tally').total()).toBe(5)
    expect(await storage.port('tally').total()).toBe(0)
    expect(made).toEqual([undefined, 'acme'])
  })

  it('gives its own ports by name, too', () => {
    const storage = withTally()

    expect(storage.port('events')).toBe(storage.events)
    expect(storage.port('sagas')).toBe(storage.sagas)
  })

  it.each(['orders', 'constructor', '__proto__', 'toString', ''])('has no port "%s"', (name) => {
    const storage = withTally()

    expect(() => storage.port(name as 'tally')).toThrow(`this storage has no port "${name}"`)
  })

  it('takes a port named "__proto__" for a port, not for a prototype', async () => {
    const storage = new InMemoryStorage({ ports: () => ({ ['__proto__']: new Tally() }) })

    const result = await storage.transaction(async (tx) => ok(Object.keys(tx).sort()))

    expect(result._unsafeUnwrap()).toEqual(['__proto__', 'events', 'sagas'])
  })

  it('hands out the ports of a transaction in an object that nobody can change', async () => {
    const result = await new InMemoryStorage().transaction(async (tx) => ok(Object.isFrozen(tx)))

    expect(result._unsafeUnwrap()).toBe(true)
  })

  it("refuses an application's own write outside, and after the end", async () => {
    const storage = withTally()

    const inside = storage.transaction(async () => ok(await storage.port('tally').add(1)))
    const leaked = (await storage.transaction(async (tx) => ok(tx)))._unsafeUnwrap()

    await expect(inside).rejects.toMatchObject({
      code: 'ASHLAR_KERNEL_NESTED_TRANSACTION',
      message: expect.stringContaining('tally.add on the outer storage'),
    })
    await expect(leaked.tally.add(1)).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' })
    expect(await storage.port('tally').total()).toBe(0)
  })

  it("refuses another tenant's writes inside of a transaction, as all tenants take turns", async () => {
    const storage = new InMemoryStorage()
    const acme = storage.forTenant('acme')

    const running = storage.transaction(async () =>
      acme.events.append(
        { stream: 'cart-1', expected: 'any', events: [event('A')] },
        createContext({ tenantId: 'acme' }),
      ),
    )

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
  })

  it('lets work that a transaction has left behind write once the transaction has ended', async () => {
    const storage = new InMemoryStorage()
    const gate = Promise.withResolvers<void>()
    const append = () =>
      storage.events.append({ stream: 'cart-1', expected: 'any', events: [event('Late')] }, context)

    const result = await storage.transaction(async () => ok({ background: gate.promise.then(append) }))
    gate.resolve()
    const late = await result._unsafeUnwrap().background

    expect(late.isOk()).toBe(true)
    expect(await typesIn(storage)).toEqual(['Late'])
  })

  it('keeps a thousand waiting writers in the order in which they came', async () => {
    const storage = new InMemoryStorage()
    const gate = Promise.withResolvers<void>()
    const blocking = storage.transaction(async () => ok(await gate.promise))
    const labels = Array.from({ length: 1_000 }, (_, index) => `E${index}`)
    const writing = labels.map((label, index) => {
      const request = { stream: 'hot-1', expected: 'any', events: [event(label)] } as const
      return index % 10 === 0
        ? storage.transaction((tx) => tx.events.append(request, context))
        : storage.events.append(request, context)
    })

    gate.resolve()
    const written = await Promise.all([blocking, ...writing])

    expect(written.every((result) => result.isOk())).toBe(true)
    expect(await typesIn(storage)).toEqual(labels)
  })

  describe('closing', () => {
    it('finishes the transactions that wait, then refuses more', async () => {
      const storage = new InMemoryStorage()
      const gate = Promise.withResolvers<void>()
      const first = storage.transaction(async () => ok(await gate.promise))
      const second = storage.transaction((tx) =>
        tx.events.append({ stream: 'cart-1', expected: 'none', events: [event('A')] }, context),
      )

      const closing = storage.close()
      const late = storage.transaction(async () => ok('too late'))
      gate.resolve()

      await expect(late).rejects.toMatchObject({
        code: 'ASHLAR_EVENT_STORE_CLOSED',
        message: 'transaction on an event store that was closed',
      })
      expect((await Promise.all([first, second])).every((result) => result.isOk())).toBe(true)
      await closing
    })

    it('refuses transactions of tenants, known or new', async () => {
      const storage = new InMemoryStorage()
      const acme = storage.forTenant('acme')

      await storage.close()

      await expect(acme.transaction(async () => ok())).rejects.toMatchObject({
        code: 'ASHLAR_EVENT_STORE_CLOSED',
      })
      expect(() => storage.forTenant('new')).toThrow(
        expect.objectContaining({ code: 'ASHLAR_EVENT_STORE_CLOSED' }),
      )
    })

    it('lets the others go on when the storage of a tenant is closed', async () => {
      const storage = new InMemoryStorage()
      const acme = storage.forTenant('acme')

      await acme.close()

      const code = 'ASHLAR_EVENT_STORE_CLOSED'
      await expect(acme.transaction(async () => ok())).rejects.toMatchObject({ code })
      expect(() => acme.events).toThrow('on an event store that was closed')
      expect((await storage.transaction(async () => ok('open'))).isOk()).toBe(true)
      expect((await storage.forTenant('acme').transaction(async () => ok('open'))).isOk()).toBe(true)
    })

    it("closes an application's own ports that can be closed", async () => {
      const tally = new Tally()
      const storage = new InMemoryStorage({ ports: () => ({ tally, events2: new InMemoryEventStore() }) })

      await storage.close()

      expect(tally.isClosed).toBe(true)
      await expect(storage.port('events2').safePosition()).rejects.toMatchObject({
        code: 'ASHLAR_EVENT_STORE_CLOSED',
      })
    })

    it('is refused inside of a transaction, for which it would wait for ever', async () => {
      const storage = new InMemoryStorage()

      const running = storage.transaction(async () => ok(await storage.close()))

      await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' })
      expect((await storage.transaction(async () => ok('goes on')))._unsafeUnwrap()).toBe('goes on')
    })
  })
})
