import { type Context, createContext } from '@ashlar/kernel'
import { err, type Failure, failure, ok, okAsync, orThrow } from '@ashlar/result'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { Command } from './command.ts'
import type { StreamHandler } from './handler.ts'
import { HandlerNotFoundError } from './mediator.ts'
import { DuplicateHandlerError, MediatorBuilder } from './mediator-builder.ts'
import { StreamQuery } from './stream-query.ts'

type CartClosed = Failure<'CartClosed', { cartId: string }>

class ListItems extends StreamQuery<string, CartClosed> {
  static readonly type = 'ListItems'
  static readonly schema = v.strictObjectAsync({
    cartId: v.pipeAsync(
      v.string(),
      v.checkAsync(async (id) => id !== 'stolen', 'is not your cart'),
    ),
  })
  readonly type = 'ListItems'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

class OpenCart extends Command<void> {
  static readonly type = 'OpenCart'
  readonly type = 'OpenCart'
}

async function* skus(...given: string[]) {
  yield* given
}

const listItems: StreamHandler<ListItems> = async ({ cartId }) =>
  cartId === 'closed'
    ? err(failure('CartClosed', `cart "${cartId}" is closed`, { cartId }))
    : ok(skus('TEA-1', 'MUG-1'))

const context = createContext({ correlationId: 'c-1' })
const question = new ListItems({ cartId: 'c-1' })

describe('stream', () => {
  it('answers with the items of the handler', async () => {
    const mediator = new MediatorBuilder().handle(ListItems, listItems).build()

    const { value: items } = await orThrow(mediator.stream(question, context))

    expect(await Array.fromAsync(items)).toEqual(['TEA-1', 'MUG-1'])
  })

  it('answers with a failure before there is any item', async () => {
    const mediator = new MediatorBuilder().handle(ListItems, listItems).build()

    const refused = await mediator.stream(new ListItems({ cartId: 'closed' }), context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'CartClosed', cartId: 'closed' })
  })

  it('throws from the iteration what goes wrong later', async () => {
    const bug = new Error('connection lost')
    const mediator = new MediatorBuilder()
      .handle(ListItems, () => okAsync<AsyncIterable<string>, CartClosed>(breaking(bug)))
      .build()

    const { value: items } = await orThrow(mediator.stream(question, context))

    await expect(Array.fromAsync(items)).rejects.toBe(bug)
  })

  it('is surrounded by the behaviours of its kind, at the start', async () => {
    const calls: string[] = []
    const watch: Behaviour<'stream'> = {
      name: 'watch',
      kinds: ['stream'],
      async handle(message, given, next) {
        calls.push(`${message.kind} starts`)
        const started = await next(message, given)
        calls.push('stream is started')
        return started
      },
    }
    const refusing: Behaviour<'command' | 'query' | 'notification', CartClosed> = {
      name: 'refusing',
      kinds: ['command', 'query', 'notification'],
      handle: async () => err(failure('CartClosed', 'is not of my kind', { cartId: '' })),
    }
    const mediator = new MediatorBuilder().use(watch).use(refusing).handle(ListItems, listItems).build()

    const { value: items } = await orThrow(mediator.stream(question, context))
    for await (const item of items) calls.push(item)

    expect(calls).toEqual(['stream starts', 'stream is started', 'TEA-1', 'MUG-1'])
  })

  it('stops with the reason when the signal is aborted between two items', async () => {
    const controller = new AbortController()
    const mediator = new MediatorBuilder().handle(ListItems, listItems).build()
    const seen: string[] = []

    const reading = (async () => {
      const { value: items } = await orThrow(mediator.stream(question, abortable(controller)))
      for await (const item of items) {
        seen.push(item)
        controller.abort('client left')
      }
    })()

    await expect(reading).rejects.toBe('client left')
    expect(seen).toEqual(['TEA-1'])
  })

  it('stops with the reason while it waits for an item', async () => {
    const controller = new AbortController()
    const asked = Promise.withResolvers<void>()
    async function* stuck() {
      asked.resolve()
      await new Promise(() => {})
      yield 'TEA-1'
    }
    const mediator = new MediatorBuilder().handle(ListItems, async () => ok(stuck())).build()
    const { value: items } = await orThrow(mediator.stream(question, abortable(controller)))
    const reading = Array.fromAsync(items)

    await asked.promise
    controller.abort('client left')

    await expect(reading).rejects.toBe('client left')
  })

  it('does not start when the signal is aborted already', async () => {
    const calls: unknown[] = []
    const mediator = new MediatorBuilder()
      .handle(ListItems, async (message) => ok(skus(String(calls.push(message)))))
      .build()

    const asked = mediator.stream(question, createContext({ signal: AbortSignal.abort(null) }))

    await expect(asked).rejects.toBe(null)
    expect(calls).toEqual([])
  })

  it.each([null, undefined, 'text', Object.freeze({ bug: true })])(
    'rejects with exactly what the handler throws: %s',
    async (thrown) => {
      const mediator = new MediatorBuilder()
        .handle(ListItems, () => {
          throw thrown
        })
        .build()

      await expect(mediator.stream(question, context)).rejects.toBe(thrown)
    },
  )

  it('rejects when the handler answers with nothing', async () => {
    const mediator = new MediatorBuilder().handle(ListItems, (() => undefined) as never).build()

    await expect(mediator.stream(question, context)).rejects.toThrow(TypeError)
  })

  it('tells which method is meant where types were left behind', async () => {
    const mediator = new MediatorBuilder()
      .handle(ListItems, listItems)
      .handle(OpenCart, async () => ok())
      .build()
    const empty = new MediatorBuilder().build()

    await expect(mediator.send(question as never, context)).rejects.toThrow(
      'no handler for message "ListItems": it is a stream, use stream instead of send',
    )
    await expect(mediator.stream(new OpenCart() as never, context)).rejects.toThrow(
      'no handler for message "OpenCart": it is a command, use send instead of stream',
    )
    await expect(mediator.publish(question as never, context)).rejects.toBeInstanceOf(HandlerNotFoundError)
    await expect(empty.stream(question as never, context)).rejects.toThrow(
      'no handler for message "ListItems": register one by MediatorBuilder.handle',
    )
  })

  it('has exactly one handler', () => {
    const builder = new MediatorBuilder().handle(ListItems, listItems)

    expect(() => builder.handle(ListItems, listItems)).toThrow(DuplicateHandlerError)
  })

  it('is of kind "stream", with and without an instance', () => {
    expect([question.kind, ListItems.prototype.kind]).toEqual(['stream', 'stream'])
  })
})

describe('streamInput', () => {
  const mediator = new MediatorBuilder().handle(ListItems, listItems).build()

  it('parses, makes the query and asks it', async () => {
    const { value: items } = await orThrow(mediator.streamInput(ListItems, { cartId: 'c-1' }, context))

    expect(await Array.fromAsync(items)).toEqual(['TEA-1', 'MUG-1'])
  })

  it('answers with InvalidInput, or with the failure of the query', async () => {
    const stolen = await mediator.streamInput(ListItems, { cartId: 'stolen' }, context)
    const closed = await mediator.streamInput(ListItems, { cartId: 'closed' }, context)

    expect(stolen._unsafeUnwrapErr()).toMatchObject({
      type: 'InvalidInput',
      issues: [{ path: 'cartId', message: 'is not your cart' }],
    })
    expect(closed._unsafeUnwrapErr().type).toBe('CartClosed')
  })

  it('rejects with the reason of an aborted signal instead of looking at the input', async () => {
    const aborted = createContext({ signal: AbortSignal.abort('client left') })

    await expect(mediator.streamInput(ListItems, { cartId: 1 }, aborted)).rejects.toBe('client left')
  })
})

async function* breaking(bug: unknown) {
  yield 'TEA-1'
  throw bug
}

function abortable(controller: AbortController): Context {
  return createContext({ signal: controller.signal })
}
