import type { Result } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { DiscoveryClosedError } from '../discovery/discovery-closed-error.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import type { Target } from '../pool/target.ts'
import { registryDenied, registryFiltered } from '../registry/registry-failure.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import type { CallFailure } from './call-failure.ts'
import { standard } from './standard.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }
const c = { id: 'c', host: '10.0.0.3', port: 80 }
const never = () => new Promise<never>(() => {})
const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })

let registry: ScriptedRegistry
let opened: ServiceDiscovery[]
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'] })
  registry = new ScriptedRegistry()
  registry.tell('orders', [a, b, c])
  opened = []
})
afterEach(async () => {
  for (const discovery of opened) await discovery.close()
  await registry.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** A client for which one instance follows the other, beginning with a. */
async function clientOf(options: Partial<ServiceDiscoveryOptions> = {}) {
  const discovery = new ServiceDiscovery({
    registry,
    balancer: inOrder,
    random: { next: () => 0.5 },
    ...options,
  })
  opened.push(discovery)
  const client = discovery.serviceClient('orders')
  await discovery.snapshot('orders').then((known) => known.isOk())
  return client
}

/** The first one, again and again. */
const alwaysFirst: BalancerPolicy = {
  name: 'always-first',
  create() {
    let targets: readonly Target[] = []
    return {
      update(given) {
        targets = given
      },
      pick: () => targets[0],
    }
  },
}

/** Lets virtual time pass until the promise is settled. */
async function eventually<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false
  const settle = () => {
    isSettled = true
  }
  promise.then(settle, settle)
  for (let turns = 0; turns < 5_000 && !isSettled; turns++) await vi.advanceTimersByTimeAsync(10)
  return promise
}

/** Lets a call fail. */
async function failed(calling: Promise<Result<unknown, CallFailure>>): Promise<void> {
  expect((await eventually(calling)).isErr()).toBe(true)
}

describe('a call', () => {
  it('goes to an instance, and returns what the work returns', async () => {
    const client = await clientOf()

    const answers = [await client.execute(async ({ id }) => id), await client.execute(({ id }) => id)]

    expect(answers.map((answer) => answer._unsafeUnwrap())).toEqual(['a', 'b'])
  })

  it('waits for the first answer of the registry', async () => {
    const discovery = new ServiceDiscovery({ registry, balancer: inOrder })
    opened.push(discovery)

    const answer = await discovery.serviceClient('orders').execute(({ id }) => id)

    expect(answer._unsafeUnwrap()).toBe('a')
  })

  it.each([
    ['nobody is there', () => registry.tell('orders', []), { type: 'NoInstances', known: 0 }],
    [
      'nobody is healthy',
      () =>
        registry.tell('orders', [
          { ...a, health: 'critical' },
          { ...b, health: 'draining' },
        ]),
      { type: 'NoInstances', known: 2 },
    ],
    ['the registry is down', () => registry.fail(), { type: 'RegistryUnavailable' }],
    [
      'the registry refuses us',
      () => registry.fail(registryDenied('x', 'no token')),
      { type: 'RegistryDenied' },
    ],
    [
      'the registry hides them',
      () => registry.fail(registryFiltered('x', 'orders')),
      { type: 'RegistryFiltered' },
    ],
  ])('tells when %s', async (_, prepare, expected) => {
    prepare()
    const client = await clientOf()

    expect((await client.execute(({ id }) => id))._unsafeUnwrapErr()).toMatchObject(expected)
    expect((await client.endpoint())._unsafeUnwrapErr()).toMatchObject(expected)
    expect(client.pick()).toBeUndefined()
  })

  it('throws the reason of its own signal, also while the work ignores it', async () => {
    const client = await clientOf()
    const stop = new AbortController()
    const reason = new Error('enough')

    const calling = client.execute(never, { signal: stop.signal })
    stop.abort(reason)

    await expect(calling).rejects.toBe(reason)
    await expect(client.execute(({ id }) => id, { signal: stop.signal })).rejects.toBe(reason)
  })

  it('ends its attempt with its own reason, and is held against no instance', async () => {
    const resilience = standard({ breakerFailures: 1 })
    const client = await clientOf({ balancer: alwaysFirst, resilience, outliers: { consecutiveFailures: 1 } })
    const reason = new Error('enough')
    const reasons: unknown[] = []

    for (let calls = 0; calls < 5; calls++) {
      const stop = new AbortController()
      const calling = client.execute(
        (_, { signal }) => {
          signal.addEventListener('abort', () => reasons.push(signal.reason))
          return never()
        },
        { signal: stop.signal },
      )
      stop.abort(reason)
      await expect(calling).rejects.toBe(reason)
    }

    expect(reasons).toEqual(Array(5).fill(reason))
    expect(client.pick()?.id).toBe('a')
  })

  it('does not end the calls of others with its own', async () => {
    const client = await clientOf()
    const stop = new AbortController()
    const one = client.execute(never, { signal: stop.signal }).catch(() => 'aborted')
    const gate = Promise.withResolvers<string>()
    const other = client.execute((_, { signal }) => gate.promise.then((text) => `${text} ${signal.aborted}`))

    stop.abort()
    gate.resolve('done')

    expect(await one).toBe('aborted')
    expect((await other)._unsafeUnwrap()).toBe('done false')
  })
})

describe('a retry', () => {
  it('asks another instance where the call may be done twice', async () => {
    const client = await clientOf()
    const asked: string[] = []

    const answer = await eventually(
      client.execute(
        ({ id }, { number }) => {
          asked.push(`${number} ${id}`)
          if (number < 3) throw new Error('broken')
          return id
        },
        { isIdempotent: true },
      ),
    )

    expect(answer._unsafeUnwrap()).toBe('c')
    expect(asked).toEqual(['1 a', '2 b', '3 c'])
  })

  it('asks another instance even where the balancer keeps to the same', async () => {
    const client = await clientOf({ balancer: alwaysFirst })

    const answer = await eventually(
      client.execute(({ id }) => (id === 'a' ? Promise.reject(new Error('broken')) : id), {
        isIdempotent: true,
      }),
    )

    expect(answer.unwrapOr('none')).toBe('b')
  })

  it('does not happen where it may be no second time', async () => {
    const client = await clientOf()
    let attempts = 0

    const answer = await client.execute(() => {
      attempts++
      throw new Error('broken')
    })

    expect(answer._unsafeUnwrapErr()).toMatchObject({
      type: 'CallFailed',
      attempts: 1,
      instance: 'a',
      reason: 'broken',
    })
    expect(attempts).toBe(1)
  })

  it('happens anyway where no connection was made', async () => {
    const client = await clientOf()

    const answer = await eventually(
      client.execute(({ id }) => {
        if (id === 'a') throw new TypeError('fetch failed', { cause: refused })
        return id
      }),
    )

    expect(answer._unsafeUnwrap()).toBe('b')
  })

  it('ends with the last failure, and its cause', async () => {
    const client = await clientOf()
    const cause = new Error('broken')

    const answer = await eventually(client.execute(() => Promise.reject(cause), { isIdempotent: true }))

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallFailed', attempts: 3, cause })
  })

  it('returns the last answer where answers can be failures', async () => {
    const client = await clientOf()

    const answer = await eventually(
      client.execute(({ id }) => `503 by ${id}`, { isIdempotent: true, isFailure: () => true }),
    )

    expect(answer._unsafeUnwrap()).toBe('503 by c')
  })

  it('does not happen for what is not the instance’s fault, which is not counted either', async () => {
    const client = await clientOf({ resilience: standard({ breakerFailures: 1 }) })
    const answer = await client.execute(() => Promise.reject(new RangeError('my own')), {
      isIdempotent: true,
      isTransient: (error) => !(error instanceof RangeError),
    })

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallFailed', attempts: 1, reason: 'my own' })
    expect(await Promise.all([1, 2, 3].map(() => client.execute(({ id }) => id)))).toHaveLength(3)
  })

  it('stays within a fifth of the calls, beside a reserve', async () => {
    const client = await clientOf({ resilience: standard({ breakerFailures: 1_000_000 }), outliers: false })
    let attempts = 0

    for (let calls = 0; calls < 1_000; calls++)
      await failed(
        client.execute(
          () => {
            attempts++
            throw new Error('all are down')
          },
          { isIdempotent: true },
        ),
      )

    expect(attempts).toBeGreaterThan(1_150)
    expect(attempts).toBeLessThanOrEqual(1_000 * 1.2 + 10)
  })

  it('takes nothing from the budget where there is no next attempt', async () => {
    const resilience = standard({ attempts: 2, breakerFailures: 1_000_000 })
    const client = await clientOf({ resilience, outliers: false })
    let attempts = 0

    for (let calls = 0; calls < 11; calls++)
      await failed(
        client.execute(
          () => {
            attempts++
            throw new Error('broken')
          },
          { isIdempotent: true },
        ),
      )

    expect(attempts).toBe(22)
  })
})

describe('a time-out', () => {
  it('ends an attempt that ignores its signal, and lets another instance answer', async () => {
    const client = await clientOf({ resilience: standard({ attemptTimeoutMs: 100 }) })
    const signals: AbortSignal[] = []

    const answer = await eventually(
      client.execute(
        ({ id }, { signal }) => {
          signals.push(signal)
          return id === 'a' ? never() : id
        },
        { isIdempotent: true },
      ),
    )

    expect(answer._unsafeUnwrap()).toBe('b')
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
  })

  it('tells that an attempt was too slow', async () => {
    const client = await clientOf({ resilience: standard({ attemptTimeoutMs: 100 }) })

    const answer = await eventually(client.execute(never))

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallFailed', reason: 'no answer within 100 ms' })
  })

  it('ends the call with all of its attempts', async () => {
    const client = await clientOf({
      resilience: standard({ attemptTimeoutMs: 400, totalTimeoutMs: 1_000, retryDelayMs: 0 }),
    })

    const answer = await eventually(client.execute(never, { isIdempotent: true }))

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallTimedOut', timeoutMs: 1_000, attempts: 3 })
  })
})

describe('the bulkhead', () => {
  it('refuses more calls than are allowed at a time', async () => {
    const client = await clientOf({ resilience: standard({ concurrency: 2, queue: 1 }) })
    const gate = Promise.withResolvers<void>()
    const work = () => gate.promise
    const calls = [client.execute(work), client.execute(work), client.execute(work)]

    const refused = await client.execute(work)
    gate.resolve()

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'BulkheadFull', concurrency: 2, queue: 1 })
    expect((await Promise.all(calls)).every((call) => call.isOk())).toBe(true)
  })

  it('lets one that waits for its turn go when its caller leaves', async () => {
    const client = await clientOf({ resilience: standard({ concurrency: 1, queue: 1 }) })
    const gate = Promise.withResolvers<void>()
    const first = client.execute(() => gate.promise)
    const stop = new AbortController()
    let isDone = false
    const waiting = client.execute(
      () => {
        isDone = true
      },
      { signal: stop.signal },
    )

    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    gate.resolve()
    expect((await first).isOk()).toBe(true)

    expect((await client.execute(({ id }) => id)).isOk()).toBe(true)
    expect(isDone).toBe(false)
  })
})

describe('the circuit breaker of an instance', () => {
  const failing = (bad: string) => (instance: { id: string }) => {
    if (instance.id === bad) throw new Error('broken')
    return instance.id
  }

  it('keeps one out that fails again and again, and lets one call through after a while', async () => {
    const client = await clientOf({
      outliers: false,
      resilience: standard({ breakerFailures: 2, breakerOpenMs: 1_000, attempts: 1 }),
    })
    for (let calls = 0; calls < 6; calls++) await client.execute(failing('b')).then((answer) => answer.isOk())

    const meanwhile = [1, 2, 3, 4].map(() => client.pick()?.id)
    await vi.advanceTimersByTimeAsync(1_000)
    const afterwards = new Set<string | undefined>()
    for (let calls = 0; calls < 3; calls++)
      afterwards.add((await client.execute(({ id }) => id)).unwrapOr('none'))

    expect(meanwhile).not.toContain('b')
    expect(afterwards).toEqual(new Set(['a', 'b', 'c']))
  })

  it('closes also where the clock of the machine is set back', async () => {
    const client = await clientOf({
      outliers: false,
      resilience: standard({ breakerFailures: 1, breakerOpenMs: 1_000 }),
    })
    for (let calls = 0; calls < 3; calls++) await client.execute(failing('b')).then((answer) => answer.isOk())

    vi.setSystemTime(Date.now() - 3_600_000)
    await vi.advanceTimersByTimeAsync(1_000)
    const answers = new Set<string>()
    for (let calls = 0; calls < 9; calls++)
      answers.add((await eventually(client.execute(({ id }) => id))).unwrapOr('none'))

    expect(answers).toEqual(new Set(['a', 'b', 'c']))
  })

  it('tells that all are out', async () => {
    const client = await clientOf({
      outliers: false,
      resilience: standard({ breakerFailures: 1, attempts: 1 }),
    })
    for (let calls = 0; calls < 3; calls++)
      await failed(client.execute(() => Promise.reject(new Error('down'))))

    expect((await client.execute(({ id }) => id))._unsafeUnwrapErr()).toMatchObject({
      type: 'AllEjected',
      ejected: 3,
    })
  })
})

describe('hedging', () => {
  const hedging = standard({ hedgeAfterMs: 100, attemptTimeoutMs: 5_000 })

  it('asks another instance beside one that is slow, takes the first answer and ends the other attempt', async () => {
    const client = await clientOf({ resilience: hedging })
    const signals = new Map<string, AbortSignal>()

    const answer = await eventually(
      client.execute(
        ({ id }, { signal }) => {
          signals.set(id, signal)
          return id === 'a' ? never() : id
        },
        { isIdempotent: true },
      ),
    )

    expect(answer._unsafeUnwrap()).toBe('b')
    expect(signals.get('a')?.aborted).toBe(true)
    expect(signals.get('b')?.aborted).toBe(false)
  })

  it('tells the balancer how long the other one would have taken at least', async () => {
    const reported: string[] = []
    const balancer: BalancerPolicy = {
      name: 'noting',
      create: (tools) => ({
        ...inOrder.create(tools),
        report: ({ instance }, latencyMs, isFailure) =>
          reported.push(`${instance.id} ${Math.round(latencyMs)} ${isFailure}`),
      }),
    }
    const client = await clientOf({ resilience: hedging, balancer })

    const answer = await eventually(
      client.execute(({ id }) => (id === 'a' ? never() : id), { isIdempotent: true }),
    )

    expect(answer.unwrapOr('none')).toBe('b')
    expect(reported.toSorted()).toEqual(['a 100 false', 'b 0 false'])
  })

  it('asks nobody else where the first one is quick, or the call may be no second one', async () => {
    const client = await clientOf({ resilience: hedging })
    let attempts = 0
    const gate = Promise.withResolvers<void>()

    expect((await client.execute(() => ++attempts, { isIdempotent: true })).isOk()).toBe(true)
    const slow = client.execute(() => {
      attempts++
      return gate.promise
    })
    await vi.advanceTimersByTimeAsync(1_000)
    gate.resolve()
    expect((await slow).isOk()).toBe(true)

    expect(attempts).toBe(2)
  })

  it('waits for the second one where the first one fails late', async () => {
    const client = await clientOf({ resilience: hedging })
    const first = Promise.withResolvers<string>()

    const calling = client.execute(
      ({ id }) => (id === 'a' ? first.promise : new Promise((resolve) => setTimeout(resolve, 500, id))),
      {
        isIdempotent: true,
      },
    )
    await vi.advanceTimersByTimeAsync(200)
    first.reject(new Error('broken'))

    expect((await eventually(calling))._unsafeUnwrap()).toBe('b')
  })
})

describe('options', () => {
  it.each([
    ['concurrency', 0],
    ['queue', -1],
    ['totalTimeoutMs', 0],
    ['attempts', 0],
    ['attempts', 1.5],
    ['retryShare', 1.1],
    ['retryShare', Number.NaN],
    ['breakerFailures', 0],
    ['attemptTimeoutMs', 2 ** 31],
    ['hedgeAfterMs', -1],
  ])('refuse %s of %d', (name, value) => {
    expect(() => standard({ [name]: value })).toThrow(RangeError)
    expect(() => standard({ [name]: value })).toThrow(name)
  })
})

describe('a client whose discovery was closed', () => {
  it('chooses nobody and calls nobody', async () => {
    const client = await clientOf()

    await opened[0]?.close()

    expect(client.pick()).toBeUndefined()
    expect(client.acquire()).toBeUndefined()
    await expect(client.endpoint()).rejects.toBeInstanceOf(DiscoveryClosedError)
    await expect(client.execute(({ id }) => id)).rejects.toBeInstanceOf(DiscoveryClosedError)
  })
})
