import { InMemoryEventStore } from '@ashlar/event-store'
import { eventStoreContract, eventStoreProbe } from '@ashlar/event-store/testing'
import { createContext, type Json, NestedTransactionError } from '@ashlar/kernel'
import { fixedClock, sequentialIds, storageContract } from '@ashlar/kernel/testing'
import { idempotencyStoreContract, idempotencyStoreProbe } from '@ashlar/mediator/testing'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { sagaStoreContract, sagaStoreProbe } from '@ashlar/saga/testing'
import { describe, expect, it } from 'vitest'
import type { Fork, Forkable } from './forkable.ts'
import { InMemoryStorage } from './in-memory-storage.ts'

storageContract('InMemoryStorage', async () => new InMemoryStorage(), [
  eventStoreProbe,
  sagaStoreProbe,
  idempotencyStoreProbe,
])
eventStoreContract('InMemoryStorage', async () => new InMemoryStorage())
sagaStoreContract('InMemoryStorage', async () => new InMemoryStorage())
idempotencyStoreContract('InMemoryStorage', async () => new InMemoryStorage())

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

  it("refuses a write outside that an application's own port tries while it has its turn, instead of waiting for ever", async () => {
    class Telling extends Tally {
      override async add(count: number): Promise<number> {
        const told = { stream: 'tally-1', expected: 'any', events: [event('Added')] } as const
        await orThrow(storage.events.append(told, context))
        return super.add(count)
      }
    }
    const tally = new Telling()
    const storage: InMemoryStorage<{ tally: Telling & Forkable<Telling> }> = new InMemoryStorage({
      ports: () => ({ tally: tally as Telling & Forkable<Telling> }),
    })

    await expect(storage.port('tally').add(1)).rejects.toBeInstanceOf(NestedTransactionError)

    expect(await tally.total()).toBe(0)
    expect(await typesIn(storage)).toEqual([])
  })

  it('gives its own ports by name, too', () => {
    const storage = withTally()

    expect(storage.port('events')).toBe(storage.events)
    expect(storage.port('sagas')).toBe(storage.sagas)
    expect(storage.port('idempotency')).toBe(storage.idempotency)
  })

  it.each(['orders', 'constructor', '__proto__', 'toString', ''])('has no port "%s"', (name) => {
    const storage = withTally()

    expect(() => storage.port(name as 'tally')).toThrow(`this storage has no port "${name}"`)
  })

  it('takes a port named "__proto__" for a port, not for a prototype', async () => {
    const storage = new InMemoryStorage({ ports: () => ({ ['__proto__']: new Tally() }) })

    const result = await storage.transaction(async (tx) => ok(Object.keys(tx).sort()))

    expect(result._unsafeUnwrap()).toEqual(['__proto__', 'events', 'idempotency', 'sagas'])
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

  it.each(['events', 'sagas', 'idempotency', 'connection'])(
    'refuses a port of one\'s own named "%s"',
    (name) => {
      expect(() => new InMemoryStorage({ ports: () => ({ [name]: new Tally() }) })).toThrow(
        new TypeError(`a port of one's own can't be named "${name}"`),
      )
    },
  )

  it("commits nothing when the commit of an application's own port throws", async () => {
    class Broken extends Tally {
      override fork(): Fork<Tally> {
        return {
          port: this,
          commit: () => {
            throw new Error('the port broke')
          },
        }
      }
    }
    const storage = new InMemoryStorage({ ports: () => ({ zzz: new Broken() }) })

    const running = storage.transaction((tx) =>
      tx.events.append({ stream: 'cart-1', expected: 'none', events: [event('A')] }, context),
    )

    await expect(running).rejects.toThrow('the port broke')
    expect(await typesIn(storage)).toEqual([])
  })

  it("refuses an application's own reads after the end, item by item", async () => {
    class Listed extends Tally {
      async *list(): AsyncGenerator<number> {
        yield 1
        yield 2
      }

      override fork(): Fork<Listed> {
        return { port: new Listed(), commit: () => undefined }
      }
    }
    const storage = new InMemoryStorage({
      ports: () => ({ tally: new Listed() as Listed & Forkable<Listed> }),
    })
    const ended = { code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' }

    const leaked = await storage.transaction(async (tx) => {
      const list = tx.tally.list()
      expect(await list.next()).toEqual({ done: false, value: 1 })
      return ok({ list, tally: tx.tally })
    })
    const { list, tally } = leaked._unsafeUnwrap()

    await expect(list.next()).rejects.toMatchObject(ended)
    expect(() => tally.total()).toThrow(expect.objectContaining(ended))
    expect(() => tally.list()).toThrow(expect.objectContaining(ended))
  })

  describe('an append that waits behind a transaction', () => {
    const begin = () => {
      const storage = new InMemoryStorage()
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))
      const append = (data: Json, within = context) =>
        storage.events.append({ stream: 'cart-1', expected: 'any', events: [{ type: 'A', data }] }, within)
      const end = async () => {
        gate.resolve()
        return running
      }
      return { storage, append, end }
    }

    it('was copied at the call', async () => {
      const { storage, append, end } = begin()
      const data = { quantity: 1 }

      const appending = append(data)
      data.quantity = 999
      const done = await Promise.all([end(), appending])

      expect(done.every((result) => result.isOk())).toBe(true)
      expect(await Array.fromAsync(storage.events.read('cart-1'))).toMatchObject([{ data: { quantity: 1 } }])
    })

    it('was checked at the call', async () => {
      const { append, end } = begin()

      const refused = await append(Number.NaN)

      expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'PayloadInvalid', path: 'events[0].data' })
      expect((await end()).isOk()).toBe(true)
    })

    it.each(['append', 'archive', 'tombstone'] as const)(
      'gives up when its signal is aborted: %s',
      async (method) => {
        const { storage, append, end } = begin()
        const stop = new AbortController()
        const within = createContext({ signal: stop.signal })

        const waiting = method === 'append' ? append({}, within) : storage.events[method]('cart-1', within)
        stop.abort(new Error('enough'))

        await expect(waiting).rejects.toThrow('enough')
        expect((await end()).isOk()).toBe(true)
        expect(await storage.events.streamInfo('cart-1')).toBeUndefined()
      },
    )
  })

  it("ends a transaction's sequences with the transaction, those who watch and those who read", async () => {
    const storage = new InMemoryStorage()
    const appended = await storage.events.append(
      { stream: 'cart-1', expected: 'none', events: [event('A'), event('B')] },
      context,
    )
    const { signal } = new AbortController()

    const leaked = await storage.transaction(async ({ events, sagas }) => {
      const reads = [events.query('all'), events.read('cart-1')].map((each) => each[Symbol.asyncIterator]())
      const watches = [events.watch({ signal }), sagas.watch({ signal })].map((each) =>
        each[Symbol.asyncIterator](),
      )
      for (const each of [...reads, ...watches]) expect((await each.next()).done).toBe(false)
      return ok({ reads, waiting: watches.map((each) => each.next()), events, sagas })
    })
    const { reads, waiting, events, sagas } = leaked._unsafeUnwrap()

    expect(appended.isOk()).toBe(true)
    expect((await Promise.all(waiting)).map(({ done }) => done)).toEqual([true, true])
    const late = [
      ...reads.map((each) => each.next()),
      Array.fromAsync(events.query('all')),
      Array.fromAsync(events.read('cart-1')),
      Array.fromAsync(events.watch({ signal })),
      Array.fromAsync(sagas.watch({ signal })),
      events.load('all', { initialState: () => 0, evolve: (count) => count + 1 }),
      events.safePosition(),
      events.streamInfo('cart-1'),
      events.archive('cart-1', context),
      events.tombstone('cart-1', context),
      sagas.find('s-1'),
      sagas.log('s-1'),
      sagas.nextDue([]),
      sagas.renew([], 0),
    ]
    for (const each of late)
      await expect(each).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' })
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
      await expect(acme.events.safePosition()).rejects.toMatchObject({ code })
      expect((await storage.transaction(async () => ok('open'))).isOk()).toBe(true)
      expect((await storage.forTenant('acme').transaction(async () => ok('open'))).isOk()).toBe(true)
    })

    it("closes a handle's events alone, not those of another handle of the same tenant", async () => {
      const storage = new InMemoryStorage()
      const [one, other] = [storage.forTenant('acme'), storage.forTenant('acme')]
      const acme = createContext({ tenantId: 'acme' })
      const request = { stream: 'cart-1', expected: 'any', events: [event('A')] } as const
      const { signal } = new AbortController()
      const watches = [one, other].map(({ events }) => events.watch({ signal })[Symbol.asyncIterator]())
      for (const watch of watches) await watch.next()

      await one.events.close()
      await one.events.close()

      await expect(one.events.append(request, acme)).rejects.toMatchObject({
        code: 'ASHLAR_EVENT_STORE_CLOSED',
      })
      expect((await other.events.append(request, acme)).isOk()).toBe(true)
      const [ended, goesOn] = await Promise.all(watches.map((watch) => watch.next()))
      expect([ended?.done, goesOn?.done]).toEqual([true, false])
    })

    it('finishes what was appended before the events were closed', async () => {
      const storage = new InMemoryStorage()
      const gate = Promise.withResolvers<void>()
      const running = storage.transaction(async () => ok(await gate.promise))
      const appending = storage.events.append(
        { stream: 'cart-1', expected: 'any', events: [event('A')] },
        context,
      )

      const closing = storage.events.close()
      gate.resolve()

      const done = await Promise.all([running, appending])
      expect(done.every((result) => result.isOk())).toBe(true)
      await closing
    })

    it.each(['events', 'sagas'] as const)('of %s alone is refused inside of a transaction', async (name) => {
      const storage = new InMemoryStorage()

      const running = storage.transaction(async () => ok(await storage[name].close()))

      await expect(running).rejects.toMatchObject({
        code: 'ASHLAR_KERNEL_NESTED_TRANSACTION',
        message: expect.stringContaining(`${name}.close`),
      })
    })

    it("ends those who watch through a tenant's storage that is closed", async () => {
      const acme = new InMemoryStorage().forTenant('acme')
      const { signal } = new AbortController()
      const watches = [acme.events, acme.sagas].map((port) => port.watch({ signal })[Symbol.asyncIterator]())
      for (const watch of watches) await watch.next()
      const waiting = watches.map((watch) => watch.next())

      await acme.close()

      expect((await Promise.all(waiting)).map(({ done }) => done)).toEqual([true, true])
    })

    it("refuses an application's own ports through the tenant's storage that is closed, and no other", async () => {
      const storage = withTally()
      const [one, other] = [storage.forTenant('acme'), storage.forTenant('acme')]
      const tally = one.port('tally')

      await one.close()

      const closed = { code: 'ASHLAR_EVENT_STORE_CLOSED' }
      await expect(tally.add(1)).rejects.toMatchObject(closed)
      expect(() => tally.total()).toThrow(expect.objectContaining(closed))
      expect(await other.port('tally').add(1)).toBe(1)
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
