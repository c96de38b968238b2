import type { Attributes, Span, Telemetry } from '@ashlar/kernel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import type { Target } from '../pool/target.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import type { ServiceClient } from './service-client.ts'
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

const never = () => new Promise<never>(() => {})
const bang = (): never => {
  throw new Error('bang')
}

/** Whom the balancer below has ever had. */
const seen = new Set<Target>()

/** One after the other, with a look at them afterwards. */
function watching(report: () => void = () => {}): BalancerPolicy {
  seen.clear()
  return {
    name: 'watching',
    create(tools) {
      const balancer = inOrder.create(tools)
      return {
        update(targets) {
          for (const target of targets) seen.add(target)
          balancer.update(targets)
        },
        pick: (key) => balancer.pick(key),
        report,
      }
    },
  }
}

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

  it.each<[string, (client: ServiceClient) => Promise<unknown>, Partial<ServiceDiscoveryOptions>?]>([
    ['an answer', (client) => client.execute(() => 1)],
    ['a failure', (client) => client.execute(() => Promise.reject(new Error('no')))],
    ['retries', (client) => client.execute(() => Promise.reject(new Error('no')), { isIdempotent: true })],
    ['an answer that is one', (client) => client.execute(() => 1, { isFailure: () => true })],
    ['what is not the instance’s fault', (client) => client.execute(bang, { isTransient: () => false })],
    ['a time-out', (client) => client.execute(never)],
    ['an abort', (client) => client.execute(never, { signal: AbortSignal.timeout(1) }).catch(String)],
    [
      'a hedge',
      (client) => client.execute(({ id }) => (id === 'a' ? never() : 1), { isIdempotent: true }),
      { resilience: standard({ hedgeAfterMs: 1, attemptTimeoutMs: 20 }) },
    ],
    [
      'a circuit breaker that is open',
      (client) => Promise.all([1, 2, 3, 4].map(() => client.execute(bang))),
      { resilience: standard({ breakerFailures: 1, attempts: 1 }) },
    ],
    ['an answer to one that was acquired', async (client) => client.acquire()?.release('ok')],
    [
      'one that was acquired and released twice',
      async (client) => {
        const acquired = client.acquire()
        acquired?.release('cancelled')
        acquired?.release('failure')
      },
    ],
    [
      'a balancer that throws at the end',
      (client) => client.execute(() => 1).catch(String),
      { balancer: watching(bang) },
    ],
  ])('leaves no call open after %s', async (_, call, options = {}) => {
    const client = clientOf({
      balancer: watching(),
      resilience: standard({ attemptTimeoutMs: 5, retryDelayMs: 0 }),
      ...options,
    })
    const known = await client.endpoint()

    await call(client)
    // losers of a hedge end a little later
    await new Promise(setImmediate)

    expect(known.isOk()).toBe(true)
    expect([...seen].map(({ inFlight }) => inFlight)).toEqual([0, 0])
  })

  it('keeps no place of a caller who waits no longer', async () => {
    const client = clientOf({ resilience: standard({ concurrency: 1, queue: 1 }) })
    const answer = Promise.withResolvers<string>()
    const stop = new AbortController()
    expect((await client.endpoint()).isOk()).toBe(true)

    const running = client.execute(() => answer.promise)
    const leaving = client.execute(() => 'never', { signal: stop.signal }).catch(() => 'left')
    const refused = client.execute(() => 'never')
    stop.abort()
    const waiting = client.execute(() => 'in its turn')
    answer.resolve('first')

    expect((await refused)._unsafeUnwrapErr()).toMatchObject({ type: 'BulkheadFull' })
    expect(await leaving).toBe('left')
    expect([(await running).unwrapOr(''), (await waiting).unwrapOr('')]).toEqual(['first', 'in its turn'])
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

  it('that runs what it is given late, or twice, repeats no call', async () => {
    const asked: string[] = []
    const late: (() => unknown)[] = []
    const span = { setAttributes() {}, setStatus() {}, recordException() {}, end() {} }
    const telemetry: Telemetry = {
      tracer: {
        startActiveSpan(_name, _options, work) {
          late.push(() => work(span))
          return undefined as never
        },
      },
    }
    const client = clientOf({ telemetry })

    const answer = await client.execute(({ id }) => {
      asked.push(id)
      return id
    })
    for (const work of late) work()
    for (const work of late) work()

    expect(answer.unwrapOr('none')).toBe('a')
    expect(asked).toEqual(['a'])
  })

  it('whose meter makes no instruments spoils no call', async () => {
    const bang = (): never => {
      throw new Error('telemetry')
    }
    const client = clientOf({ telemetry: { meter: { createCounter: bang, createHistogram: bang } } })

    expect((await client.execute(({ id }) => id)).unwrapOr('none')).toBe('a')
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
