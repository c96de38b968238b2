import { type Context, createContext, type UnitOfWork } from '@ashlar/kernel'
import { ok, type Result } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Command } from '../command.ts'
import { MediatorBuilder } from '../mediator-builder.ts'
import { Query } from '../query.ts'
import { DeadlineContext } from './deadline-context.ts'
import { type TimeoutOptions, timeout } from './timeout.ts'
import { transaction } from './transaction.ts'

class Work extends Command<string> {
  static readonly type = 'Work'
  readonly type = 'Work'
}

class Ask extends Query<string> {
  static readonly type = 'Ask'
  readonly type = 'Ask'
}

const limit: TimeoutOptions = { ms: 1_000 }

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
})

describe('timeout', () => {
  it('answers at the deadline, even when the handler never does', async () => {
    const { mediator } = hanging()
    const answered = observe(mediator.send(new Work(), createContext()))

    await vi.advanceTimersByTimeAsync(999)
    const before = answered.outcome
    await vi.advanceTimersByTimeAsync(1)

    expect(before).toBe('waiting')
    expect(answered.outcome).toEqual({
      type: 'TimedOut',
      message: 'Work was to be answered within 1000 ms',
      messageType: 'Work',
      timeoutMs: 1_000,
    })
  })

  it('ends no message early, and none later than 1/64 after its time, however many there are', async () => {
    const { mediator } = hanging()
    const all: { begun: number; ended?: number }[] = []
    for (let count = 0; count < 500; count++) {
      const one: { begun: number; ended?: number } = { begun: performance.now() }
      all.push(one)
      void mediator.send(new Work(), createContext()).then(() => {
        one.ended = performance.now()
      })
      await vi.advanceTimersByTimeAsync(7)
    }
    await vi.advanceTimersByTimeAsync(1_100)

    const lasted = all.map(({ begun, ended = Number.NaN }) => ended - begun)

    expect(Math.min(...lasted)).toBeGreaterThanOrEqual(1_000)
    expect(Math.max(...lasted)).toBeLessThanOrEqual(1_000 + 16)
  })

  it('aborts the signal that was handed on, with an error that has a code', async () => {
    const { mediator, contexts } = hanging()
    const answered = observe(mediator.send(new Work(), createContext()))
    const { signal } = contexts[0] as Context

    await vi.advanceTimersByTimeAsync(1_000)

    expect(answered.outcome).toMatchObject({ type: 'TimedOut' })
    expect(signal).toBeInstanceOf(AbortSignal)
    expect(signal.reason).toMatchObject({
      name: 'MessageTimeoutError',
      code: 'ASHLAR_MEDIATOR_MESSAGE_TIMEOUT',
      timeoutMs: 1_000,
    })
  })

  it('shows an aborted signal to who looks at it only after the deadline', async () => {
    const { handed, handle } = alone()
    const answered = observe(handle(createContext()))

    await vi.advanceTimersByTimeAsync(1_000)

    expect(answered.outcome).toMatchObject({ type: 'TimedOut' })
    expect(DeadlineContext.isAborted(handed[0] as Context)).toBe(true)
    expect(handed[0]?.signal.reason).toMatchObject({ code: 'ASHLAR_MEDIATOR_MESSAGE_TIMEOUT' })
  })

  it("hands on the caller's own abort with its own reason", async () => {
    const { mediator, contexts } = hanging()
    const caller = new AbortController()
    const outer = createContext({ signal: caller.signal })
    observe(mediator.send(new Work(), outer))
    observe(mediator.send(new Ask(), outer))
    const heard: unknown[] = []
    for (const { signal } of contexts) signal.addEventListener('abort', () => heard.push(signal.reason))

    caller.abort('gone')
    await vi.advanceTimersByTimeAsync(2_000)

    expect(heard).toEqual(['gone', 'gone'])
  })

  it('hands on an abort that came before anybody looked', () => {
    const { handed, handle } = alone()
    const caller = new AbortController()
    observe(handle(createContext({ signal: caller.signal })))

    caller.abort('gone')

    expect(DeadlineContext.isAborted(handed[0] as Context)).toBe(true)
    expect(handed[0]?.signal.reason).toBe('gone')
  })

  it('hands on an abort to a message that shares its signal with one that is over', async () => {
    const { handed, settle, handle } = alone()
    const caller = new AbortController()
    const outer = createContext({ signal: caller.signal })
    observe(handle(outer))
    observe(handle(outer))
    const shared = handed[1]?.signal
    settle[1]?.resolve(ok('done'))
    await Promise.resolve()
    observe(handle(outer))

    caller.abort('gone')

    expect(handed[2]?.signal).toBe(shared)
    expect(shared?.reason).toBe('gone')
  })

  it("shows the caller's own signal to who looks at it when all is over", async () => {
    const { handed, settle, handle } = alone()
    const outer = createContext()
    const answered = observe(handle(outer))

    settle[0]?.resolve(ok('done'))
    await vi.advanceTimersByTimeAsync(2_000)

    expect(answered.outcome).toBe('done')
    expect(handed[0]?.signal).toBe(outer.signal)
  })

  it('drops what the handler answers, throws or rejects with too late', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const { mediator, settle } = hanging()
    const first = observe(mediator.send(new Work(), createContext()))
    const second = observe(mediator.send(new Work(), createContext()))

    await vi.advanceTimersByTimeAsync(1_100)
    settle[0]?.resolve(ok('late'))
    settle[1]?.reject(new Error('late'))
    await vi.advanceTimersByTimeAsync(100)
    vi.useRealTimers()
    await new Promise((resolve) => setImmediate(resolve))

    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
    expect([first.outcome, second.outcome]).toMatchObject([{ type: 'TimedOut' }, { type: 'TimedOut' }])
  })

  it('passes on what the handler answers and throws in time, and then leaves no timer behind', async () => {
    const { mediator, settle } = hanging()
    const answered = observe(mediator.send(new Work(), createContext()))
    const thrown = observe(mediator.send(new Work(), createContext()))

    await vi.advanceTimersByTimeAsync(500)
    settle[0]?.resolve(ok('done'))
    settle[1]?.reject('bug')
    await vi.advanceTimersByTimeAsync(16)

    expect([answered.outcome, thrown.outcome]).toEqual(['done', 'bug'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('rejects with what a handler throws at once', async () => {
    const mediator = new MediatorBuilder()
      .use(timeout(limit))
      .handle(Work, () => {
        throw new Error('bug')
      })
      .build()

    await expect(mediator.send(new Work(), createContext())).rejects.toThrow('bug')
    await vi.advanceTimersByTimeAsync(16)

    expect(vi.getTimerCount()).toBe(0)
  })

  it('ends what hangs while others come and go', async () => {
    const { mediator, settle } = hanging()
    const hung = observe(mediator.send(new Work(), createContext()))
    for (let count = 1; count < 200; count++) {
      observe(mediator.send(new Ask(), createContext()))
      await vi.advanceTimersByTimeAsync(5)
      settle[count]?.resolve(ok('quick'))
    }

    await vi.advanceTimersByTimeAsync(5)

    expect(hung.outcome).toMatchObject({ type: 'TimedOut' })
  })

  it('leaves no listener on the signal of a caller who sends for ever', async () => {
    const caller = new AbortController()
    const outer = createContext({ signal: caller.signal })
    const listening = countListeners(caller.signal)
    const mediator = new MediatorBuilder()
      .use(timeout(limit))
      .handle(Work, async (_, { signal }) => ok(`${signal.aborted}`))
      .build()

    for (let count = 0; count < 50; count++) {
      expect((await mediator.send(new Work(), outer))._unsafeUnwrap()).toBe('false')
      await vi.advanceTimersByTimeAsync(5)
    }

    expect(listening.now).toBe(0)
    expect(listening.ever).toBeGreaterThan(0)
  })

  it('makes no signal that nobody reads', async () => {
    const caller = new AbortController()
    const listening = countListeners(caller.signal)
    const { handed, handle } = alone()
    const outer = createContext({ signal: caller.signal, userId: 'ada' })

    observe(handle(outer))

    expect(DeadlineContext.isAborted(handed[0] as Context)).toBe(false)
    expect(listening.ever).toBe(0)
    expect(handed[0]).toMatchObject({ userId: 'ada', correlationId: outer.correlationId })
  })

  it('ends what hangs also after a time in which nothing was under way', async () => {
    const { mediator, settle } = hanging()
    observe(mediator.send(new Work(), createContext()))
    settle[0]?.resolve(ok('done'))
    await vi.advanceTimersByTimeAsync(5_000)
    const answered = observe(mediator.send(new Work(), createContext()))

    await vi.advanceTimersByTimeAsync(1_000)

    expect(answered.outcome).toMatchObject({ type: 'TimedOut' })
  })

  it('gives copies of the context a signal that works, as transaction() makes them', async () => {
    const { mediator, contexts } = hanging(transaction(storage))
    const answered = observe(mediator.send(new Work(), createContext({ tenantId: 'acme' })))
    const copy = contexts[0] as Context

    await vi.advanceTimersByTimeAsync(1_000)

    expect(copy).toMatchObject({ tenantId: 'acme', storage: { texts: [] } })
    expect(Object.getOwnPropertyDescriptor(copy, 'signal')?.value).toBeInstanceOf(AbortSignal)
    expect(copy.signal.reason).toMatchObject({ code: 'ASHLAR_MEDIATOR_MESSAGE_TIMEOUT' })
    expect(answered.outcome).toMatchObject({ type: 'TimedOut' })
  })

  it('copies what others have put on the context, by whatever name', async () => {
    const mark = Symbol('mark')
    const { mediator, contexts } = hanging()

    observe(mediator.send(new Work(), { ...createContext(), [mark]: 'm', role: 'admin' } as Context))

    expect(contexts[0]).toMatchObject({ [mark]: 'm', role: 'admin' })
  })

  it('counts for the messages that are listed, and not for those that are excepted', async () => {
    const asked = hanging(undefined, { ...limit, only: [Ask] })
    const worked = hanging(undefined, { ...limit, except: [Ask] })
    const outcomes = [asked, worked].flatMap(({ mediator }) => [
      observe(mediator.send(new Work(), createContext())),
      observe(mediator.send(new Ask(), createContext())),
    ])

    await vi.advanceTimersByTimeAsync(2_000)

    expect(outcomes.map(({ outcome }) => outcome)).toMatchObject([
      'waiting',
      { type: 'TimedOut', messageType: 'Ask' },
      { type: 'TimedOut', messageType: 'Work' },
      'waiting',
    ])
  })

  it('lies inside of another one: the shorter limit counts', async () => {
    const { mediator, contexts } = hanging(timeout({ ms: 100 }))
    const answered = observe(mediator.send(new Work(), createContext()))
    const { signal } = contexts[0] as Context

    await vi.advanceTimersByTimeAsync(100)

    expect(answered.outcome).toMatchObject({ timeoutMs: 100 })
    expect(signal.reason).toMatchObject({ timeoutMs: 100 })
  })

  it('takes messages that a listener of its abort sends', async () => {
    const { mediator, contexts } = hanging()
    let second: { outcome: unknown } | undefined
    observe(mediator.send(new Work(), createContext()))
    ;(contexts[0] as Context).signal.addEventListener('abort', () => {
      second = observe(mediator.send(new Ask(), createContext()))
    })

    await vi.advanceTimersByTimeAsync(1_000 + 1_000 + 16)

    expect(second?.outcome).toMatchObject({ type: 'TimedOut', messageType: 'Ask' })
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31])('refuses %d ms', (ms) => {
    expect(() => timeout({ ms })).toThrow(
      expect.objectContaining({ name: 'InvalidOptionError', code: 'ASHLAR_MEDIATOR_INVALID_OPTION' }),
    )
  })

  it('keeps the longest limit there is', async () => {
    const { mediator } = hanging(undefined, { ms: 2 ** 31 - 1 })
    const answered = observe(mediator.send(new Work(), createContext()))

    await vi.advanceTimersByTimeAsync(60_000)

    expect(answered.outcome).toBe('waiting')
  })
})

const storage: UnitOfWork = { transaction: (work) => work({ texts: [] }) }

/** The behaviour without a mediator, which would look at the signal. */
function alone() {
  const behaviour = timeout(limit)
  const handed: Context[] = []
  const settle: PromiseWithResolvers<Result<string, never>>[] = []
  const handle = (outer: Context) =>
    behaviour.handle<string, never>(new Work(), outer, (_, context) => {
      const answer = Promise.withResolvers<Result<string, never>>()
      handed.push(context)
      settle.push(answer)
      return answer.promise
    })
  return { handed, settle, handle }
}

/** A mediator whose handlers answer when the test says so. */
function hanging(
  inside: Parameters<MediatorBuilder['use']>[0] = {
    name: 'passes',
    kinds: [],
    handle: (m, c, next) => next(m, c),
  },
  options = limit,
) {
  const contexts: Context[] = []
  const settle: { resolve(result: Result<string, never>): void; reject(thrown: unknown): void }[] = []
  const handle = (_: unknown, context: Context) =>
    new Promise<Result<string, never>>((resolve, reject) => {
      contexts.push(context)
      settle.push({ resolve, reject })
    })
  const mediator = new MediatorBuilder()
    .use(timeout(options))
    .use(inside)
    .handle(Work, handle)
    .handle(Ask, handle)
    .build()
  return { mediator, contexts, settle }
}

function observe(answer: Promise<Result<unknown, unknown>>): { outcome: unknown } {
  const observed: { outcome: unknown } = { outcome: 'waiting' }
  answer.then(
    (result) => {
      observed.outcome = result.isOk() ? result.value : result.error
    },
    (thrown) => {
      observed.outcome = thrown
    },
  )
  return observed
}

function countListeners(signal: AbortSignal): { now: number; ever: number } {
  const count = { now: 0, ever: 0 }
  const listening = new Set<unknown>()
  const { addEventListener, removeEventListener } = signal
  signal.addEventListener = (type: string, listener: never) => {
    count.ever++
    count.now = listening.add(listener).size
    addEventListener.call(signal, type, listener)
  }
  signal.removeEventListener = (type: string, listener: never) => {
    listening.delete(listener)
    count.now = listening.size
    removeEventListener.call(signal, type, listener)
  }
  return count
}
