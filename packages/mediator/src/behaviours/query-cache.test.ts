import { createContext, type Logger, silentLogger, type UnitOfWork } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow, type Result } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { Command } from '../command.ts'
import type { Mediator } from '../mediator.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Query } from '../query.ts'
import { type CachedOptions, type CacheRule, cached, invalidates } from './cache-rule.ts'
import { QueryCache, type QueryCacheOptions } from './query-cache.ts'
import { transaction } from './transaction.ts'

type Price = { readonly cents: number }
type Refused = Failure<'Refused'>

class GetPrice extends Query<Price, Refused> {
  static readonly type = 'GetPrice'
  readonly type = 'GetPrice'
  readonly sku: string
  constructor(sku = 'tea') {
    super()
    this.sku = sku
  }
}

class GetStock extends Query<Price, Refused> {
  static readonly type = 'GetStock'
  readonly type = 'GetStock'
  readonly sku = 'tea'
}

class SetPrice extends Command<string, Refused> {
  static readonly type = 'SetPrice'
  readonly type = 'SetPrice'
  readonly sku: string
  constructor(sku = 'tea') {
    super()
    this.sku = sku
  }
}

/** Sends SetPrice, and more that the test says. */
class Discount extends Command<string, Refused> {
  static readonly type = 'Discount'
  readonly type = 'Discount'
}

type Messages = GetPrice | GetStock | SetPrice | Discount

const context = createContext({ userId: 'ada', tenantId: 'acme' })
const priceRule: CachedOptions<GetPrice> = { key: ({ sku }) => sku, tags: ({ sku }) => [`price-${sku}`] }
const rules = [cached(GetPrice, priceRule), invalidates(SetPrice, ({ sku }) => [`price-${sku}`])]

describe('QueryCache', () => {
  it('answers the same question once', async () => {
    const shop = shopWith(rules)

    const answers = [await shop.ask(), await shop.ask(), await shop.ask('ink')]

    expect(answers).toEqual([{ cents: 1 }, { cents: 1 }, { cents: 2 }])
    expect(shop.asked).toEqual(['tea', 'ink'])
  })

  it('gives frozen copies that share nothing with what the handler returned, from the first answer on', async () => {
    const shop = shopWith(rules)

    const first = await shop.ask()
    Object.assign(shop.returned[0] as object, { cents: 666 })
    const second = await shop.ask()

    expect([first, second]).toEqual([{ cents: 1 }, { cents: 1 }])
    expect(Object.isFrozen(first) && Object.isFrozen(second)).toBe(true)
  })

  it('tells tenants, users, queries and keys apart, whatever texts they are', async () => {
    const shop = shopWith([
      cached(GetPrice, priceRule),
      cached(GetStock, { key: () => 'tea', tags: () => [] }),
    ])
    const contexts = [
      { tenantId: 'a', userId: 'b' },
      { tenantId: 'ab' },
      { userId: 'ab' },
      { tenantId: '', userId: 'ab' },
      { tenantId: '-', userId: '2:ab' },
      { tenantId: 'a1:b', userId: '' },
      {},
    ]

    for (const parts of contexts) await shop.ask('tea', createContext(parts))
    await shop.ask('1:b3:tea', createContext({ tenantId: 'a' }))
    await orThrow(shop.mediator.send(new GetStock(), createContext()))

    expect(shop.asked).toHaveLength(contexts.length + 2)
  })

  it('gives one answer to all users of a tenant where its rule says so', async () => {
    const shop = shopWith([cached(GetPrice, { ...priceRule, sharedByUsers: true })])

    await shop.ask('tea', createContext({ tenantId: 'acme', userId: 'ada' }))
    await shop.ask('tea', createContext({ tenantId: 'acme', userId: 'bob' }))
    await shop.ask('tea', createContext({ tenantId: 'zoo', userId: 'bob' }))

    expect(shop.asked).toHaveLength(2)
  })

  it('keeps no failures, and nothing that is thrown', async () => {
    const shop = shopWith(rules)
    shop.answers.push(
      async () => err(failure('Refused', 'no')),
      () => Promise.reject(new Error('bug')),
    )

    const refused = await shop.mediator.send(new GetPrice(), context)
    await expect(shop.mediator.send(new GetPrice(), context)).rejects.toThrow('bug')
    const answer = await shop.ask()

    expect(refused.isErr()).toBe(true)
    expect(answer).toEqual({ cents: 3 })
  })

  it('forgets answers that are too old, by the rule of the query or by its own', async () => {
    const clock = settableClock()
    const short = [
      cached(GetPrice, { ...priceRule, maxAgeMs: 10 }),
      cached(GetStock, { key: () => '', tags: () => [] }),
    ]
    const shop = shopWith(short, { clock, maxAgeMs: 100 })
    const askBoth = async (at: number) => {
      clock.time = at
      await shop.ask()
      await orThrow(shop.mediator.send(new GetStock(), context))
    }

    await askBoth(0)
    await askBoth(9)
    const young = [...shop.asked]
    await askBoth(10)
    const older = [...shop.asked]
    await askBoth(100)

    expect(young).toEqual(['tea', 'stock'])
    expect(older).toEqual(['tea', 'stock', 'tea'])
    expect(shop.asked).toEqual(['tea', 'stock', 'tea', 'tea', 'stock'])
  })

  it('forgets answers from a future to which the clock has not come back', async () => {
    const clock = settableClock(1_000_000)
    const shop = shopWith(rules, { clock })

    await shop.ask()
    clock.time = 0
    await shop.ask()

    expect(shop.asked).toHaveLength(2)
  })

  it('forgets the answer that was not asked for the longest time when there are too many', async () => {
    const shop = shopWith(rules, { maxEntries: 2 })

    for (const sku of ['tea', 'ink', 'tea', 'mug', 'tea', 'ink']) await shop.ask(sku)

    expect(shop.asked).toEqual(['tea', 'ink', 'mug', 'ink'])
  })

  it('forgets by hand, by tags or everything', async () => {
    const shop = shopWith(rules)

    await shop.ask('tea')
    await shop.ask('ink')
    shop.cache.invalidate(['price-tea', 'unknown'])
    await shop.ask('tea')
    await shop.ask('ink')
    const byTags = [...shop.asked]
    shop.cache.clear()
    await shop.ask('tea')
    await shop.ask('ink')

    expect(byTags).toEqual(['tea', 'ink', 'tea'])
    expect(shop.asked).toEqual(['tea', 'ink', 'tea', 'tea', 'ink'])
  })

  it('takes tags and keys that are called __proto__ for names like any other', async () => {
    const shop = shopWith([cached(GetPrice, { key: ({ sku }) => sku, tags: ({ sku }) => [sku] })])

    await shop.ask('__proto__')
    await shop.ask('__proto__')
    shop.cache.invalidate(['__proto__'])
    await shop.ask('__proto__')

    expect(shop.asked).toHaveLength(2)
  })

  it('refuses two rules for one message, and numbers out of range', () => {
    const duplicate = expect.objectContaining({
      code: 'ASHLAR_MEDIATOR_DUPLICATE_RULE',
      messageType: 'GetPrice',
    })
    const option = expect.objectContaining({ code: 'ASHLAR_MEDIATOR_INVALID_OPTION' })

    expect(() => new QueryCache().caching([...rules, cached(GetPrice, priceRule)])).toThrow(duplicate)
    expect(() => new QueryCache({ maxEntries: 0 })).toThrow(option)
    expect(() => new QueryCache({ maxAgeMs: Number.NaN })).toThrow(option)
    expect(() => cached(GetPrice, { ...priceRule, maxAgeMs: 0 })).toThrow(option)
  })

  it('rejects where a key is no text, before two questions could be taken for one', async () => {
    const shop = shopWith([cached(GetPrice, { ...priceRule, key: () => undefined as never })])

    await expect(shop.mediator.send(new GetPrice(), context)).rejects.toMatchObject({
      name: 'InvalidCacheKeyError',
      code: 'ASHLAR_MEDIATOR_INVALID_CACHE_KEY',
      message: 'the key of a cached GetPrice must be a string, found undefined',
    })
    expect(shop.asked).toEqual([])
  })
})

describe('a command and the cache', () => {
  it('makes the answers disappear that have its tags, once it has answered Ok', async () => {
    const shop = shopWith(rules)
    await shop.ask('tea')
    await shop.ask('ink')

    await orThrow(shop.mediator.send(new SetPrice('tea'), context))
    await shop.ask('tea')
    await shop.ask('ink')

    expect(shop.asked).toEqual(['tea', 'ink', 'tea'])
  })

  it('changes nothing when it fails', async () => {
    const shop = shopWith(rules)
    shop.setPrice = async () => err(failure('Refused', 'no'))
    await shop.ask()

    const refused = await shop.mediator.send(new SetPrice(), context)
    await shop.ask()

    expect(refused.isErr()).toBe(true)
    expect(shop.asked).toHaveLength(1)
  })

  it('keeps an answer from being kept that was on its way meanwhile', async () => {
    const shop = shopWith(rules)
    const old = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => old.promise)

    const asking = shop.mediator.send(new GetPrice(), context)
    await orThrow(shop.mediator.send(new SetPrice(), context))
    old.resolve(ok({ cents: 100 }))
    const first = (await asking)._unsafeUnwrap()
    const second = await shop.ask()

    expect(first).toEqual({ cents: 100 })
    expect(second).toEqual({ cents: 2 })
  })

  it('does not keep others from being kept that were on their way', async () => {
    const shop = shopWith(rules)
    const slow = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => slow.promise)

    const asking = shop.mediator.send(new GetPrice('ink'), context)
    await orThrow(shop.mediator.send(new SetPrice('tea'), context))
    slow.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask('ink')).toEqual({ cents: 100 })
  })

  it('does not keep those from being kept that begin afterwards, while an older one is on its way', async () => {
    const shop = shopWith(rules)
    const old = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => old.promise)

    const asking = shop.mediator.send(new GetPrice(), context)
    await orThrow(shop.mediator.send(new SetPrice(), context))
    const fresh = await shop.ask()
    old.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask()).toEqual(fresh)
  })

  it('is remembered long enough: of so many invalidations none is forgotten too early', async () => {
    const shop = shopWith(rules)
    const old = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => old.promise)

    const asking = shop.mediator.send(new GetPrice(), context)
    shop.cache.invalidate(['price-tea'])
    shop.cache.invalidate(Array.from({ length: 20_000 }, (_, n) => `other-${n}`))
    old.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask()).toEqual({ cents: 2 })
  })

  it('is remembered by its last time: what is invalidated all the time keeps nothing else from being kept', async () => {
    const shop = shopWith(rules)
    const slow = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => slow.promise)
    shop.cache.invalidate(['hot'])
    shop.cache.invalidate(Array.from({ length: 9_999 }, (_, n) => `other-${n}`))

    const asking = shop.mediator.send(new GetPrice(), context)
    shop.cache.invalidate(['hot'])
    shop.cache.invalidate(['one more'])
    slow.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask()).toEqual({ cents: 100 })
  })

  it('leaves nothing of an answer that was on its way while everything was forgotten', async () => {
    const shop = shopWith(rules)
    const old = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => old.promise)

    const asking = shop.mediator.send(new GetPrice(), context)
    shop.cache.clear()
    old.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask()).toEqual({ cents: 2 })
  })

  it('has its answer, and everything is forgotten, when the rule throws after the commit', async () => {
    const lines: object[] = []
    const logger: Logger = { ...silentLogger, error: (fields) => void lines.push(fields) }
    const bug = new Error('bug')
    const breaking = invalidates(SetPrice, () => {
      throw bug
    })
    const shop = shopWith([cached(GetPrice, priceRule), breaking], { logger })
    await shop.ask('ink')

    const result = await shop.mediator.send(new SetPrice(), context)
    await shop.ask('ink')

    expect(result._unsafeUnwrap()).toBe('set')
    expect(shop.asked).toEqual(['ink', 'ink'])
    expect(lines).toEqual([{ err: bug, messageType: 'SetPrice' }])
  })
})

describe('a transaction and the cache', () => {
  it('reads nothing from it and puts nothing into it', async () => {
    const shop = shopWith(rules)
    await shop.ask()
    shop.discount = async (given) => {
      shop.answers.push(async () => ok({ cents: 100 }))
      await orThrow(shop.mediator.send(new GetPrice(), given))
      return ok('seen')
    }

    await orThrow(shop.mediator.send(new Discount(), context))

    expect(shop.asked).toHaveLength(2)
    expect(await shop.ask()).toEqual({ cents: 1 })
  })

  it('is committed before anything is forgotten that an inner command changed', async () => {
    const shop = shopWith(rules)
    await shop.ask()
    const seen: unknown[] = []
    shop.discount = async (given) => {
      await orThrow(shop.mediator.send(new SetPrice(), given))
      seen.push(await shop.ask())
      return ok('done')
    }
    shop.committing = async () => void seen.push(await shop.ask())

    await orThrow(shop.mediator.send(new Discount(), context))
    seen.push(await shop.ask())

    expect(seen).toEqual([{ cents: 1 }, { cents: 1 }, { cents: 2 }])
  })

  it('keeps an answer from being kept that was on its way while it was committed', async () => {
    const shop = shopWith(rules)
    const old = Promise.withResolvers<Result<Price, Refused>>()
    shop.answers.push(() => old.promise)
    const asking = shop.mediator.send(new GetPrice(), context)
    shop.discount = (given) => shop.mediator.send(new SetPrice(), given)

    await orThrow(shop.mediator.send(new Discount(), context))
    old.resolve(ok({ cents: 100 }))
    await orThrow(asking)

    expect(await shop.ask()).toEqual({ cents: 2 })
  })

  it('makes nothing disappear when it is rolled back', async () => {
    const shop = shopWith(rules)
    await shop.ask()
    shop.discount = async (given) => {
      await orThrow(shop.mediator.send(new SetPrice(), given))
      return err(failure('Refused', 'no'))
    }

    const refused = await shop.mediator.send(new Discount(), context)

    expect(refused.isErr()).toBe(true)
    expect(await shop.ask()).toEqual({ cents: 1 })
  })

  it('makes disappear what it may have changed when nobody knows whether it was committed', async () => {
    const shop = shopWith(rules)
    await shop.ask()
    shop.discount = (given) => shop.mediator.send(new SetPrice(), given)
    shop.committing = () => Promise.reject(new Error('connection lost'))

    await expect(shop.mediator.send(new Discount(), context)).rejects.toThrow('connection lost')

    expect(await shop.ask()).toEqual({ cents: 2 })
  })

  it('of an inner command that has one of its own is over when that command is', async () => {
    const shop = shopWith(rules, {}, [Discount])
    await shop.ask()
    const seen: unknown[] = []
    shop.discount = async (given) => {
      await orThrow(shop.mediator.send(new SetPrice(), given))
      seen.push(await shop.ask())
      return err(failure('Refused', 'no'))
    }

    const refused = await shop.mediator.send(new Discount(), context)

    expect(refused.isErr()).toBe(true)
    expect(seen).toEqual([{ cents: 2 }])
  })
})

/** A shop whose prices are the number of the question, behind a cache and transactions. */
function shopWith(
  given: readonly CacheRule[],
  options?: QueryCacheOptions,
  except: NonNullable<Parameters<typeof transaction>[1]>['except'] = [],
) {
  const cache = new QueryCache(options)
  const shop = {
    cache,
    asked: [] as string[],
    returned: [] as unknown[],
    answers: [] as (() => Promise<Result<Price, Refused>>)[],
    committing: async (): Promise<void> => undefined,
    setPrice: async (): Promise<Result<string, Refused>> => ok('set'),
    discount: async (_: typeof context): Promise<Result<string, Refused>> => ok('done'),
    mediator: undefined as unknown as Mediator<Messages>,
    ask: async (sku = 'tea', by = context) =>
      (await shop.mediator.send(new GetPrice(sku), by))._unsafeUnwrap(),
  }
  const answer = async (sku: string) => {
    const price = { cents: shop.asked.push(sku) }
    shop.returned.push(price)
    return shop.answers.shift()?.() ?? ok(price)
  }
  const storage: UnitOfWork = {
    async transaction(work) {
      const result = await work({})
      if (result.isOk()) await shop.committing()
      return result
    },
  }
  shop.mediator = new MediatorBuilder()
    .use(cache.caching(given))
    .use(transaction(storage, { except }))
    .handle(GetPrice, ({ sku }) => answer(sku))
    .handle(GetStock, () => answer('stock'))
    .handle(SetPrice, () => shop.setPrice())
    .handle(Discount, (_, inner) => shop.discount(inner))
    .build()
  return shop
}

function settableClock(time = 0) {
  const clock = { time, now: () => new Date(clock.time) }
  return clock
}
