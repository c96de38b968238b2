import { type Context, createContext, type UnitOfWork } from '@ashlar/kernel'
import { type FixedClock, fixedClock } from '@ashlar/kernel/testing'
import { type AnyFailure, err, type Failure, failure, ok, orThrow, type Result } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { transaction } from '../behaviours/transaction.ts'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import type { ValueOf } from '../message.ts'
import { type IdempotencyOptions, idempotency, idempotent } from './idempotency.ts'
import type { IdempotencyStore } from './idempotency-store.ts'
import { InMemoryIdempotencyStore } from './in-memory-idempotency-store.ts'

class PlaceOrder extends Command<{ orderId: string }, AnyFailure> {
  static readonly type = 'PlaceOrder'
  readonly type = 'PlaceOrder'
  readonly requestId: string | undefined
  readonly sku: string
  constructor(requestId: string | undefined, sku = 'TEA-1') {
    super()
    this.requestId = requestId
    this.sku = sku
  }
}

class CancelOrder extends Command<void, AnyFailure> {
  static readonly type = 'CancelOrder'
  readonly type = 'CancelOrder'
  readonly requestId: string
  constructor(requestId: string) {
    super()
    this.requestId = requestId
  }
}

class CountOrders extends Command<number> {
  static readonly type = 'CountOrders'
  readonly type = 'CountOrders'
}

const rules = [
  idempotent(PlaceOrder, ({ requestId }) => requestId),
  idempotent(CancelOrder, ({ requestId }) => requestId),
]
const soldOut = failure('SoldOut', 'no more tea')
const context = createContext({ userId: 'ada' })

type Placing = (command: PlaceOrder, context: Context) => Promise<Result<{ orderId: string }, AnyFailure>>

describe('idempotency', () => {
  describe('outside of transactions', () => {
    it('carries a command out once, and answers repetitions with the first answer', async () => {
      const shop = open()

      const answers = [await shop.place('k-1'), await shop.place('k-1'), await shop.place('k-2')]

      expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual([
        { orderId: 'o-1' },
        { orderId: 'o-1' },
        { orderId: 'o-2' },
      ])
      expect(shop.orders).toBe(2)
    })

    it("never answers one user by another one's key, nor one command by another one's", async () => {
      const shop = open()
      const users = [context, createContext({ userId: 'bob' }), createContext()]

      const placed = await Promise.all(users.map((user) => shop.send(new PlaceOrder('k-1'), user)))
      const cancelled = await shop.send(new CancelOrder('k-1'), context)

      expect(new Set(placed.map((result) => result._unsafeUnwrap().orderId)).size).toBe(3)
      expect(cancelled.isOk()).toBe(true)
      expect(shop.cancelled).toBe(1)
    })

    it('answers a command without a value with nothing again', async () => {
      const shop = open()

      const answers = [
        await shop.send(new CancelOrder('k-1'), context),
        await shop.send(new CancelOrder('k-1'), context),
      ]

      expect(answers).toEqual([ok(undefined), ok(undefined)])
      expect(shop.cancelled).toBe(1)
    })

    it('carries out each time what has no key, or no rule', async () => {
      const shop = open()

      await Promise.all([shop.place(undefined), shop.place(undefined)])
      const counted = [new CountOrders(), new CountOrders()].map((each) => shop.send(each, context))

      expect((await Promise.all(counted)).map((result) => result._unsafeUnwrap())).toEqual([2, 2])
    })

    it('refuses a key that was used for another input, answered or in flight', async () => {
      const shop = open()
      const gate = Promise.withResolvers<void>()
      await orThrow(shop.place('answered'))
      shop.placing = async () => ok({ orderId: String(await gate.promise) })
      const flying = shop.place('flying')

      const refused = [await shop.place('answered', 'MUG-1'), await shop.place('flying', 'MUG-1')]

      gate.resolve()
      expect((await flying).isOk()).toBe(true)
      for (const [index, key] of ['answered', 'flying'].entries())
        expect(refused[index]?._unsafeUnwrapErr()).toEqual({
          type: 'IdempotencyKeyReused',
          message: `key "${key}" of PlaceOrder must be of the same input as before, found another one`,
          messageType: 'PlaceOrder',
          key,
        })
    })

    it('answers at once while the key is in flight, and tells when to try again', async () => {
      const shop = open({ leaseMs: 700 })
      const gate = Promise.withResolvers<void>()
      shop.placing = async () => ok({ orderId: String(await gate.promise) })
      const first = shop.place('k-1')
      shop.clock.advance(300)

      const second = await shop.place('k-1')

      expect(second._unsafeUnwrapErr()).toMatchObject({
        type: 'IdempotencyKeyInFlight',
        messageType: 'PlaceOrder',
        key: 'k-1',
        retryAfterMs: 400,
      })
      gate.resolve()
      const answer = await first
      expect(await shop.place('k-1')).toEqual(answer)
    })

    it('lets one of a hundred at once carry the command out', async () => {
      const shop = open()

      const results = await Promise.all(Array.from({ length: 100 }, () => shop.place('k-1')))

      expect(shop.orders).toBe(1)
      expect(results.filter((result) => result.isOk())).toHaveLength(1)
      expect(
        results.filter((result) => result.isErr() && result.error.type === 'IdempotencyKeyInFlight'),
      ).toHaveLength(99)
    })

    it('keeps a failure that is final', async () => {
      const shop = open()
      shop.placing = async () => err(failure('SoldOut', 'no more tea', { left: 0 }))

      const answers = [await shop.place('k-1'), await shop.place('k-1')]

      const expected = { type: 'SoldOut', message: 'no more tea', left: 0 }
      expect(answers.map((answer) => answer._unsafeUnwrapErr())).toEqual([expected, expected])
      expect(shop.orders).toBe(1)
    })

    it('answers with a failure whose facts JSON would change, and runs again', async () => {
      const shop = open()
      const credit = failure('CreditExceeded', 'no more credit', { limit: 500n, since: new Date(0) })
      shop.placing = async () => err(credit)

      const answers = [await shop.place('k-1'), await shop.place('k-1')]

      expect(answers.map((answer) => answer._unsafeUnwrapErr())).toEqual([credit, credit])
      expect(shop.orders).toBe(2)
    })

    it.each([
      'VersionConflict',
      'BoundaryConflict',
      'OutcomeUnknown',
      'TimedOut',
      'IdempotencyKeyInFlight',
      'Told',
    ])('runs again after %s', async (type) => {
      const shop = open({ isFinal: (failed) => failed.type !== 'Told' })
      const { placing } = shop
      shop.placing = async () => err(failure(type, 'later, perhaps'))

      const refused = await shop.place('k-1')
      shop.placing = placing
      const answer = await shop.place('k-1')

      expect(refused._unsafeUnwrapErr().type).toBe(type)
      expect(answer.isOk()).toBe(true)
      expect(shop.orders).toBe(2)
    })

    it('runs again after a throw, which comes through unchanged', async () => {
      const shop = open()
      const { placing } = shop
      const bug = new Error('a bug')
      shop.placing = () => Promise.reject(bug)

      await expect(shop.place('k-1')).rejects.toBe(bug)
      shop.placing = placing

      expect((await shop.place('k-1')).isOk()).toBe(true)
    })

    it('throws what the handler threw even when the key can not be released', async () => {
      const store = new InMemoryIdempotencyStore()
      const shop = open({}, wrapping(store, { release: () => Promise.reject(new Error('store is down')) }))
      shop.placing = () => Promise.reject(new Error('a bug'))

      await expect(shop.place('k-1')).rejects.toThrow('a bug')
    })

    it('throws what the store throws when the answer can not be kept, and does not free the key', async () => {
      const store = new InMemoryIdempotencyStore()
      const shop = open({}, wrapping(store, { complete: () => Promise.reject(new Error('store is down')) }))

      await expect(shop.place('k-1')).rejects.toThrow('store is down')

      expect((await shop.place('k-1'))._unsafeUnwrapErr().type).toBe('IdempotencyKeyInFlight')
    })

    it('names the place of a value that JSON would change, and does not free the key', async () => {
      const shop = open()
      shop.placing = async () => ok({ orderId: 'o-1', lines: [{ at: new Date(0) }] })

      await expect(shop.place('k-1')).rejects.toMatchObject({
        code: 'ASHLAR_KERNEL_INVALID_JSON',
        path: 'value.lines[0].at',
      })
      expect((await shop.place('k-1'))._unsafeUnwrapErr().type).toBe('IdempotencyKeyInFlight')
    })

    it('forgets answers when their time is over', async () => {
      const shop = open({ keepMs: 1_000 })
      await orThrow(shop.place('k-1'))

      shop.clock.advance(999)
      await orThrow(shop.place('k-1'))
      shop.clock.advance(1)
      await orThrow(shop.place('k-1', 'MUG-1'))

      expect(shop.orders).toBe(2)
    })

    it('runs again when the one who held the key has died', async () => {
      const shop = open({ leaseMs: 700 })
      const { placing } = shop
      shop.placing = () => new Promise(() => undefined)
      const dead = shop.place('k-1')
      shop.placing = placing

      shop.clock.advance(700)

      expect((await shop.place('k-1')).isOk()).toBe(true)
      expect(await Promise.race([dead, Promise.resolve('dead')])).toBe('dead')
    })

    it('answers a zombie with what was answered by the one who took its key over', async () => {
      const { shop, zombie, gate } = await zombified()

      const answer = await shop.place('k-1')
      gate.resolve()

      expect(await zombie).toEqual(answer)
      expect(answer._unsafeUnwrap().orderId).toBe('o-2')
    })

    it('tells a zombie that its key is in flight where it is', async () => {
      const { shop, zombie, gate } = await zombified()
      const second = Promise.withResolvers<void>()
      shop.placing = async () => ok({ orderId: String(await second.promise) })

      const running = shop.place('k-1')
      gate.resolve()

      expect((await zombie)._unsafeUnwrapErr()).toMatchObject({ type: 'IdempotencyKeyInFlight' })
      second.resolve()
      const answer = await running
      expect(await shop.place('k-1')).toEqual(answer)
    })

    it('keeps the answer of a zombie where the one who took its key over has failed', async () => {
      const { shop, zombie, gate } = await zombified()
      shop.placing = () => Promise.reject(new Error('a bug'))

      await expect(shop.place('k-1')).rejects.toThrow('a bug')
      gate.resolve()

      expect((await zombie)._unsafeUnwrap().orderId).toBe('o-1')
      expect((await shop.place('k-1'))._unsafeUnwrap().orderId).toBe('o-1')
    })

    it.each(['', 'a'.repeat(201), 'a\0b', '\ud800', 42, null])(
      'refuses the key %j, and does nothing',
      async (key) => {
        const shop = open()

        const refused = await shop.place(key as string)

        expect(refused._unsafeUnwrapErr()).toMatchObject({
          type: 'InvalidIdempotencyKey',
          messageType: 'PlaceOrder',
        })
        expect(shop.orders).toBe(0)
      },
    )

    it.each(['a'.repeat(200), '__proto__', "'; drop table keys; --", '💥', ' ', ':1:a'])(
      'takes the key %j like any other',
      async (key) => {
        const shop = open()

        expect(await shop.place(key)).toEqual(await shop.place(key))
        expect(shop.orders).toBe(1)
      },
    )

    it('refuses a user whom no database keeps apart', async () => {
      const shop = open()

      const refused = await shop.send(new PlaceOrder('k-1'), createContext({ userId: '\udc00' }))

      expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidIdempotencyKey' })
    })

    it('gives up before anything is done when the signal is aborted', async () => {
      const shop = open()
      const signal = AbortSignal.abort(new Error('enough'))

      await expect(shop.send(new PlaceOrder('k-1'), createContext({ signal }))).rejects.toThrow('enough')
      expect(shop.orders).toBe(0)
    })

    it('keeps the answer of a command that nobody waits for any more', async () => {
      const shop = open()
      const { placing } = shop
      const stop = new AbortController()
      shop.placing = async (command, given) => {
        stop.abort()
        return placing(command, given)
      }

      await orThrow(shop.send(new PlaceOrder('k-1'), createContext({ userId: 'ada', signal: stop.signal })))

      expect((await shop.place('k-1'))._unsafeUnwrap()).toEqual({ orderId: 'o-1' })
      expect(shop.orders).toBe(1)
    })

    it('finds the store of a tenant by the context', async () => {
      const stores = new Map(
        ['acme', 'globex'].map((tenantId) => [tenantId, new InMemoryIdempotencyStore({ tenantId })]),
      )
      const shop = open({}, ({ tenantId }) => stores.get(tenantId ?? '') as IdempotencyStore)

      for (const tenantId of ['acme', 'globex', 'acme'])
        await orThrow(shop.send(new PlaceOrder('k-1'), createContext({ tenantId })))

      expect(shop.orders).toBe(2)
    })

    it('works as well over a store that answers later', async () => {
      const store = new InMemoryIdempotencyStore()
      const shop = open(
        {},
        wrapping(store, {
          claim: async (...given) => store.claim(...given),
          complete: async (...given) => store.complete(...given),
          release: async (...given) => store.release(...given),
        }),
      )

      const answers = [await shop.place('k-1'), await shop.place('k-1')]
      shop.placing = async () => err(failure('VersionConflict', 'too late'))
      const conflicts = [await shop.place('k-2'), await shop.place('k-2')]

      expect(answers.map((answer) => answer._unsafeUnwrap().orderId)).toEqual(['o-1', 'o-1'])
      expect(conflicts.map((answer) => answer._unsafeUnwrapErr().type)).toEqual([
        'VersionConflict',
        'VersionConflict',
      ])
      expect(shop.orders).toBe(3)
    })
  })

  describe('inside of a transaction', () => {
    it('keeps the answer with the commit', async () => {
      const { shop, keys } = openTransactional()

      const answers = [await shop.place('k-1'), await shop.place('k-1')]

      expect(answers.map((answer) => answer._unsafeUnwrap().orderId)).toEqual(['o-1', 'o-1'])
      expect(await countKeys(keys)).toBe(1)
    })

    it.each<[string, () => Promise<Result<{ orderId: string }, Failure>>]>([
      ['an Err', async () => err(soldOut)],
      ['a throw', () => Promise.reject(new Error('a bug'))],
      ['a value that JSON would change', async () => ok({ orderId: 'o-1', at: new Date(0) })],
    ])('leaves nothing after %s, and runs again', async (_, refusing) => {
      const { shop, keys } = openTransactional()
      const { placing } = shop
      shop.placing = refusing

      const outcome = await shop.place('k-1').catch((error: Error) => error)
      const kept = await countKeys(keys)
      shop.placing = placing

      expect(outcome).not.toMatchObject({ value: expect.anything() })
      expect(kept).toBe(0)
      expect((await shop.place('k-1')).isOk()).toBe(true)
    })

    it('leaves nothing of a command that failed in a transaction that goes on', async () => {
      const { shop, keys, mediatorAround } = openTransactional()
      shop.placing = async () => err(soldOut)

      const outer = await mediatorAround(async (given) => {
        const refused = await shop.send(new PlaceOrder('k-1'), given)
        return ok(refused.isErr() ? 1 : 0)
      })

      expect(outer._unsafeUnwrap()).toBe(1)
      expect(await countKeys(keys)).toBe(0)
    })

    it('refuses the same command inside of itself', async () => {
      const { shop } = openTransactional()
      shop.placing = async (_, given) => {
        const inner = await shop.send(new PlaceOrder('k-1'), given)
        return ok({ orderId: inner._unsafeUnwrapErr().type })
      }

      expect((await shop.place('k-1'))._unsafeUnwrap()).toEqual({ orderId: 'IdempotencyKeyInFlight' })
    })

    it('does nothing where the transaction keeps no keys, since an answer would outlive a commit that fails', async () => {
      const shop = open({}, new InMemoryIdempotencyStore(), {
        transaction: async (work) => {
          const worked = await work({})
          throw new Error(worked.isOk() ? 'the disk is full' : 'refused')
        },
      })

      const placed = shop.place('k-1')

      await expect(placed).rejects.toMatchObject({
        code: 'ASHLAR_MEDIATOR_TRANSACTION_WITHOUT_KEYS',
        messageType: 'PlaceOrder',
      })
      expect(shop.orders).toBe(0)
      expect(await shop.place(undefined).catch((error: Error) => error.message)).toBe('the disk is full')
    })
  })

  it.each([
    [{ leaseMs: 0 }, 'idempotency.leaseMs'],
    [{ leaseMs: 0.5 }, 'idempotency.leaseMs'],
    [{ keepMs: -1 }, 'idempotency.keepMs'],
    [{ keepMs: Number.POSITIVE_INFINITY }, 'idempotency.keepMs'],
  ])('refuses the options %j', (options, option) => {
    expect(() => idempotency(new InMemoryIdempotencyStore(), rules, options)).toThrow(
      expect.objectContaining({ code: 'ASHLAR_MEDIATOR_INVALID_OPTION', option }),
    )
  })

  it('refuses a second rule for a command', () => {
    expect(() => idempotency(new InMemoryIdempotencyStore(), [...rules, ...rules])).toThrow(
      expect.objectContaining({ code: 'ASHLAR_MEDIATOR_DUPLICATE_RULE', messageType: 'PlaceOrder' }),
    )
  })

  it('meets only commands that have a rule', () => {
    const behaviour = idempotency(new InMemoryIdempotencyStore(), rules)

    expect(behaviour.kinds).toEqual(['command'])
    expect(behaviour.types).toEqual(new Set(['PlaceOrder', 'CancelOrder']))
  })
})

/** A shop that counts what it does, and whose handler can be exchanged. */
interface Shop {
  readonly clock: FixedClock
  orders: number
  cancelled: number
  placing: Placing
  send<C extends PlaceOrder | CancelOrder | CountOrders>(
    command: C,
    given: Context,
  ): Promise<Result<ValueOf<C>, AnyFailure>>
  place(key: string | undefined, sku?: string): Promise<Result<{ orderId: string }, AnyFailure>>
}

function open(
  options: IdempotencyOptions = {},
  store: Parameters<typeof idempotency>[0] = new InMemoryIdempotencyStore(),
  storage?: UnitOfWork,
): Shop {
  const clock = fixedClock()
  const shop: Shop = {
    clock,
    orders: 0,
    cancelled: 0,
    placing: async () => ok({ orderId: `o-${shop.orders}` }),
    send: (command, given) => mediator.send(command, given),
    place: (key, sku) => shop.send(new PlaceOrder(key, sku), context),
  }
  const builder =
    storage === undefined ? new MediatorBuilder() : new MediatorBuilder().use(transaction(storage))
  const mediator = builder
    .use(idempotency(store, rules, { clock, ...options }))
    .handle(PlaceOrder, (command, given) => {
      shop.orders++
      return shop.placing(command, given)
    })
    .handle(CancelOrder, async () => {
      shop.cancelled++
      return ok()
    })
    .handle(CountOrders, async () => ok(shop.orders))
    .build()
  return shop
}

/** A command whose lease has ended, and that will answer all the same. */
async function zombified() {
  const shop = open({ leaseMs: 700 })
  const { placing } = shop
  const gate = Promise.withResolvers<void>()
  shop.placing = async () => {
    await gate.promise
    return ok({ orderId: 'o-1' })
  }
  const zombie = shop.place('k-1')
  shop.placing = placing
  shop.clock.advance(700)
  return { shop, zombie, gate }
}

/** A storage whose only port are keys. */
class Keys implements UnitOfWork<{ readonly idempotency: IdempotencyStore }> {
  readonly idempotency: InMemoryIdempotencyStore = new InMemoryIdempotencyStore()

  async transaction<Value, Fails>(
    work: (tx: { readonly idempotency: IdempotencyStore }) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const fork = this.idempotency.fork()
    try {
      const result = await work({ idempotency: fork.port })
      if (result.isOk()) fork.commit()
      return result
    } finally {
      fork.end()
    }
  }
}

function openTransactional() {
  const keys = new Keys()
  const outer = wrapping(keys.idempotency, {
    claim: () => Promise.reject(new Error('the outer store is not for transactions')),
  })
  const shop = open({}, outer, keys)
  const mediatorAround = (handler: (given: Context) => Promise<Result<number, never>>) =>
    new MediatorBuilder()
      .use(transaction(keys))
      .handle(CountOrders, (_, given) => handler(given))
      .build()
      .send(new CountOrders(), context)
  return { shop, keys, mediatorAround }
}

async function countKeys({ idempotency: keys }: Keys): Promise<number> {
  return keys.fork().port.prune({ before: Number.MAX_SAFE_INTEGER })
}

function wrapping(store: IdempotencyStore, changes: Partial<IdempotencyStore>): IdempotencyStore {
  return {
    claim: (...given) => store.claim(...given),
    complete: (...given) => store.complete(...given),
    release: (...given) => store.release(...given),
    find: (wanted) => store.find(wanted),
    prune: (options) => store.prune(options),
    ...changes,
  }
}
