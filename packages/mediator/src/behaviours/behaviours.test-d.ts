import { type Context, createContext, type Logger, type UnitOfWork } from '@ashlar/kernel'
import { currentContext, runWithContext } from '@ashlar/kernel/async-context'
import { type Failure, ok, type Result } from '@ashlar/result'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Notification } from '../notification.ts'
import { Query } from '../query.ts'
import { StreamQuery } from '../stream-query.ts'
import { authorisation, type Forbidden, policy } from './authorisation.ts'
import { cached, invalidates } from './cache-rule.ts'
import { context } from './context.ts'
import { logging } from './logging.ts'
import { QueryCache } from './query-cache.ts'
import { retryOnConflict } from './retry-on-conflict.ts'
import { type TimedOut, timeout } from './timeout.ts'
import { tracing } from './tracing.ts'
import { transaction } from './transaction.ts'

type CartNotOpen = Failure<'CartNotOpen', { cartId: string }>

class CloseCart extends Command<string, CartNotOpen> {
  static readonly type = 'CloseCart'
  readonly type = 'CloseCart'
  readonly cartId = 'c-1'
}

class GetCart extends Query<{ readonly items: readonly string[] }, CartNotOpen> {
  static readonly type = 'GetCart'
  readonly type = 'GetCart'
  readonly cartId = 'c-1'
}

class GetClosingTime extends Query<Date> {
  static readonly type = 'GetClosingTime'
  readonly type = 'GetClosingTime'
}

class ListCarts extends StreamQuery<string> {
  static readonly type = 'ListCarts'
  readonly type = 'ListCarts'
}

class CartClosed extends Notification {
  static readonly type = 'CartClosed'
  readonly type = 'CartClosed'
}

declare const logger: Logger
declare const storage: UnitOfWork
const given: Context = createContext()
const cache = new QueryCache()

const mediator = new MediatorBuilder()
  .use(context({ run: runWithContext, current: currentContext }))
  .use(logging(logger))
  .use(tracing({}))
  .use(authorisation([policy(CloseCart, ({ cartId }, { userId }) => cartId === userId || 'no')]))
  .use(cache.caching([cached(GetCart, { key: ({ cartId }) => cartId, tags: (_, { items }) => items })]))
  .use(retryOnConflict([CloseCart]))
  .use(transaction(storage, { except: [CloseCart] }))
  .use(timeout({ ms: 1_000, except: [GetCart, CloseCart] }))
  .handle(CloseCart, async () => ok('closed'))
  .handle(GetCart, async () => ok({ items: [] }))
  .handle(ListCarts, async () => ok(new ReadableStream<string>()))
  .on(CartClosed, async () => ok())
  .build()

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false

export async function answers(): Promise<void> {
  const closed = await mediator.send(new CloseCart(), given)
  true satisfies Same<typeof closed, Result<string, CartNotOpen | Forbidden | TimedOut>>

  const cart = await mediator.send(new GetCart(), given)
  true satisfies Same<
    typeof cart,
    Result<{ readonly items: readonly string[] }, CartNotOpen | Forbidden | TimedOut>
  >

  const carts = await mediator.stream(new ListCarts(), given)
  true satisfies Same<typeof carts, Result<AsyncIterable<string>, Forbidden>>
}

export function rulesThatAreRefused(): void {
  // @ts-expect-error a policy sees the message that it is for
  policy(CloseCart, ({ sku }) => sku === 'TEA-1')
  // @ts-expect-error a number is no verdict
  policy(CloseCart, () => 1)
  // @ts-expect-error notifications have no policy
  policy(CartClosed, () => true)
  // @ts-expect-error a Date is no JSON, and can not be kept
  cached(GetClosingTime, { key: () => '', tags: () => [] })
  // @ts-expect-error commands are not cached
  cached(CloseCart, { key: () => '', tags: () => [] })
  // @ts-expect-error a key is a string
  cached(GetCart, { key: () => 7, tags: () => [] })
  // @ts-expect-error the value is the query's own
  cached(GetCart, { key: () => '', tags: (_, { lines }) => lines })
  // @ts-expect-error tags are a list
  invalidates(CloseCart, ({ cartId }) => cartId)
  // @ts-expect-error queries change nothing
  invalidates(GetCart, () => [])
  // @ts-expect-error queries have no conflicts
  retryOnConflict([GetCart])
  // @ts-expect-error queries have no transaction
  transaction(storage, { except: [GetCart] })
  // @ts-expect-error streams have no timeout
  timeout({ ms: 1_000, only: [ListCarts] })
  // @ts-expect-error a time limit is needed
  timeout({})
}
