import { createContext } from '@ashlar/kernel'
import { err, type Failure, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { Command } from './command.ts'
import { DuplicateHandlerError, MediatorBuilder, MessageTypeTakenError } from './mediator-builder.ts'
import type { MessageKind } from './message.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'

class OpenCart extends Command<string> {
  static readonly type = 'OpenCart'
  readonly type = 'OpenCart'
}

class CountCarts extends Query<number> {
  static readonly type = 'CountCarts'
  readonly type = 'CountCarts'
}

class CartOpened extends Notification {
  static readonly type = 'CartOpened'
  readonly type = 'CartOpened'
}

const context = createContext({ correlationId: 'c-1' })

describe('MediatorBuilder', () => {
  it('refuses a second handler for a message', () => {
    const builder = new MediatorBuilder().handle(OpenCart, async () => ok('first'))

    const again = () => builder.handle(OpenCart, async () => ok('second'))

    expect(again).toThrow(DuplicateHandlerError)
    expect(again).toThrow(
      expect.objectContaining({ code: 'ASHLAR_MEDIATOR_DUPLICATE_HANDLER', messageType: 'OpenCart' }),
    )
  })

  it('refuses a second class with the same type, whatever its kind', () => {
    class Impostor extends Command<string> {
      static readonly type = 'OpenCart'
      readonly type = 'OpenCart'
    }
    class News extends Notification {
      static readonly type = 'OpenCart'
      readonly type = 'OpenCart'
    }
    const builder = new MediatorBuilder().handle(OpenCart, async () => ok('first'))

    expect(() => builder.handle(Impostor, async () => ok('second'))).toThrow(MessageTypeTakenError)
    expect(() => builder.on(News, async () => ok())).toThrow(
      expect.objectContaining({ code: 'ASHLAR_MEDIATOR_MESSAGE_TYPE_TAKEN', messageType: 'OpenCart' }),
    )
  })

  it('leaves a mediator as it was built, whatever is registered afterwards', async () => {
    const heard: string[] = []
    const builder = new MediatorBuilder().on(CartOpened, async () => ok(heard.push('first')))
    const mediator = builder.build()

    builder.on(CartOpened, async () => ok(heard.push('late')))
    await orThrow(mediator.publish(new CartOpened(), context))

    expect(heard).toEqual(['first'])
  })
})

describe('behaviours', () => {
  it('stand around the handler in the order of use, the first outermost', async () => {
    const calls: string[] = []
    const around = (name: string): Behaviour => ({
      name,
      kinds: ['command', 'query', 'notification'],
      async handle(message, given, next) {
        calls.push(`${name} in`)
        const result = await next(message, given)
        calls.push(`${name} out`)
        return result
      },
    })
    const mediator = new MediatorBuilder()
      .use(around('outer'))
      .handle(OpenCart, async () => {
        calls.push('handler')
        return ok('c-1')
      })
      .use(around('inner'))
      .build()

    await orThrow(mediator.send(new OpenCart(), context))

    expect(calls).toEqual(['outer in', 'inner in', 'handler', 'inner out', 'outer out'])
  })

  it('answer by themselves with their own failure', async () => {
    type Forbidden = Failure<'Forbidden', { userId: string }>
    const forbid: Behaviour<'command', Forbidden> = {
      name: 'forbid',
      kinds: ['command'],
      handle: async () => err(failure('Forbidden', 'user "eve" may not', { userId: 'eve' })),
    }
    const calls: string[] = []
    const mediator = new MediatorBuilder()
      .use(forbid)
      .handle(OpenCart, async () => ok(String(calls.push('handler'))))
      .build()

    const refused = await mediator.send(new OpenCart(), context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'Forbidden', userId: 'eve' })
    expect(calls).toEqual([])
  })

  it.each(['command', 'query', 'notification'] as const)(
    'meet only messages of their kinds: %s',
    async (kind) => {
      const seen: MessageKind[] = []
      const watch: Behaviour = {
        name: 'watch',
        kinds: [kind],
        handle(message, given, next) {
          seen.push(message.kind)
          return next(message, given)
        },
      }
      const mediator = new MediatorBuilder()
        .use(watch)
        .handle(OpenCart, async () => ok('c-1'))
        .handle(CountCarts, async () => ok(1))
        .on(CartOpened, async () => ok())
        .build()

      await orThrow(mediator.send(new OpenCart(), context))
      await orThrow(mediator.send(new CountCarts(), context))
      await orThrow(mediator.publish(new CartOpened(), context))

      expect(seen).toEqual([kind])
    },
  )

  it('may call next again when they say so, and then all that follows runs again', async () => {
    let calls = 0
    const twice: Behaviour = {
      name: 'twice',
      kinds: ['query'],
      repeats: true,
      async handle(message, given, next) {
        await orThrow(next(message, given))
        return next(message, given)
      },
    }
    const mediator = new MediatorBuilder()
      .use(twice)
      .handle(CountCarts, async () => ok(++calls))
      .build()

    expect((await mediator.send(new CountCarts(), context))._unsafeUnwrap()).toBe(2)
  })

  it('hand on the context that they choose', async () => {
    const mediator = new MediatorBuilder()
      .use({
        name: 'asAda',
        kinds: ['command'],
        handle: (message, given, next) => next(message, { ...given, userId: 'ada' }),
      })
      .handle(OpenCart, async (_, given) => ok(String(given.userId)))
      .build()

    expect((await mediator.send(new OpenCart(), context))._unsafeUnwrap()).toBe('ada')
  })

  it('see a handler that throws at once as a promise that rejects', async () => {
    let seen: unknown
    const mediator = new MediatorBuilder()
      .use({
        name: 'watch',
        kinds: ['command'],
        handle: (message, given, next) =>
          next(message, given).catch((thrown) => {
            seen = thrown
            throw thrown
          }),
      })
      .handle(OpenCart, () => {
        throw null
      })
      .build()

    await expect(mediator.send(new OpenCart(), context)).rejects.toBe(null)
    expect(seen).toBe(null)
  })

  it('reject the send with what they throw, at once or later', async () => {
    const bug = new Error('behaviour is broken')
    const mediator = new MediatorBuilder()
      .use({
        name: 'broken',
        kinds: ['command'],
        handle: () => {
          throw bug
        },
      })
      .handle(OpenCart, async () => ok('c-1'))
      .build()

    await expect(mediator.send(new OpenCart(), context)).rejects.toBe(bug)
  })
})
