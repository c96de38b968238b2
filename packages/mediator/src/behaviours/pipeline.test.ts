import { createContext, type Logger, silentLogger, type UnitOfWork } from '@ashlar/kernel'
import { currentContext, runWithContext } from '@ashlar/kernel/async-context'
import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Query } from '../query.ts'
import { authorisation, policy } from './authorisation.ts'
import { cached, invalidates } from './cache-rule.ts'
import { context } from './context.ts'
import { logging } from './logging.ts'
import { QueryCache } from './query-cache.ts'
import { retryOnConflict } from './retry-on-conflict.ts'
import { timeout } from './timeout.ts'
import { tracing } from './tracing.ts'
import { transaction } from './transaction.ts'

type SetPriceFailure = Failure<'VersionConflict'>

class SetPrice extends Command<void, SetPriceFailure> {
  static readonly type = 'SetPrice'
  readonly type = 'SetPrice'
}

class GetPrice extends Query<number> {
  static readonly type = 'GetPrice'
  readonly type = 'GetPrice'
}

const ada = createContext({ userId: 'ada' })
const conflict = err(failure('VersionConflict', 'price is at version 2, expected 1'))

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('all behaviours in the recommended order', () => {
  it('try again in a new transaction, forget what has changed, and say so in one line', async () => {
    const shop = shopWith(async () => (shop.transactions.length < 3 ? conflict : ok()))
    const before = await shop.price()

    const result = await shop.mediator.send(new SetPrice(), ada)
    const after = await shop.price()

    expect(result.isOk()).toBe(true)
    expect(shop.transactions).toEqual(['rolled back', 'rolled back', 'committed'])
    expect([before, after]).toEqual([1, 2])
    expect(shop.lines).toEqual(['GetPrice ok', 'SetPrice ok', 'GetPrice ok'])
  })

  it('roll back what took too long, try it not again, and keep what was known', async () => {
    const shop = shopWith(() => new Promise(() => {}))
    await shop.price()

    const sent = shop.mediator.send(new SetPrice(), ada)
    await vi.advanceTimersByTimeAsync(1_000 + 16)
    const result = await sent

    expect(result._unsafeUnwrapErr().type).toBe('TimedOut')
    expect(shop.transactions).toEqual(['rolled back'])
    expect(await shop.price()).toBe(1)
    expect(shop.lines).toEqual(['GetPrice ok', 'SetPrice failed: TimedOut', 'GetPrice ok'])
  })

  it('give nobody a kept answer who may not have it', async () => {
    const shop = shopWith(async () => ok())
    await shop.price()

    const refused = await shop.mediator.send(new GetPrice(), createContext())

    expect(refused._unsafeUnwrapErr().type).toBe('Forbidden')
  })
})

function shopWith(setPrice: () => Promise<Result<void, SetPriceFailure>>) {
  const lines: unknown[] = []
  const transactions: string[] = []
  const write = (_: object, line?: string) => void lines.push(line)
  const logger: Logger = { ...silentLogger, info: write, warn: write, error: write }
  const storage: UnitOfWork = {
    async transaction(work) {
      const index = transactions.push('begun') - 1
      const result = await work({})
      transactions[index] = result.isOk() ? 'committed' : 'rolled back'
      return result
    },
  }
  let asked = 0
  const rules = [
    cached(GetPrice, { key: () => '', tags: () => ['price'], sharedByUsers: true }),
    invalidates(SetPrice, () => ['price']),
  ]
  const isAda = policy(GetPrice, (_, { userId }) => userId === 'ada')
  const mediator = new MediatorBuilder()
    .use(context({ run: runWithContext, current: currentContext }))
    .use(logging(logger))
    .use(tracing({}))
    .use(authorisation([isAda, policy(SetPrice, () => currentContext()?.userId === 'ada')]))
    .use(new QueryCache().caching(rules))
    .use(retryOnConflict([SetPrice]))
    .use(transaction(storage))
    .use(timeout({ ms: 1_000 }))
    .handle(SetPrice, setPrice)
    .handle(GetPrice, async () => ok(++asked))
    .build()
  const price = async () => (await mediator.send(new GetPrice(), ada))._unsafeUnwrap()
  return { mediator, price, lines, transactions }
}
