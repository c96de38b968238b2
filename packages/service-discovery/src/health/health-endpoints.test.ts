import { manualTimer } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { type HealthEndpoints, type HealthEndpointsOptions, healthEndpoints } from './health-endpoints.ts'

describe('health endpoints', () => {
  it('say that the process lives, and that it is ready', async () => {
    const health = healthEndpoints({ ready: { database: async () => true, cache: async () => {} } })

    expect(await asked(health, '/health/live')).toEqual([200, { status: 'live', checks: {} }])
    expect(await asked(health, '/health/ready')).toEqual([
      200,
      { status: 'ready', checks: { database: { status: 'passing' }, cache: { status: 'passing' } } },
    ])
  })

  it('say which checks fail, and nothing of why', async () => {
    const health = healthEndpoints({ ready: { database: refused, cache: async () => {} } })

    const answer = await asked(health, '/health/ready')

    expect(answer).toEqual([
      503,
      { status: 'not-ready', checks: { database: { status: 'failing' }, cache: { status: 'passing' } } },
    ])
  })

  it.each<readonly [string, () => unknown, string]>([
    ['answers false', async () => false, 'answered false'],
    [
      'throws at once',
      () => {
        throw new Error('at once')
      },
      'at once',
    ],
    ['throws null', async () => Promise.reject(null), 'threw null'],
    ['throws undefined', async () => Promise.reject(undefined), 'threw undefined'],
    ['throws an error without a word', async () => Promise.reject(new Error('')), 'failed without a word'],
    ['throws what has no text', async () => Promise.reject(Object.create(null)), 'threw what has no text'],
    [
      'throws what throws',
      async () =>
        Promise.reject(
          new Proxy(
            {},
            {
              get: () => {
                throw new Error('trap')
              },
            },
          ),
        ),
      'threw what has no text',
    ],
    ['throws many lines', async () => Promise.reject(new Error('one\n    at secret (secret.ts:1:1)')), 'one'],
    ['throws a long line', async () => Promise.reject(new Error('x'.repeat(10_000))), 'x'.repeat(200)],
  ])('survive a check that %s', async (_, check, reason) => {
    const health = healthEndpoints({ ready: { it: check as () => Promise<boolean> }, detail: true })

    const answer = await asked(health, '/health/ready')

    expect(answer).toEqual([503, { status: 'not-ready', checks: { it: { status: 'failing', reason } } }])
  })

  it('never wait longer for a check than its limit, and tell it so', async () => {
    const timer = manualTimer()
    const signals: AbortSignal[] = []
    const hanging = (signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<void>(() => {})
    }
    const health = healthEndpoints({
      ready: { slow: { check: hanging, timeoutMs: 500 }, slower: hanging },
      detail: true,
      timer,
    })

    const answering = asked(health, '/health/ready')
    await expect.poll(() => timer.waits).toEqual([500, 2_000])
    timer.advance(2_000)

    expect(await answering).toMatchObject([
      503,
      {
        checks: {
          slow: { reason: 'no answer within 500 ms' },
          slower: { reason: 'no answer within 2000 ms' },
        },
      },
    ])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  it('ignore what a check says too late', async () => {
    const timer = manualTimer()
    const late = Promise.withResolvers<boolean>()
    const health = healthEndpoints({ ready: { late: () => late.promise }, timer, cacheMs: 1_000 })
    const answering = asked(health, '/health/ready')
    await expect.poll(() => timer.waits).toEqual([2_000])
    timer.advance(2_000)
    const [status] = await answering

    late.reject(new Error('too late'))
    await late.promise.catch(() => {})

    expect(status).toBe(503)
    expect((await asked(health, '/health/ready'))[0]).toBe(503)
  })

  it('run a check once for all who ask at the same time, and keep its answer for a while', async () => {
    const timer = manualTimer()
    let runs = 0
    const health = healthEndpoints({ ready: { counted: async () => void runs++ }, timer })

    await Promise.all(Array.from({ length: 100 }, () => asked(health, '/health/ready')))
    const atFirst = runs
    timer.advance(999)
    await asked(health, '/health/ready')
    const withinASecond = runs
    timer.advance(1)
    await asked(health, '/health/ready')

    expect([atFirst, withinASecond, runs]).toEqual([1, 1, 2])
  })

  it('share runs even where nothing is kept', async () => {
    let runs = 0
    const check = async () => void runs++
    const health = healthEndpoints({ ready: { counted: { check, cacheMs: 0 } }, timer: manualTimer() })

    await Promise.all([asked(health, '/health/ready'), asked(health, '/health/ready')])
    await asked(health, '/health/ready')

    expect(runs).toBe(2)
  })

  it('are not ready from draining on, but alive', async () => {
    const health = healthEndpoints({ ready: { database: async () => {} } })

    health.drain()
    health.drain()

    expect(health.isDraining).toBe(true)
    expect(await asked(health, '/health/ready')).toEqual([503, { status: 'draining' }])
    expect((await asked(health, '/health/live'))[0]).toBe(200)
  })

  it('are not ready when drained while the checks run', async () => {
    const check = Promise.withResolvers<boolean>()
    const health = healthEndpoints({ ready: { slow: () => check.promise } })

    const answering = asked(health, '/health/ready')
    health.drain()
    check.resolve(true)

    expect(await answering).toEqual([503, { status: 'draining' }])
  })

  it('say that the process is to be started again where a check for life fails', async () => {
    const health = healthEndpoints({ live: { loop: async () => false } })

    expect(await asked(health, '/health/live')).toEqual([
      503,
      { status: 'not-live', checks: { loop: { status: 'failing' } } },
    ])
    expect((await asked(health, '/health/ready'))[0]).toBe(200)
  })

  it('keep names of checks that are names of every object', async () => {
    const health = healthEndpoints({
      ready: Object.fromEntries(['__proto__', 'constructor'].map((name) => [name, refused])),
    })

    const answer = await health.handle(requestOf('/health/ready'))

    expect(await answer?.text()).toBe(
      '{"status":"not-ready","checks":{"__proto__":{"status":"failing"},"constructor":{"status":"failing"}}}',
    )
  })

  it('answer HEAD like GET, without a body', async () => {
    const health = healthEndpoints()

    const get = await health.handle(requestOf('/health/ready?verbose=1'))
    const head = await health.handle(requestOf('/health/ready', { method: 'HEAD' }))

    expect([...(head?.headers ?? [])]).toEqual([...(get?.headers ?? [])])
    expect(head?.headers.get('cache-control')).toBe('no-store')
    expect(head?.headers.get('content-type')).toBe('application/json')
    expect(await head?.text()).toBe('')
  })

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuse %s', async (method) => {
    const answer = await healthEndpoints().handle(requestOf('/health/live', { method }))

    expect(answer?.status).toBe(405)
    expect(answer?.headers.get('allow')).toBe('GET, HEAD')
  })

  it.each([
    '/',
    '/health',
    '/health/live/',
    '/health/livex',
    '/Health/live',
    '/x/health/live',
    '/health%2Flive',
  ])('leave %s to others', async (path) => {
    const answer = await healthEndpoints().handle(requestOf(path))

    expect(answer).toBeUndefined()
  })

  it('stand where they are told', async () => {
    const health = healthEndpoints({ livePath: '/livez', readyPath: '/readyz' })

    expect((await asked(health, '/livez'))[0]).toBe(200)
    expect((await asked(health, '/readyz'))[0]).toBe(200)
    expect(await health.handle(requestOf('/health/live'))).toBeUndefined()
  })

  it.each<readonly [string, Record<string, unknown>]>([
    ['livePath', { livePath: 'livez' }],
    ['readyPath', { readyPath: '/a?b' }],
    ['readyPath', { livePath: '/x', readyPath: '/x' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['cacheMs', { cacheMs: -1 }],
    ['ready.database', { ready: { database: true } }],
    ['ready.database.timeoutMs', { ready: { database: { check: refused, timeoutMs: 1.5 } } }],
    ['live.loop', { live: { loop: null } }],
  ])('refuse a bad "%s" by its name: %j', (option, options) => {
    expect(() => healthEndpoints(options as HealthEndpointsOptions)).toThrow(RangeError)
    expect(() => healthEndpoints(options as HealthEndpointsOptions)).toThrow(`option "${option}" must be `)
  })
})

async function refused(): Promise<boolean> {
  throw new Error('connect ECONNREFUSED 10.0.0.7:5432')
}

function requestOf(path: string, init: RequestInit = {}): Request {
  return new Request(`http://localhost${path}`, init)
}

async function asked(health: HealthEndpoints, path: string): Promise<readonly [number | undefined, unknown]> {
  const answer = await health.handle(requestOf(path))
  return [answer?.status, await answer?.json()]
}
