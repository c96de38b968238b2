import { type AppendRequest, InMemoryEventStore, type NewEvent } from '@ashlar/event-store'
import { type Context, createContext } from '@ashlar/kernel'
import { sequentialIds } from '@ashlar/kernel/testing'
import { type AnyFailure, err, failure, ok, type Result } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Cart } from '../test/cart.ts'
import { EventSourcedRepository } from './event-sourced-repository.ts'

const context = createContext({ correlationId: 'c-1', causationId: 'm-1', userId: 'ada' })
const itemAdded: NewEvent = { type: 'ItemAdded', data: { sku: 'COF-1', quantity: 1 } }

const openedCart: AppendRequest = {
  stream: 'cart-1',
  expected: 'none',
  events: [{ type: 'CartOpened', data: { customerId: 'ada' } }],
}

/** A store in front of which another writer is faster, so many times. */
class RacedStore extends InMemoryEventStore {
  rivals = 0

  override async append(request: AppendRequest, within: Context): ReturnType<InMemoryEventStore['append']> {
    if (this.rivals-- > 0)
      expectOk(await super.append({ stream: request.stream, expected: 'any', events: [itemAdded] }, within))
    return super.append(request, within)
  }
}

/** A store that takes the first append, and whose answer gets lost. */
class ForgetfulStore extends InMemoryEventStore {
  readonly appends: (readonly NewEvent[])[] = []

  override async append(request: AppendRequest, within: Context): ReturnType<InMemoryEventStore['append']> {
    this.appends.push(request.events)
    const result = await super.append(request, within)
    if (this.appends.length > 1) return result
    return err(failure('OutcomeUnknown', 'the connection broke', { cause: new Error('reset') }))
  }
}

function expectOk<Value>(result: Result<Value, AnyFailure>): Value {
  expect(result.isErr() ? result.error : undefined).toBeUndefined()
  return result._unsafeUnwrap()
}

async function stored(repository: EventSourcedRepository<Cart>, id = '1'): Promise<Cart> {
  const cart = new Cart(id)
  cart.open('ada')
  expectOk(await repository.save(cart, context))
  return cart
}

describe('EventSourcedRepository', () => {
  const begin = <Store extends InMemoryEventStore = InMemoryEventStore>(
    events: Store = new InMemoryEventStore() as Store,
    options: { maxAttempts?: number } = {},
  ) => ({ events, carts: new EventSourcedRepository(Cart, events, { ids: sequentialIds(), ...options }) })
  const eventsOf = (events: InMemoryEventStore, id = '1') => Array.fromAsync(events.read(`cart-${id}`))
  const typesOf = async (events: InMemoryEventStore, id = '1') =>
    (await eventsOf(events, id)).map(({ type }) => type)

  describe('get', () => {
    it('makes the aggregate of its stream', async () => {
      const { carts } = begin()
      await stored(carts)

      const cart = expectOk(await carts.get('1', context))

      expect(cart).toBeInstanceOf(Cart)
      expect(cart).toMatchObject({ id: '1', version: 1, uncommittedEvents: [] })
    })

    it('tells that there is none', async () => {
      const { carts } = begin()
      await stored(carts)

      expect((await carts.get('2', context))._unsafeUnwrapErr()).toMatchObject({
        type: 'AggregateNotFound',
        aggregate: 'Cart',
        id: '2',
        message: expect.stringContaining('Cart "2"'),
      })
    })

    it('takes an id with hyphens', async () => {
      const { carts, events } = begin()
      await stored(carts, 'a-b-c')

      expect(expectOk(await carts.get('a-b-c', context)).id).toBe('a-b-c')
      expect(await typesOf(events, 'a-b-c')).toEqual(['CartOpened'])
    })

    it('throws at an event that the aggregate does not know', async () => {
      const { carts, events } = begin()
      const strange: AppendRequest = {
        stream: 'cart-1',
        expected: 'none',
        events: [{ type: 'constructor', data: {} }],
      }
      expectOk(await events.append(strange, context))

      await expect(carts.get('1', context)).rejects.toMatchObject({ code: 'ASHLAR_DOMAIN_UNKNOWN_EVENT' })
    })

    it("throws the signal's reason when it is aborted", async () => {
      const { carts } = begin()
      await stored(carts)
      const aborted = createContext({ signal: AbortSignal.abort(new Error('too late')) })

      await expect(carts.get('1', aborted)).rejects.toThrow('too late')
    })

    it('finds a stream that was tombstoned, to be looked at', async () => {
      const { carts, events } = begin()
      await stored(carts)
      await events.tombstone('cart-1', context)

      expect(expectOk(await carts.get('1', context)).version).toBe(1)
    })
  })

  describe('save', () => {
    it('stores what was raised, and takes it as committed', async () => {
      const { carts, events } = begin()

      const cart = await stored(carts)
      expect(cart.addItem('TEA-1').isOk()).toBe(true)
      expectOk(await carts.save(cart, context))

      expect(cart).toMatchObject({ version: 2, uncommittedEvents: [] })
      expect(await eventsOf(events)).toMatchObject([
        {
          id: '00000000-0000-7000-8000-000000000001',
          type: 'CartOpened',
          data: { customerId: 'ada' },
          version: 1,
        },
        { id: '00000000-0000-7000-8000-000000000002', type: 'ItemAdded', version: 2 },
      ])
    })

    it('does nothing without events', async () => {
      const { carts, events } = begin()

      expectOk(await carts.save(new Cart('1'), context))
      const cart = await stored(carts)
      expectOk(await carts.save(cart, context))

      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('writes who asked, and why, into the metadata', async () => {
      const { carts, events } = begin()

      await stored(carts)

      const [event] = await eventsOf(events)
      expect(event?.metadata).toStrictEqual({ correlationId: 'c-1', causationId: 'm-1', userId: 'ada' })
    })

    it('returns a conflict, never tries again, and leaves the aggregate as it was', async () => {
      const { carts, events } = begin()
      await stored(carts)
      const [slow, fast] = [expectOk(await carts.get('1', context)), expectOk(await carts.get('1', context))]
      expect([slow.addItem('TEA-1').isOk(), fast.checkOut().isOk()]).toEqual([true, true])
      expectOk(await carts.save(fast, context))

      const refused = [await carts.save(slow, context), await carts.save(slow, context)]

      for (const result of refused)
        expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'VersionConflict', expected: 1, actual: 2 })
      expect(slow.uncommittedEvents).toHaveLength(1)
      expect(await typesOf(events)).toEqual(['CartOpened', 'CartCheckedOut'])
    })

    it('refuses a second aggregate of the same id', async () => {
      const { carts } = begin()
      await stored(carts)
      const second = new Cart('1')
      second.open('bob')

      expect((await carts.save(second, context))._unsafeUnwrapErr()).toMatchObject({
        type: 'VersionConflict',
        expected: 'none',
        actual: 1,
      })
    })

    it('finds out by saving again what became of an answer that got lost', async () => {
      const { carts, events } = begin(new ForgetfulStore())
      const cart = new Cart('1')
      cart.open('ada')

      const lost = await carts.save(cart, context)
      expect(cart.uncommittedEvents).toHaveLength(1)
      const found = await carts.save(cart, context)

      expect(lost._unsafeUnwrapErr().type).toBe('OutcomeUnknown')
      expectOk(found)
      expect(cart).toMatchObject({ version: 1, uncommittedEvents: [] })
      expect(await typesOf(events)).toEqual(['CartOpened'])
      expect(events.appends[0]?.[0]?.id).toBe(events.appends[1]?.[0]?.id)
    })

    it('keeps what is raised while it saves', async () => {
      const { carts, events } = begin()
      const cart = new Cart('1')
      cart.open('ada')

      const saving = carts.save(cart, context)
      expect(cart.addItem('TEA-1').isOk()).toBe(true)
      expectOk(await saving)

      expect(cart).toMatchObject({ version: 2, uncommittedEvents: [{ type: 'ItemAdded' }] })
      expectOk(await carts.save(cart, context))
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
    })

    it('counts an aggregate that is saved twice at the same time once', async () => {
      const { carts, events } = begin()
      const cart = new Cart('1')
      cart.open('ada')

      const saved = await Promise.all([carts.save(cart, context), carts.save(cart, context)])

      expect(saved.map((result) => result.isOk())).toEqual([true, true])
      expect(cart).toMatchObject({ version: 1, uncommittedEvents: [] })
      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('lets a second save wait for the first, and stores what was raised in between', async () => {
      const { carts, events } = begin()
      const cart = new Cart('1')
      cart.open('ada')

      const first = carts.save(cart, context)
      expect(cart.addItem('TEA-1').isOk()).toBe(true)
      const second = carts.save(cart, context)
      const saved = await Promise.all([first, second])

      expect(saved.map((result) => result.isOk())).toEqual([true, true])
      expect(cart).toMatchObject({ version: 2, uncommittedEvents: [] })
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
    })

    it('saves after a save that threw', async () => {
      const { carts, events } = begin()
      const cart = new Cart('1')
      cart.open('ada')
      const aborted = createContext({ signal: AbortSignal.abort(new Error('too late')) })

      const [first, second] = await Promise.allSettled([carts.save(cart, aborted), carts.save(cart, context)])

      expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled'])
      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('gives up waiting for another save when the signal is aborted', async () => {
      const gate = Promise.withResolvers<void>()
      class SlowStore extends InMemoryEventStore {
        override async append(
          request: AppendRequest,
          within: Context,
        ): ReturnType<InMemoryEventStore['append']> {
          if (request.events.length > 0) await gate.promise
          return super.append(request, within)
        }
      }
      const { carts, events } = begin(new SlowStore())
      const cart = new Cart('1')
      cart.open('ada')
      const stop = new AbortController()

      const first = carts.save(cart, context)
      const second = carts.save(cart, createContext({ signal: stop.signal }))
      stop.abort(new Error('enough'))

      await expect(second).rejects.toThrow('enough')
      gate.resolve()
      expectOk(await first)
      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('tries first again what is in doubt, then what was raised since', async () => {
      const { carts, events } = begin(new ForgetfulStore())
      const cart = new Cart('1')
      cart.open('ada')

      const lost = await carts.save(cart, context)
      expect(cart.addItem('TEA-1').isOk()).toBe(true)
      const found = await carts.save(cart, context)

      expect(lost._unsafeUnwrapErr().type).toBe('OutcomeUnknown')
      expectOk(found)
      expect(cart).toMatchObject({ version: 2, uncommittedEvents: [] })
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
      expect(events.appends.map((batch) => batch.map(({ type }) => type))).toEqual([
        ['CartOpened'],
        ['CartOpened'],
        ['ItemAdded'],
      ])
    })

    it('stores all of it when what is in doubt was never stored', async () => {
      class DeafStore extends InMemoryEventStore {
        calls = 0

        override async append(
          request: AppendRequest,
          within: Context,
        ): ReturnType<InMemoryEventStore['append']> {
          if (this.calls++ < 2) return err(failure('OutcomeUnknown', 'no answer', { cause: undefined }))
          return super.append(request, within)
        }
      }
      const { carts, events } = begin(new DeafStore())
      const cart = new Cart('1')
      cart.open('ada')

      const first = await carts.save(cart, context)
      expect(cart.addItem('TEA-1').isOk()).toBe(true)
      const second = await carts.save(cart, context)
      expectOk(await carts.save(cart, context))

      expect([first, second].map((result) => result._unsafeUnwrapErr().type)).toEqual([
        'OutcomeUnknown',
        'OutcomeUnknown',
      ])
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
    })

    it('returns that the stream was deleted', async () => {
      const { carts, events } = begin()
      const cart = await stored(carts)
      await events.tombstone('cart-1', context)
      expect(cart.checkOut().isOk()).toBe(true)

      expect((await carts.save(cart, context))._unsafeUnwrapErr()).toMatchObject({
        type: 'StreamDeleted',
        stream: 'cart-1',
      })
    })

    it('throws any other failure of the store, as it is a bug', async () => {
      const { carts } = begin()
      const cart = new Cart('half a \ud800')
      cart.open('ada')

      await expect(carts.save(cart, context)).rejects.toMatchObject({
        code: 'ASHLAR_RESULT_FAILURE',
        failure: { type: 'PayloadInvalid', path: 'stream' },
      })
      expect(cart.uncommittedEvents).toHaveLength(1)
    })

    it("throws the signal's reason when it is aborted, and stores nothing", async () => {
      const { carts, events } = begin()
      const cart = new Cart('1')
      cart.open('ada')
      const aborted = createContext({ signal: AbortSignal.abort(new Error('too late')) })

      await expect(carts.save(cart, aborted)).rejects.toThrow('too late')
      expect(await typesOf(events)).toEqual([])
      expect(cart.uncommittedEvents).toHaveLength(1)
    })

    it('refuses the context of another tenant', async () => {
      const { carts } = begin()
      const cart = new Cart('1')
      cart.open('ada')

      await expect(carts.save(cart, createContext({ tenantId: 'acme' }))).rejects.toMatchObject({
        code: 'ASHLAR_KERNEL_TENANT_MISMATCH',
      })
    })
  })

  describe('update', () => {
    it('loads, decides and saves', async () => {
      const { carts, events } = begin()
      await stored(carts)

      const result = await carts.update('1', (cart) => cart.checkOut(), context)

      expect(expectOk(result)).toBe(2)
      expect(await typesOf(events)).toEqual(['CartOpened', 'CartCheckedOut'])
    })

    it('does not decide on what is not there', async () => {
      const { carts } = begin()
      let decisions = 0

      const result = await carts.update('1', () => ok(decisions++), context)

      expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'AggregateNotFound', id: '1' })
      expect(decisions).toBe(0)
    })

    it('stores nothing when the decision is no, even if something was raised', async () => {
      const { carts, events } = begin()
      await stored(carts)

      const result = await carts.update(
        '1',
        (cart) => cart.checkOut().andThen(() => cart.addItem('TEA-1')),
        context,
      )

      expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'CartNotOpen' })
      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('decides again, with a newly loaded aggregate, when another writer was faster', async () => {
      const { carts, events } = begin(new RacedStore())
      await stored(carts)
      events.rivals = 2
      const seen: { cart: Cart; version: number; quantity: number | undefined }[] = []

      const result = await carts.update(
        '1',
        (cart) => {
          seen.push({ cart, version: cart.version, quantity: cart.items['COF-1'] })
          return cart.checkOut()
        },
        context,
      )

      expect(expectOk(result)).toBe(4)
      expect(seen.map(({ version, quantity }) => [version, quantity])).toEqual([
        [1, undefined],
        [2, 1],
        [3, 2],
      ])
      expect(new Set(seen.map(({ cart }) => cart)).size).toBe(3)
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded', 'ItemAdded', 'CartCheckedOut'])
    })

    it('takes a decision that changes its mind after a conflict', async () => {
      const { carts, events } = begin(new RacedStore())
      await stored(carts)
      events.rivals = 1
      const tooMany = failure('TooMany', 'one is enough')

      const result = await carts.update(
        '1',
        (cart): Result<void, AnyFailure> =>
          cart.items['COF-1'] === 1 ? err(tooMany) : cart.addItem('COF-1'),
        context,
      )

      expect(result._unsafeUnwrapErr()).toBe(tooMany)
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
    })

    it.each([
      [1, 1],
      [3, 3],
      [undefined, 10],
    ])('gives up after %o attempts', async (maxAttempts, attempts) => {
      const { carts, events } = begin(new RacedStore(), maxAttempts === undefined ? {} : { maxAttempts })
      await stored(carts)
      events.rivals = Number.POSITIVE_INFINITY
      let decisions = 0

      const result = await carts.update(
        '1',
        (cart) => {
          decisions++
          return cart.checkOut()
        },
        context,
      )

      expect(result._unsafeUnwrapErr()).toMatchObject({ type: 'VersionConflict', expected: attempts })
      expect(decisions).toBe(attempts)
    })

    it('saves the same decision again when an answer got lost', async () => {
      const { carts, events } = begin(new ForgetfulStore())
      expect((await events.append(openedCart, context)).isErr()).toBe(true)
      events.appends.length = 0
      let decisions = 0

      const updated = await carts.update(
        '1',
        (cart) => {
          decisions++
          return cart.addItem('TEA-1')
        },
        context,
      )

      expectOk(updated)
      expect(decisions).toBe(1)
      expect(await typesOf(events)).toEqual(['CartOpened', 'ItemAdded'])
    })

    it('does not decide again when the stream was deleted', async () => {
      const { carts, events } = begin()
      await stored(carts)
      await events.tombstone('cart-1', context)
      let decisions = 0

      const updated = await carts.update(
        '1',
        (cart) => {
          decisions++
          return cart.addItem('TEA-1')
        },
        context,
      )

      expect(updated._unsafeUnwrapErr().type).toBe('StreamDeleted')
      expect(decisions).toBe(1)
    })

    it('throws what the decision throws, and stores nothing', async () => {
      const { carts, events } = begin()
      await stored(carts)
      const bug = new Error('a bug')

      const updating = carts.update(
        '1',
        (cart): Result<void, never> => {
          cart.open('eve')
          throw bug
        },
        context,
      )

      await expect(updating).rejects.toBe(bug)
      expect(await typesOf(events)).toEqual(['CartOpened'])
    })

    it('stops trying when the signal is aborted', async () => {
      const { carts, events } = begin(new RacedStore())
      await stored(carts)
      events.rivals = Number.POSITIVE_INFINITY
      const stop = new AbortController()
      let decisions = 0

      const updating = carts.update(
        '1',
        (cart) => {
          if (++decisions === 2) stop.abort(new Error('enough'))
          return cart.checkOut()
        },
        createContext({ signal: stop.signal }),
      )

      await expect(updating).rejects.toThrow('enough')
      expect(decisions).toBe(2)
    })

    it('lets every one of 64 writers through, none of whom decides twice', async () => {
      const { carts } = begin()
      await stored(carts)
      let decisions = 0

      const results = await Promise.all(
        Array.from({ length: 64 }, () =>
          carts.update(
            '1',
            (cart) => {
              decisions++
              return cart.addItem('TEA-1')
            },
            context,
          ),
        ),
      )

      expect(results.every((result) => result.isOk())).toBe(true)
      expect(decisions).toBe(64)
      expect(expectOk(await carts.get('1', context))).toMatchObject({ version: 65, items: { 'TEA-1': 64 } })
    })

    it('does not let one aggregate wait for another', async () => {
      const gate = Promise.withResolvers<void>()
      class HalfSlowStore extends InMemoryEventStore {
        override async append(
          request: AppendRequest,
          within: Context,
        ): ReturnType<InMemoryEventStore['append']> {
          const [event] = request.events
          if (request.stream === 'cart-slow' && event?.type === 'CartCheckedOut') await gate.promise
          return super.append(request, within)
        }
      }
      const { carts } = begin(new HalfSlowStore())
      await stored(carts, 'slow')
      await stored(carts, 'fast')

      const slow = carts.update('slow', (cart) => cart.checkOut(), context)
      expectOk(await carts.update('fast', (cart) => cart.checkOut(), context))

      gate.resolve()
      expectOk(await slow)
    })
  })

  describe('inside of a transaction', () => {
    it('reads and writes what the transaction sees, and nothing else', async () => {
      const { carts, events } = begin()
      await stored(carts)
      const { port, commit } = events.fork()
      const within = createContext({ ...context, storage: { events: port } })

      expectOk(await carts.update('1', (cart) => cart.addItem('TEA-1'), within))

      expect(expectOk(await carts.get('1', within)).version).toBe(2)
      expect(expectOk(await carts.get('1', context)).version).toBe(1)
      commit()
      expect(expectOk(await carts.get('1', context)).version).toBe(2)
    })

    it('does not wait for an update outside, which may wait for the transaction', async () => {
      const gate = Promise.withResolvers<void>()
      class LockedStore extends InMemoryEventStore {
        override async append(
          request: AppendRequest,
          within: Context,
        ): ReturnType<InMemoryEventStore['append']> {
          const [event] = request.events
          if (event?.type === 'ItemAdded') await gate.promise
          return super.append(request, within)
        }
      }
      const { carts, events } = begin(new LockedStore())
      await stored(carts)
      const { port, commit } = events.fork()
      const within = createContext({ ...context, storage: { events: port } })

      const outside = carts.update('1', (cart) => cart.addItem('TEA-1'), context)
      expectOk(await carts.update('1', (cart) => cart.addItem('TEA-2'), within))
      commit()
      gate.resolve()

      expectOk(await outside)
      expect(expectOk(await carts.get('1', context)).items).toEqual({ 'TEA-1': 1, 'TEA-2': 1 })
    })

    it('uses its own store where the transaction has no events', async () => {
      const { carts } = begin()
      await stored(carts)

      const result = await carts.get('1', createContext({ storage: { orders: {} } }))

      expect(result.isOk()).toBe(true)
    })
  })

  it.each(['', 'a-b', '-', undefined])('refuses the category %j', (category) => {
    class Strange extends Cart {}
    Object.defineProperty(Strange, 'category', { value: category })

    expect(() => new EventSourcedRepository(Strange, new InMemoryEventStore())).toThrow(
      expect.objectContaining({
        code: 'ASHLAR_EVENT_SOURCING_INVALID_CATEGORY',
        message: expect.stringContaining('the category of Strange'),
      }),
    )
  })

  it.each([0, -1, 1.5, Number.NaN])('refuses %d attempts', (maxAttempts) => {
    expect(() => new EventSourcedRepository(Cart, new InMemoryEventStore(), { maxAttempts })).toThrow(
      'maxAttempts must be a whole number from 1',
    )
  })

  it('gives ids of its own to equal events', async () => {
    const { carts, events } = begin()
    const cart = await stored(carts)
    for (let round = 0; round < 3; round++) expect(cart.addItem('TEA-1').isOk()).toBe(true)

    expectOk(await carts.save(cart, context))

    const ids = (await eventsOf(events)).map(({ id }) => id)
    expect(new Set(ids).size).toBe(4)
  })
})
