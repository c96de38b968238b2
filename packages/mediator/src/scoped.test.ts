import { type Context, createContext } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { MediatorBuilder } from './mediator-builder.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'
import { scoped } from './scoped.ts'
import { StreamQuery } from './stream-query.ts'

type Refused = Failure<'Refused'>

class CountCarts extends Query<string, Refused> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

class ListCarts extends StreamQuery<string, Refused> {
  static readonly type = 'ListCarts'
  readonly type = 'ListCarts'
}

class CartOpened extends Notification {
  static readonly type = 'CartOpened'
  readonly type = 'CartOpened'
}

const context = createContext({ correlationId: 'c-1', tenantId: 'acme' })

describe('scoped', () => {
  it('makes a handler per message, from the context of the message', async () => {
    const opened: (string | undefined)[] = []
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(({ tenantId }) => {
          opened.push(tenantId)
          return async ({ type }) => ok(`${type} of ${tenantId}`)
        }),
      )
      .build()

    const first = await mediator.send(new CountCarts(), context)
    const second = await mediator.send(new CountCarts(), { ...context, tenantId: 'emca' })

    expect([first._unsafeUnwrap(), second._unsafeUnwrap()]).toEqual([
      'CountCarts of acme',
      'CountCarts of emca',
    ])
    expect(opened).toEqual(['acme', 'emca'])
  })

  it('waits for a factory that waits, and for disposing, before it answers', async () => {
    const { log, open } = logging(async () => ok('3'))
    const mediator = new MediatorBuilder().handle(CountCarts, scoped(open)).build()

    const counted = await mediator.send(new CountCarts(), context)

    expect(counted._unsafeUnwrap()).toBe('3')
    expect(log).toEqual(['opened', 'called', 'disposed'])
  })

  it('disposes after an Err, too', async () => {
    const { log, open } = logging(async () => err(failure('Refused', 'not today')))
    const mediator = new MediatorBuilder().handle(CountCarts, scoped(open)).build()

    expect((await mediator.send(new CountCarts(), context)).isErr()).toBe(true)
    expect(log).toEqual(['opened', 'called', 'disposed'])
  })

  it.each([null, undefined, 'text', Object.freeze({ bug: true })])(
    'disposes when the handler throws, at once or later, and rejects with it: %s',
    async (thrown) => {
      const late = logging<never>(() => Promise.reject(thrown))
      const atOnce = logging<never>(() => {
        throw thrown
      })
      const lateMediator = new MediatorBuilder().handle(CountCarts, scoped(late.open)).build()
      const atOnceMediator = new MediatorBuilder().handle(CountCarts, scoped(atOnce.open)).build()

      await expect(lateMediator.send(new CountCarts(), context)).rejects.toBe(thrown)
      await expect(atOnceMediator.send(new CountCarts(), context)).rejects.toBe(thrown)

      expect(late.log).toEqual(['opened', 'called', 'disposed'])
      expect(atOnce.log).toEqual(['opened', 'called', 'disposed'])
    },
  )

  it('rejects with what disposing throws', async () => {
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(() => ({
          handle: async () => ok('3'),
          [Symbol.dispose]: () => {
            throw new Error('still in use')
          },
        })),
      )
      .build()

    await expect(mediator.send(new CountCarts(), context)).rejects.toThrow('still in use')
  })

  it('rejects when the factory throws, and then there is nothing to dispose of', async () => {
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped((): never => {
          throw new Error('pool is empty')
        }),
      )
      .build()

    await expect(mediator.send(new CountCarts(), context)).rejects.toThrow('pool is empty')
  })

  it('disposes without calling the handler when the signal was aborted while the factory was at work', async () => {
    const controller = new AbortController()
    const { log, open } = logging(async () => ok('3'))
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(async (given) => {
          const scope = await open(given)
          controller.abort('client left')
          return scope
        }),
      )
      .build()

    const sent = mediator.send(new CountCarts(), createContext({ signal: controller.signal }))

    await expect(sent).rejects.toBe('client left')
    expect(log).toEqual(['opened', 'disposed'])
  })

  it('disposes of an object once, in the way that may wait, with itself as this', async () => {
    class Scope {
      readonly carts = ['c-1', 'c-2']
      disposed: string[] = []
      async handle() {
        return ok(String(this.carts.length))
      }
      [Symbol.dispose]() {
        this.disposed.push('at once')
      }
      async [Symbol.asyncDispose]() {
        this.disposed.push('later')
      }
    }
    const scope = new Scope()
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(() => scope),
      )
      .build()

    const counted = await mediator.send(new CountCarts(), context)

    expect(counted._unsafeUnwrap()).toBe('2')
    expect(scope.disposed).toEqual(['later'])
  })

  it('disposes of a function that can be disposed of', async () => {
    let disposed = 0
    const handler = Object.assign(async () => ok('3'), { [Symbol.dispose]: () => void disposed++ })
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(() => handler),
      )
      .build()

    await orThrow(mediator.send(new CountCarts(), context))

    expect(disposed).toBe(1)
  })

  it('opens one scope for each of many messages at once, and leaves none open', async () => {
    let open = 0
    let most = 0
    const mediator = new MediatorBuilder()
      .handle(
        CountCarts,
        scoped(async () => {
          open++
          await Promise.resolve()
          most = Math.max(most, open)
          return { handle: async () => ok('3'), [Symbol.asyncDispose]: async () => void open-- }
        }),
      )
      .build()

    await Promise.all(Array.from({ length: 100 }, () => orThrow(mediator.send(new CountCarts(), context))))

    expect([most, open]).toEqual([100, 0])
  })

  it('serves handlers of notifications, each with a scope of its own', async () => {
    const { log, open } = logging(async () => ok('heard'))
    const mediator = new MediatorBuilder().on(CartOpened, scoped(open), scoped(open)).build()

    await orThrow(mediator.publish(new CartOpened(), context))

    expect(log).toEqual(['opened', 'called', 'disposed', 'opened', 'called', 'disposed'])
  })
})

describe('scoped around a stream', () => {
  it('keeps the scope until all items are read', async () => {
    const { log, open } = logging(async () => ok(carts()))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()

    const { value: items } = await orThrow(mediator.stream(new ListCarts(), context))
    log.push('answered')
    for await (const cart of items) log.push(cart)

    expect(log).toEqual(['opened', 'called', 'answered', 'c-1', 'c-2', 'disposed'])
  })

  it('keeps the scope until the reader leaves', async () => {
    const { log, open } = logging(async () => ok(carts()))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()

    const { value: items } = await orThrow(mediator.stream(new ListCarts(), context))
    for await (const cart of items) {
      log.push(cart)
      break
    }

    expect(log).toEqual(['opened', 'called', 'c-1', 'disposed'])
  })

  it('ends the scope once, however often the items are asked for', async () => {
    const { log, open } = logging(async () => ok(carts()))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()

    const { value: items } = await orThrow(mediator.stream(new ListCarts(), context))
    for await (const cart of items) {
      log.push(cart)
      break
    }
    for await (const cart of items) log.push(cart)

    expect(log).toEqual(['opened', 'called', 'c-1', 'disposed'])
  })

  it('ends the scope when the source breaks', async () => {
    const { log, open } = logging(async () => ok(breaking()))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()

    const { value: items } = await orThrow(mediator.stream(new ListCarts(), context))

    await expect(Array.fromAsync(items)).rejects.toThrow('connection lost')
    expect(log).toEqual(['opened', 'called', 'disposed'])
  })

  it('ends the scope when the signal is aborted', async () => {
    const controller = new AbortController()
    const { log, open, disposed } = logging(async () => ok(carts()))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()
    const { value: items } = await orThrow(
      mediator.stream(new ListCarts(), createContext({ signal: controller.signal })),
    )

    controller.abort('client left')

    await expect(Array.fromAsync(items)).rejects.toBe('client left')
    await disposed
    expect(log).toEqual(['opened', 'called', 'disposed'])
  })

  it('ends the scope at once when there is no stream', async () => {
    const { log, open } = logging(async () => err(failure('Refused', 'not today')))
    const mediator = new MediatorBuilder().handle(ListCarts, scoped(open)).build()

    expect((await mediator.stream(new ListCarts(), context)).isErr()).toBe(true)
    expect(log).toEqual(['opened', 'called', 'disposed'])
  })
})

async function* carts() {
  yield 'c-1'
  yield 'c-2'
}

async function* breaking(): AsyncGenerator<string> {
  yield* []
  throw new Error('connection lost')
}

/** A scope that writes down what is done to it, each a turn later. */
function logging<Answer>(answer: () => Promise<Answer>) {
  const log: string[] = []
  const { promise: disposed, resolve } = Promise.withResolvers<void>()
  return {
    log,
    disposed,
    async open(_: Context) {
      await Promise.resolve()
      log.push('opened')
      return {
        handle() {
          log.push('called')
          return answer()
        },
        async [Symbol.asyncDispose]() {
          await Promise.resolve()
          log.push('disposed')
          resolve()
        },
      }
    },
  }
}
