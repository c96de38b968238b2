import { type Context, createContext } from '@ashlar/kernel'
import { err, errAsync, type Failure, failure, ok, okAsync, orThrow, type Result } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { Command } from './command.ts'
import type { Handler } from './handler.ts'
import { SchemaAnswerError } from './input.ts'
import { HandlerNotFoundError } from './mediator.ts'
import { MediatorBuilder } from './mediator-builder.ts'
import type { Sendable } from './message.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'

type CartNotOpen = Failure<'CartNotOpen', { cartId: string }>

class AddItem extends Command<{ items: number }, CartNotOpen> {
  static readonly type = 'AddItem'
  static readonly schema = v.strictObjectAsync({
    cartId: v.pipeAsync(
      v.string(),
      v.checkAsync(async (id) => id !== 'stolen', 'is not your cart'),
    ),
  })
  readonly type = 'AddItem'
  readonly cartId: string
  constructor(data: { cartId: string }) {
    super()
    this.cartId = data.cartId
  }
}

class CountCarts extends Query<number> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

const addItem: Handler<AddItem> = async ({ cartId }) =>
  cartId === 'closed'
    ? err(failure('CartNotOpen', `cart "${cartId}" is closed`, { cartId }))
    : ok({ items: 1 })

const context = createContext({ correlationId: 'c-1' })

describe('send', () => {
  it('answers with what the handler returned', async () => {
    const mediator = new MediatorBuilder()
      .handle(AddItem, addItem)
      .handle(CountCarts, async () => ok(3))
      .build()

    expect((await mediator.send(new AddItem({ cartId: 'c' }), context))._unsafeUnwrap()).toEqual({ items: 1 })
    expect((await mediator.send(new CountCarts(), context))._unsafeUnwrap()).toBe(3)
    expect((await mediator.send(new AddItem({ cartId: 'closed' }), context))._unsafeUnwrapErr().cartId).toBe(
      'closed',
    )
  })

  it('hands the handler the message and the context themselves', async () => {
    const seen: unknown[] = []
    const mediator = new MediatorBuilder()
      .handle(CountCarts, async (...given) => ok(seen.push(...given)))
      .build()
    const message = new CountCarts()

    await orThrow(mediator.send(message, context))

    expect(seen[0]).toBe(message)
    expect(seen[1]).toBe(context)
  })

  it('finds the handler by name, so that a copy of the class from elsewhere is served', async () => {
    const mediator = new MediatorBuilder().handle(CountCarts, async () => ok(3)).build()
    const copy = { type: 'CountCarts', kind: 'query' } as CountCarts

    expect((await mediator.send(copy, context))._unsafeUnwrap()).toBe(3)
  })

  it.each(['constructor', '__proto__', 'toString', ''])(
    'takes "%s" for a name like any other',
    async (type) => {
      class Odd extends Query<string> {
        static readonly type: 'odd' = type as 'odd'
        readonly type: 'odd' = type as 'odd'
      }

      const served = new MediatorBuilder().handle(Odd, async () => ok('served')).build()
      const empty = new MediatorBuilder().build()

      expect((await served.send(new Odd(), context))._unsafeUnwrap()).toBe('served')
      await expect(empty.send(new Odd() as never, context)).rejects.toBeInstanceOf(HandlerNotFoundError)
    },
  )

  it('rejects where types were left behind and there is no handler', async () => {
    const mediator = new MediatorBuilder().build()

    await expect(mediator.send(new CountCarts() as never, context)).rejects.toMatchObject({
      name: 'HandlerNotFoundError',
      code: 'ASHLAR_MEDIATOR_HANDLER_NOT_FOUND',
      messageType: 'CountCarts',
      message: 'no handler for message "CountCarts": register one by MediatorBuilder.handle',
    })
  })

  it.each([null, undefined, 'text', new Error('bug'), Object.freeze({ bug: true })])(
    'rejects with exactly what a handler throws: %s',
    async (thrown) => {
      const late = new MediatorBuilder().handle(CountCarts, () => Promise.reject(thrown)).build()
      const atOnce = new MediatorBuilder()
        .handle(CountCarts, () => {
          throw thrown
        })
        .build()

      await expect(late.send(new CountCarts(), context)).rejects.toBe(thrown)
      await expect(atOnce.send(new CountCarts(), context)).rejects.toBe(thrown)
    },
  )

  it('answers with what the handler gives when that is nothing, and the next message is served', async () => {
    let isSilent = true
    const mediator = new MediatorBuilder()
      .handle(CountCarts, () => (isSilent ? (undefined as never) : okAsync(3)))
      .build()

    expect(await mediator.send(new CountCarts(), context)).toBeUndefined()

    isSilent = false
    expect((await mediator.send(new CountCarts(), context))._unsafeUnwrap()).toBe(3)
  })

  it('takes the first answer of a thenable that answers twice', async () => {
    const fickle: PromiseLike<Result<number, never>> = {
      // biome-ignore lint/suspicious/noThenProperty: a thenable of somebody else's
      then(resolve) {
        resolve?.(ok(1))
        resolve?.(ok(2))
        throw new Error('too late')
      },
    }
    const mediator = new MediatorBuilder().handle(CountCarts, () => fickle).build()

    expect((await mediator.send(new CountCarts(), context))._unsafeUnwrap()).toBe(1)
  })

  it('lives on after a handler threw', async () => {
    let calls = 0
    const mediator = new MediatorBuilder()
      .handle(CountCarts, async () => {
        if (calls++ === 0) throw new Error('first time')
        return ok(calls)
      })
      .build()

    await expect(mediator.send(new CountCarts(), context)).rejects.toThrow('first time')
    expect((await mediator.send(new CountCarts(), context))._unsafeUnwrap()).toBe(2)
  })

  it('takes handlers that return ResultAsync, and answers with a real promise', async () => {
    const mediator = new MediatorBuilder()
      .handle(CountCarts, () => okAsync(3))
      .handle(AddItem, ({ cartId }) => errAsync(failure('CartNotOpen', 'closed', { cartId })))
      .build()

    const sent = mediator.send(new CountCarts(), context)

    expect(sent).toBeInstanceOf(Promise)
    expect((await sent)._unsafeUnwrap()).toBe(3)
    expect((await mediator.send(new AddItem({ cartId: 'c' }), context)).isErr()).toBe(true)
  })

  it('rejects with the reason of a signal that is aborted already, before anything runs', async () => {
    const calls: string[] = []
    const mediator = new MediatorBuilder()
      .use({
        name: 'witness',
        kinds: ['query'],
        handle(message, given, next) {
          calls.push('behaviour')
          return next(message, given)
        },
      })
      .handle(CountCarts, async () => ok(calls.push('handler')))
      .build()
    const reason = new Error('client left')

    await expect(mediator.send(new CountCarts(), abortedBy(reason))).rejects.toBe(reason)
    expect(calls).toEqual([])
  })
})

describe('sendInput', () => {
  const mediator = new MediatorBuilder().handle(AddItem, addItem).build()

  it('parses, makes the message and sends it', async () => {
    expect((await mediator.sendInput(AddItem, { cartId: 'c' }, context))._unsafeUnwrap()).toEqual({
      items: 1,
    })
    expect((await mediator.sendInput(AddItem, { cartId: 'closed' }, context))._unsafeUnwrapErr().type).toBe(
      'CartNotOpen',
    )
  })

  it('returns InvalidInput without calling anybody', async () => {
    const calls: Sendable[] = []
    const watched = new MediatorBuilder()
      .handle(AddItem, async (message) => ok({ items: calls.push(message) }))
      .build()

    const refused = await watched.sendInput(AddItem, { cartId: 'stolen', extra: 1 }, context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidInput', messageType: 'AddItem' })
    expect(calls).toEqual([])
  })

  it('waits for a schema that answers with a promise', async () => {
    const refused = await mediator.sendInput(AddItem, { cartId: 'stolen' }, context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({
      issues: [{ path: 'cartId', message: 'is not your cart' }],
    })
  })

  it('rejects with the reason of an aborted signal instead of looking at the input', async () => {
    const reason = new Error('client left')

    await expect(mediator.sendInput(AddItem, { cartId: 1 }, abortedBy(reason))).rejects.toBe(reason)
  })

  it('does not send what was aborted while the schema was at work', async () => {
    const controller = new AbortController()
    const calls: Sendable[] = []
    class Slow extends Command<void> {
      static readonly type = 'Slow'
      static readonly schema = v.pipeAsync(
        v.string(),
        v.checkAsync(async () => {
          controller.abort(null)
          return true
        }),
      )
      readonly type = 'Slow'
    }
    const slow = new MediatorBuilder()
      .handle(Slow, async (message) => {
        calls.push(message)
        return ok()
      })
      .build()

    await expect(slow.sendInput(Slow, 'x', createContext({ signal: controller.signal }))).rejects.toBe(null)
    expect(calls).toEqual([])
  })
})

describe('sendInput with a schema that is broken', () => {
  it.each([null, undefined, 'text', new Error('bug'), Object.freeze({ bug: true })])(
    'rejects with exactly what it throws, at once or later: %s',
    async (thrown) => {
      const atOnce = mediatorWith(() => {
        throw thrown
      })
      const late = mediatorWith(() => Promise.reject(thrown))

      await expect(atOnce.send()).rejects.toBe(thrown)
      await expect(late.send()).rejects.toBe(thrown)
      expect([atOnce.calls, late.calls]).toEqual([[], []])
    },
  )

  it.each([
    ['undefined', undefined],
    ['null', null],
    ['text', 'text'],
    ['42', 42],
    ['an object of neither', {}],
    ['an object of neither', { issues: 'wrong' }],
    ['an object of neither', { value: 'c', issues: {} }],
  ])('rejects an answer that no schema gives, and makes no message: %s', async (found, answer) => {
    const atOnce = mediatorWith(() => answer)
    const late = mediatorWith(async () => answer)
    const expected = {
      name: 'SchemaAnswerError',
      code: 'ASHLAR_MEDIATOR_SCHEMA_ANSWER',
      message: `the schema of Odd must answer with "value" or a list of "issues", found ${found}`,
    }

    await expect(atOnce.send()).rejects.toBeInstanceOf(SchemaAnswerError)
    await expect(atOnce.send()).rejects.toMatchObject(expected)
    await expect(late.send()).rejects.toMatchObject(expected)
    expect([atOnce.calls, late.calls]).toEqual([[], []])
  })

  it.each([[[null]], [[undefined]], [[{ message: 'odd', path: [null] }]]])(
    'rejects issues that are none: %j',
    async (issues) => {
      const { send, calls } = mediatorWith(() => ({ issues }))

      await expect(send()).rejects.toThrow(TypeError)
      expect(calls).toEqual([])
    },
  )

  it('takes an empty list of issues for a refusal, as the standard says', async () => {
    const { send, calls } = mediatorWith(() => ({ issues: [], value: 'c' }))

    expect((await send())._unsafeUnwrapErr()).toMatchObject({ type: 'InvalidInput', issues: [] })
    expect(calls).toEqual([])
  })

  it('takes undefined for a value when the schema says so', async () => {
    const { send, calls } = mediatorWith(() => ({ value: undefined }))

    expect((await send()).isOk()).toBe(true)
    expect(calls).toEqual([undefined])
  })

  it('rejects with the reason when the signal was aborted meanwhile, whatever it found', async () => {
    for (const answer of [{ value: 'c' }, { issues: [{ message: 'wrong' }] }, undefined]) {
      const controller = new AbortController()
      const { send, calls } = mediatorWith(async () => {
        controller.abort('client left')
        return answer
      })

      await expect(send(createContext({ signal: controller.signal }))).rejects.toBe('client left')
      expect(calls).toEqual([])
    }
  })

  it('does not ask the schema when the signal is aborted already', async () => {
    let asked = 0
    const { send } = mediatorWith(() => ({ value: asked++ }))

    await expect(send(abortedBy('client left'))).rejects.toBe('client left')
    expect(asked).toBe(0)
  })

  /** A message whose schema answers with whatever it likes. */
  function mediatorWith(validate: () => unknown) {
    const calls: unknown[] = []
    class Odd extends Command<void> {
      static readonly type = 'Odd'
      static readonly schema: StandardSchemaV1<unknown, unknown> = {
        '~standard': { version: 1, vendor: 'test', validate: validate as () => { value: unknown } },
      }
      readonly type = 'Odd'
      constructor(data: unknown) {
        super()
        calls.push(data)
      }
    }
    const mediator = new MediatorBuilder().handle(Odd, async () => ok()).build()
    return { calls, send: (given: Context = context) => mediator.sendInput(Odd, {}, given) }
  }
})

class OrderPlaced extends Notification {
  static readonly type = 'OrderPlaced'
  readonly type = 'OrderPlaced'
}

describe('publish', () => {
  it('calls all handlers one after the other, in the order in which they were registered', async () => {
    const calls: string[] = []
    const step = (name: string) => async () => {
      calls.push(`${name} starts`)
      await Promise.resolve()
      return ok(calls.push(`${name} ends`))
    }
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, step('mail'), step('statistics'))
      .on(OrderPlaced, step('search'))
      .build()

    const published = await mediator.publish(new OrderPlaced(), context)

    expect(published.isOk()).toBe(true)
    expect(calls).toEqual(
      ['mail', 'statistics', 'search'].flatMap((name) => [`${name} starts`, `${name} ends`]),
    )
  })

  it('calls all handlers at once when told so', async () => {
    const meeting = Promise.withResolvers<Result<void, never>>()
    const mediator = new MediatorBuilder({ publish: { order: 'parallel' } })
      .on(OrderPlaced, () => meeting.promise)
      .on(OrderPlaced, async () => {
        meeting.resolve(ok())
        return ok()
      })
      .build()

    expect((await mediator.publish(new OrderPlaced(), context)).isOk()).toBe(true)
  })

  it.each(['sequential', 'parallel'] as const)(
    'collects what went wrong, and stops nobody: %s',
    async (order) => {
      const calls: string[] = []
      const bug = new Error('bug')
      async function sendMail() {
        return err(failure('MailboxFull', 'mailbox "ada" is full', { mailbox: 'ada' }))
      }
      const mediator = new MediatorBuilder({ publish: { order } })
        .on(OrderPlaced, sendMail)
        .on(OrderPlaced, async () => Promise.reject(bug))
        .on(OrderPlaced, () => {
          throw undefined
        })
        .on(OrderPlaced, async () => ok(calls.push('last')))
        .build()

      const failed = (await mediator.publish(new OrderPlaced(), context))._unsafeUnwrapErr()

      expect(calls).toEqual(['last'])
      expect(failed.message).toBe('3 of 4 handlers of OrderPlaced failed: sendMail, #2, #3')
      expect(failed).toMatchObject({
        type: 'NotificationFailed',
        notificationType: 'OrderPlaced',
        skipped: [],
        failures: [
          { handler: 'sendMail', error: { type: 'MailboxFull', mailbox: 'ada' } },
          { handler: '#2', error: bug },
          { handler: '#3', error: undefined },
        ],
      })
    },
  )

  it('goes on hearing after a handler threw', async () => {
    let heard = 0
    const mediator = new MediatorBuilder()
      .on(OrderPlaced, async () => {
        heard++
        throw new Error('each time')
      })
      .build()

    const first = await mediator.publish(new OrderPlaced(), context)
    const second = await mediator.publish(new OrderPlaced(), context)

    expect([first.isErr(), second.isErr()]).toEqual([true, true])
    expect(heard).toBe(2)
  })

  it('is content when nobody hears, and behaviours see it nevertheless', async () => {
    const seen: string[] = []
    const mediator = new MediatorBuilder()
      .use({
        name: 'witness',
        kinds: ['notification'],
        handle(message, given, next) {
          seen.push(message.type)
          return next(message, given)
        },
      })
      .build()

    expect((await mediator.publish(new OrderPlaced(), context)).isOk()).toBe(true)
    expect(seen).toEqual(['OrderPlaced'])
  })

  it('puts behaviours around the publication once, not around each handler', async () => {
    let entered = 0
    const mediator = new MediatorBuilder()
      .use({
        name: 'witness',
        kinds: ['notification'],
        handle(message, given, next) {
          entered++
          return next(message, given)
        },
      })
      .on(
        OrderPlaced,
        async () => ok(),
        async () => ok(),
      )
      .build()

    await orThrow(mediator.publish(new OrderPlaced(), context))

    expect(entered).toBe(1)
  })

  it('rejects with the reason of a signal that is aborted already', async () => {
    const calls: number[] = []
    const mediator = new MediatorBuilder().on(OrderPlaced, async () => ok(calls.push(1))).build()
    const reason = new Error('client left')

    await expect(mediator.publish(new OrderPlaced(), abortedBy(reason))).rejects.toBe(reason)
    expect(calls).toEqual([])
  })

  it('does not swallow a command that reached it where types were left behind', async () => {
    const mediator = new MediatorBuilder().handle(AddItem, addItem).build()

    await expect(mediator.publish(new AddItem({ cartId: 'c' }) as never, context)).rejects.toThrow(
      'no handler for message "AddItem": it is a command, use send instead of publish',
    )
  })

  it('is not reached by send', async () => {
    const mediator = new MediatorBuilder().on(OrderPlaced, async () => ok()).build()

    await expect(mediator.send(new OrderPlaced() as never, context)).rejects.toBeInstanceOf(
      HandlerNotFoundError,
    )
  })
})

function abortedBy(reason: unknown): Context {
  return createContext({ signal: AbortSignal.abort(reason) })
}
