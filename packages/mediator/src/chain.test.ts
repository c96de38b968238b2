import { type Context, createContext } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { MessageSwappedError, NextCalledTwiceError } from './chain.ts'
import { Command } from './command.ts'
import { MediatorBuilder } from './mediator-builder.ts'
import { Notification } from './notification.ts'
import { Query } from './query.ts'

class Double extends Query<number> {
  static readonly type = 'Double'
  readonly type = 'Double'
  readonly n: number
  constructor(n: number) {
    super()
    this.n = n
  }
}

class Halve extends Command<number> {
  static readonly type = 'Halve'
  readonly type = 'Halve'
}

class Doubled extends Notification {
  static readonly type = 'Doubled'
  readonly type = 'Doubled'
}

const context = createContext({ correlationId: 'c-1' })

describe('a behaviour that calls next twice', () => {
  it('fails with its name and the name of the message, and the rest has run once', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        await orThrow(next(message, given))
        return next(message, given)
      },
    })

    const sent = mediator.send(new Double(21), context)

    await expect(sent).rejects.toBeInstanceOf(NextCalledTwiceError)
    await expect(sent).rejects.toMatchObject({
      name: 'NextCalledTwiceError',
      code: 'ASHLAR_MEDIATOR_NEXT_CALLED_TWICE',
      behaviour: 'tested',
      messageType: 'Double',
      message: 'behaviour "tested" called next twice for Double: expected one call, or "repeats: true"',
    })
    expect(calls).toEqual([21])
  })

  it('fails also when it forgets the promise of the second call', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        const result = await next(message, given)
        expect(next(message, given)).toBeDefined()
        return result
      },
    })

    await expect(mediator.send(new Double(21), context)).rejects.toBeInstanceOf(NextCalledTwiceError)
    expect(calls).toEqual([21])
  })

  it('fails also when both calls are made at once', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        const [first] = await Promise.all([next(message, given), next(message, given)])
        return first
      },
    })

    await expect(mediator.send(new Double(21), context)).rejects.toBeInstanceOf(NextCalledTwiceError)
    expect(calls).toEqual([21])
  })

  it('fails around a notification, too, which is then heard once', async () => {
    const heard: string[] = []
    const mediator = new MediatorBuilder()
      .use({
        name: 'tested',
        kinds: ['notification'],
        async handle(message, given, next) {
          await orThrow(next(message, given))
          return next(message, given)
        },
      })
      .on(Doubled, async ({ type }) => ok(heard.push(type)))
      .build()

    await expect(mediator.publish(new Doubled(), context)).rejects.toBeInstanceOf(NextCalledTwiceError)
    expect(heard).toEqual(['Doubled'])
  })

  it('fails when the second call comes after its answer, and the rest does not run for it', async () => {
    const late = Promise.withResolvers<unknown>()
    const { mediator, calls } = mediatorWith({
      handle(message, given, next) {
        const first = next(message, given)
        first.then(async () => late.resolve(await next(message, given))).catch(late.resolve)
        return first
      },
    })

    const answer = await mediator.send(new Double(21), context)

    expect(answer._unsafeUnwrap()).toBe(42)
    expect(await late.promise).toBeInstanceOf(NextCalledTwiceError)
    expect(calls).toEqual([21])
  })

  it('does so as often as it likes when it says that it repeats', async () => {
    const { mediator, calls } = mediatorWith({
      repeats: true,
      async handle(message, given, next) {
        for (let attempt = 1; attempt < 5; attempt++) await orThrow(next(message, given))
        return next(message, given)
      },
    })

    expect((await mediator.send(new Double(21), context))._unsafeUnwrap()).toBe(42)
    expect(calls).toEqual([21, 21, 21, 21, 21])
  })

  it('does not excuse one inside of a behaviour that repeats', async () => {
    const { behaviour } = named('inner', {
      async handle(message, given, next) {
        await orThrow(next(message, given))
        return next(message, given)
      },
    })
    const mediator = new MediatorBuilder()
      .use({ name: 'outer', kinds: ['query'], repeats: true, handle: (m, given, next) => next(m, given) })
      .use(behaviour)
      .handle(Double, async ({ n }) => ok(n * 2))
      .build()

    await expect(mediator.send(new Double(21), context)).rejects.toMatchObject({ behaviour: 'inner' })
  })
})

describe('a thousand messages at once', () => {
  const many = Array.from({ length: 1_000 }, (_, n) => n)

  it('are told apart by a behaviour that calls next once', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        await Promise.resolve()
        return next(message, given)
      },
    })

    const answers = await Promise.all(many.map((n) => mediator.send(new Double(n), context)))

    expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual(many.map((n) => n * 2))
    expect(calls).toHaveLength(1_000)
  })

  it('are told apart even when they are one and the same message', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        await Promise.resolve()
        return next(message, given)
      },
    })
    const message = new Double(21)

    const answers = await Promise.all(many.map(() => mediator.send(message, context)))

    expect(answers.every((answer) => answer._unsafeUnwrap() === 42)).toBe(true)
    expect(calls).toHaveLength(1_000)
  })

  it('run again, each for itself, through a behaviour that repeats', async () => {
    const { mediator, calls } = mediatorWith({
      repeats: true,
      async handle(message, given, next) {
        await orThrow(next(message, given))
        await Promise.resolve()
        return next(message, given)
      },
    })

    const answers = await Promise.all(many.map((n) => mediator.send(new Double(n), context)))

    expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual(many.map((n) => n * 2))
    expect(calls).toHaveLength(2_000)
  })

  it('fail exactly where next was called twice', async () => {
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        const first = await next(message, given)
        return given.userId === 'greedy' ? next(message, given) : first
      },
    })
    const greedy = { ...context, userId: 'greedy' }

    const outcomes = await Promise.allSettled(
      many.map((n) => mediator.send(new Double(n), n % 3 === 0 ? greedy : context)),
    )

    expect(outcomes.map(({ status }) => status)).toEqual(
      many.map((n) => (n % 3 === 0 ? 'rejected' : 'fulfilled')),
    )
    expect(calls).toHaveLength(1_000)
  })
})

describe('a behaviour that is mistaken', () => {
  it('may hand on another message of the same type', async () => {
    const { mediator, calls } = mediatorWith({
      handle: (_message, given, next) => next(new Double(4), given),
    })

    expect((await mediator.send(new Double(21), context))._unsafeUnwrap()).toBe(8)
    expect(calls).toEqual([4])
  })

  it('may not hand on a message of another type, which the handler does not know', async () => {
    const { mediator, calls } = mediatorWith({
      handle: (_message, given, next) => next(new Halve(), given),
    })

    const sent = mediator.send(new Double(21), context)

    await expect(sent).rejects.toBeInstanceOf(MessageSwappedError)
    await expect(sent).rejects.toMatchObject({
      name: 'MessageSwappedError',
      code: 'ASHLAR_MEDIATOR_MESSAGE_SWAPPED',
      behaviour: 'tested',
      messageType: 'Double',
      message: 'behaviour "tested" must hand a message of type "Double" on, found "Halve"',
    })
    expect(calls).toEqual([])
  })

  it.each([undefined, null])('rejects when it hands on no message at all: %s', async (nothing) => {
    const { mediator, calls } = mediatorWith({
      handle: (_message, given, next) => next(nothing as never, given),
    })

    await expect(mediator.send(new Double(21), context)).rejects.toThrow(TypeError)
    expect(calls).toEqual([])
  })

  it('answers with what it gives when that is nothing, and the next message is served', async () => {
    let isSilent = true
    const { mediator } = mediatorWith({
      handle: (message, given, next) => (isSilent ? (undefined as never) : next(message, given)),
    })

    expect(await mediator.send(new Double(21), context)).toBeUndefined()

    isSilent = false
    expect((await mediator.send(new Double(21), context))._unsafeUnwrap()).toBe(42)
  })

  it('may answer by itself and go on later, once', async () => {
    let goOn: (() => Promise<unknown>) | undefined
    const { mediator, calls } = mediatorWith({
      handle(message, given, next) {
        goOn = () => next(message, given)
        return Promise.resolve(err(failure('Later', 'come back')) as never)
      },
    })

    const answer = await mediator.send(new Double(21), context)

    expect(answer.isErr()).toBe(true)
    expect(calls).toEqual([])
    await goOn?.()
    expect(calls).toEqual([21])
    expect(() => goOn?.()).toThrow(NextCalledTwiceError)
  })
})

describe('a signal that is aborted on the way', () => {
  const reasons = [new Error('client left'), 'gone', null, undefined, Object.freeze({ gone: true })]

  it.each(reasons)('stops before the handler, when a behaviour was still at work: %s', async (reason) => {
    const controller = new AbortController()
    const { mediator, calls } = mediatorWith({
      async handle(message, given, next) {
        await Promise.resolve()
        controller.abort(reason)
        return next(message, given)
      },
    })
    const expected = reasonOf(reason)

    const sent = mediator.send(new Double(21), createContext({ signal: controller.signal }))

    await expect(sent).rejects.toEqual(expected)
    expect(calls).toEqual([])
  })

  it('stops between two behaviours, so that the inner one does not begin', async () => {
    const controller = new AbortController()
    const entered: string[] = []
    const mediator = new MediatorBuilder()
      .use({
        name: 'outer',
        kinds: ['query'],
        handle(message, given, next) {
          entered.push('outer')
          controller.abort('too late')
          return next(message, given)
        },
      })
      .use({
        name: 'inner',
        kinds: ['query'],
        handle(message, given, next) {
          entered.push('inner')
          return next(message, given)
        },
      })
      .handle(Double, async ({ n }) => ok(n * 2))
      .build()

    const sent = mediator.send(new Double(21), createContext({ signal: controller.signal }))

    await expect(sent).rejects.toBe('too late')
    expect(entered).toEqual(['outer'])
  })

  it('is the one of the context that is handed on', async () => {
    const { mediator, calls } = mediatorWith({
      handle: (message, given, next) => next(message, { ...given, signal: AbortSignal.abort('timed out') }),
    })

    await expect(mediator.send(new Double(21), context)).rejects.toBe('timed out')
    expect(calls).toEqual([])
  })

  it('lets a behaviour that repeats see each refusal as a rejection', async () => {
    const controller = new AbortController()
    const { mediator, calls } = mediatorWith({
      repeats: true,
      async handle(message, given, next) {
        await orThrow(next(message, given))
        controller.abort('too late')
        return next(message, given)
      },
    })

    const sent = mediator.send(new Double(21), createContext({ signal: controller.signal }))

    await expect(sent).rejects.toBe('too late')
    expect(calls).toEqual([21])
  })

  it('takes nothing back when the handler has answered', async () => {
    const controller = new AbortController()
    const mediator = new MediatorBuilder()
      .handle(Double, async ({ n }) => {
        controller.abort('too late')
        return ok(n * 2)
      })
      .build()

    const answer = await mediator.send(new Double(21), createContext({ signal: controller.signal }))

    expect(answer._unsafeUnwrap()).toBe(42)
  })
})

type Tested = Pick<Behaviour<'query'>, 'handle' | 'repeats'>

function named(name: string, tested: Tested) {
  const behaviour: Behaviour<'query'> = { name, kinds: ['query'], ...tested }
  return { behaviour }
}

/** One behaviour around a handler that writes down what it was asked. */
function mediatorWith(tested: Tested) {
  const calls: number[] = []
  const mediator = new MediatorBuilder()
    .use(named('tested', tested).behaviour)
    .handle(Double, async ({ n }: Double, _: Context) => {
      calls.push(n)
      return ok(n * 2)
    })
    .build()
  return { mediator, calls }
}

/** `abort(undefined)` makes a reason of its own. */
function reasonOf(given: unknown): unknown {
  return given === undefined ? expect.objectContaining({ name: 'AbortError' }) : given
}
