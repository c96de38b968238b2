import type { Attributes, Span, Telemetry } from '@ashlar/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { standard } from './standard.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }

let registry: ScriptedRegistry
let opened: ServiceDiscovery[]
let unhandled: unknown[]
const note = (reason: unknown) => unhandled.push(reason)
beforeEach(() => {
  registry = new ScriptedRegistry()
  registry.tell('orders', [a, b])
  opened = []
  unhandled = []
  process.on('unhandledRejection', note)
})
afterEach(async () => {
  for (const discovery of opened) await discovery.close()
  await registry.close()
  await new Promise(setImmediate)
  process.off('unhandledRejection', note)
  expect(unhandled).toEqual([])
})

function clientOf(options: Partial<ServiceDiscoveryOptions> = {}) {
  const resilience = standard({ retryDelayMs: 0 })
  const discovery = new ServiceDiscovery({ registry, balancer: inOrder, resilience, ...options })
  opened.push(discovery)
  return discovery.serviceClient('orders')
}

describe('work that misbehaves', () => {
  it.each([
    ['null', null],
    ['nothing', undefined],
    ['a text', 'oh'],
    ['a frozen object', Object.freeze({})],
    [
      'what throws when it is looked at',
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('do not look')
          },
          getPrototypeOf: () => {
            throw new Error('do not look')
          },
        },
      ),
    ],
  ])('may throw %s, which is the cause', async (_, thrown) => {
    const client = clientOf()

    const failure = (
      await client.execute(() => {
        throw thrown
      })
    )._unsafeUnwrapErr()

    expect(failure.type).toBe('CallFailed')
    expect('cause' in failure && failure.cause === thrown).toBe(true)
  })

  it('may return what is no promise, and what only looks like one', async () => {
    const client = clientOf()

    const plain = await client.execute(() => 7)
    // biome-ignore lint/suspicious/noThenProperty: it is what others have, too
    const likePromise = { then: (resolve: (value: number) => void) => resolve(8) }
    const thenable = await client.execute(() => likePromise as unknown as Promise<number>)

    expect([plain.unwrapOr(0), thenable.unwrapOr(0)]).toEqual([7, 8])
  })

  it.each([['isFailure'], ['isTransient']])('may be judged by an %s that throws', async (judge) => {
    const client = clientOf()
    const options = {
      [judge]: () => {
        throw new Error('no judge')
      },
    }

    const answer = await client.execute(
      () => (judge === 'isFailure' ? 1 : Promise.reject(new Error('work'))),
      options,
    )

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallFailed', reason: 'no judge' })
  })

  it('may fail long after it was given up', async () => {
    const client = clientOf({ resilience: standard({ attemptTimeoutMs: 5, attempts: 1 }) })
    const late = Promise.withResolvers<never>()

    const answer = await client.execute(() => late.promise)
    late.reject(new Error('far too late'))

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'CallFailed', reason: 'no answer within 5 ms' })
  })

  it('may fail as the loser of a hedge', async () => {
    const client = clientOf({ resilience: standard({ hedgeAfterMs: 1 }) })
    const loser = Promise.withResolvers<never>()

    const answer = await client.execute(({ id }) => (id === 'a' ? loser.promise : id), { isIdempotent: true })
    loser.reject(new Error('beaten'))

    expect(answer.unwrapOr('none')).toBe('b')
  })

  it('leaves no call open, whichever way it ends', async () => {
    const client = clientOf({
      resilience: standard({ attemptTimeoutMs: 5, attempts: 1, breakerFailures: 1 }),
    })
    const stop = new AbortController()
    const inFlight: number[] = []
    const watching = clientOf({
      balancer: {
        name: 'watching',
        create: () => ({
          update: (targets) => void inFlight.push(...targets.map((target) => target.inFlight)),
          pick: () => undefined,
        }),
      },
    })

    const ways = [
      client.execute(() => 1),
      client.execute(() => Promise.reject(new Error('no'))),
      client.execute(() => new Promise(() => {})),
      client.execute(() => new Promise(() => {}), { signal: stop.signal }).catch(() => 'aborted'),
    ]
    stop.abort()
    await Promise.all(ways)

    expect(watching.pick()).toBeUndefined()
    expect(inFlight.every((open) => open === 0)).toBe(true)
  })

  it('leaves no listener on a signal that outlives many calls', async () => {
    const client = clientOf()
    const added: string[] = []
    const { signal } = new AbortController()
    const counting = new Proxy(signal, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name, target)
        if (name === 'addEventListener') added.push('+')
        if (name === 'removeEventListener') added.push('-')
        return typeof value === 'function' ? value.bind(target) : value
      },
    })

    for (let calls = 0; calls < 100; calls++)
      expect((await client.execute(({ id }) => id, { signal: counting })).isOk()).toBe(true)

    const count = (sign: string) => added.filter((one) => one === sign).length
    expect(count('+')).toBeGreaterThan(0)
    expect(count('-')).toBeGreaterThanOrEqual(count('+'))
  })
})

describe('telemetry', () => {
  it('tells each attempt as a span, and counts attempts, their times and ejections', async () => {
    const spans: { name: string; attributes: Attributes | undefined; status?: number; isEnded?: boolean }[] =
      []
    const counted: [string, number, Attributes | undefined][] = []
    const telemetry: Telemetry = {
      tracer: {
        startActiveSpan(name, { attributes }, work) {
          const told: (typeof spans)[number] = { name, attributes }
          spans.push(told)
          const span: Span = {
            setAttributes: () => {},
            setStatus: ({ code }) => {
              told.status = code
            },
            recordException: () => {},
            end: () => {
              told.isEnded = true
            },
          }
          return work(span)
        },
      },
      meter: {
        createCounter: (name) => ({ add: (value, attributes) => counted.push([name, value, attributes]) }),
        createHistogram: (name) => ({
          record: (value, attributes) => counted.push([name, value, attributes]),
        }),
      },
    }
    const client = clientOf({ telemetry, outliers: { consecutiveFailures: 1 } })

    const answer = await client.execute(
      ({ id }) => {
        if (id === 'a') throw new Error('broken')
        return id
      },
      { isIdempotent: true },
    )

    expect(answer.unwrapOr('none')).toBe('b')
    expect(spans).toMatchObject([
      {
        name: 'call orders',
        status: 2,
        isEnded: true,
        attributes: { 'ashlar.discovery.attempt': 1, 'server.address': '10.0.0.1' },
      },
      {
        name: 'call orders',
        status: 1,
        isEnded: true,
        attributes: { 'ashlar.discovery.attempt': 2, 'ashlar.discovery.instance': 'b' },
      },
    ])
    const attempts = counted.filter(([name]) => name === 'ashlar.discovery.attempts')
    expect(attempts.map(([, , attributes]) => attributes?.['ashlar.discovery.outcome'])).toEqual([
      'failure',
      'ok',
    ])
    expect(counted.some(([name]) => name === 'ashlar.discovery.attempt.duration')).toBe(true)
    expect(counted.filter(([name]) => name === 'ashlar.discovery.ejections')).toMatchObject([
      [
        'ashlar.discovery.ejections',
        1,
        { 'ashlar.discovery.instance': 'a', 'ashlar.discovery.cause': 'failures' },
      ],
    ])
  })

  it('that throws spoils no call', async () => {
    const bang = (): never => {
      throw new Error('telemetry')
    }
    const telemetry: Telemetry = {
      tracer: { startActiveSpan: bang },
      meter: { createCounter: () => ({ add: bang }), createHistogram: () => ({ record: bang }) },
    }
    const logger = { debug: bang, info: bang, warn: bang, error: bang }
    const client = clientOf({ telemetry, logger, outliers: { consecutiveFailures: 1 } })

    const answer = await client.execute(
      ({ id }) => {
        if (id === 'a') throw new Error('broken')
        return id
      },
      { isIdempotent: true },
    )

    expect(answer.unwrapOr('none')).toBe('b')
  })
})
