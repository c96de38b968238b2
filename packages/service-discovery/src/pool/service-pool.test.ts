import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import type { BalancerPolicy } from '../balance/balancer.ts'
import type { Instance, InstanceHealth } from '../registry/instance.ts'
import { type OutlierOptions, outliersOf } from './outlier-options.ts'
import type { PooledTarget } from './pooled-target.ts'
import { ServicePool } from './service-pool.ts'

let timer: ManualTimer
beforeEach(() => {
  timer = manualTimer()
})

function instance(id: string, others: Partial<Instance> = {}): Instance {
  const facts = { service: 'orders', host: '10.0.0.1', port: 80, node: '', tags: [], metadata: {}, weight: 1 }
  return { id, ...facts, health: 'passing', ...others }
}

/** A pool of instances with these ids, and what it has told. */
function poolOf(ids: string, outliers: OutlierOptions | false = {}, policy: BalancerPolicy = inOrder) {
  const told: string[] = []
  const pool = new ServicePool({
    policy,
    outliers: outliers === false ? false : outliersOf(outliers),
    timer,
    random: { next: () => 0.5 },
    tell: ({ type, instance: { id }, cause }) => told.push(`${id} ${type} ${cause}`),
  })
  pool.update([...ids].map((id) => instance(id)))
  return { pool, told }
}

/** Everybody whom the pool chooses, as their ids in order. */
function chosen(pool: ServicePool): string {
  const ids = Array.from({ length: 60 }, () => pool.pick()?.instance.id ?? '-')
  return [...new Set(ids)].sort().join('')
}

function targetOf(pool: ServicePool, id: string): PooledTarget {
  for (let picks = 0; picks < 100; picks++) {
    const target = pool.pick()
    if (target?.instance.id === id) return target
  }
  throw new Error(`nobody called ${id}`)
}

function failing(pool: ServicePool, target: PooledTarget, times = 5): void {
  for (let time = 0; time < times; time++) {
    pool.begin(target)
    pool.end(target, 1, true)
  }
}

describe('a pool', () => {
  it.each<[InstanceHealth, string]>([
    ['passing', 'ab'],
    ['warning', 'ab'],
    ['critical', 'a'],
    ['draining', 'a'],
  ])('chooses one that is %s or not', (health, expected) => {
    const { pool } = poolOf('')

    pool.update([instance('a'), instance('b', { health })])

    expect([chosen(pool), pool.healthy]).toEqual([expected, expected.length])
  })

  it('chooses nobody where there is nobody', () => {
    const { pool } = poolOf('')

    expect([pool.pick(), pool.pickOther(new Set()), pool.healthy, pool.ejected]).toEqual([
      undefined,
      undefined,
      0,
      0,
    ])
  })

  it('tells its balancer of an empty list before the first choice', () => {
    const counts: number[] = []
    const create = () => ({
      update: (targets: readonly unknown[]) => void counts.push(targets.length),
      pick: () => undefined,
    })

    poolOf('ab', {}, { name: 'counting', create })

    expect(counts).toEqual([0, 2])
  })

  it('counts an instance once that is told twice', () => {
    const { pool } = poolOf('ab')

    pool.update([instance('a'), instance('a'), instance('b')])

    expect([pool.healthy, chosen(pool)]).toEqual([2, 'ab'])
  })
})

describe('an update of a pool', () => {
  it('keeps what is known of an instance that stays at its address', () => {
    const { pool } = poolOf('ab')
    const before = targetOf(pool, 'a')
    pool.begin(before)
    failing(pool, before, 4)

    pool.update([instance('a', { weight: 7, metadata: { version: '2' } }), instance('b')])

    const after = targetOf(pool, 'a')
    expect(after).toBe(before)
    expect(after).toMatchObject({ inFlight: 1, consecutiveFailures: 4, instance: { weight: 7 } })
  })

  it.each([{ host: '10.0.0.2' }, { port: 81 }])('knows nothing of one that has moved to %j', (moved) => {
    const { pool } = poolOf('ab')
    const before = targetOf(pool, 'a')
    pool.begin(before)
    failing(pool, before, 5)

    pool.update([instance('a', moved), instance('b')])

    const after = targetOf(pool, 'a')
    expect(after).not.toBe(before)
    expect(after).toMatchObject({ inFlight: 0, consecutiveFailures: 0, isEjected: false })
    pool.end(before, 1, true)
    expect([before.inFlight, after.inFlight]).toEqual([0, 0])
  })

  it('forgets the ejection of one that has left', () => {
    const { pool, told } = poolOf('abc')
    failing(pool, targetOf(pool, 'a'))
    expect(chosen(pool)).toBe('bc')

    pool.update([instance('b'), instance('c')])
    expect(timer.waits).toEqual([])
    pool.update([instance('a'), instance('b'), instance('c')])

    expect([chosen(pool), told]).toEqual(['abc', ['a ejected failures']])
  })

  it('keeps one out that is ejected and stays', () => {
    const { pool } = poolOf('abc')
    failing(pool, targetOf(pool, 'a'))

    pool.update([instance('a'), instance('b'), instance('c'), instance('d')])

    expect([chosen(pool), pool.ejected]).toEqual(['bcd', 1])
  })
})

describe('ejection', () => {
  it('keeps calls away until the time is over', () => {
    const { pool, told } = poolOf('abc')
    failing(pool, targetOf(pool, 'a'))
    expect([chosen(pool), pool.ejected]).toEqual(['bc', 1])

    timer.advance(30_000)

    expect([chosen(pool), pool.ejected]).toEqual(['abc', 0])
    expect(told).toEqual(['a ejected failures', 'a returned failures'])
  })

  it('never takes the only instance', () => {
    const { pool } = poolOf('a')

    failing(pool, targetOf(pool, 'a'), 1_000)

    expect(chosen(pool)).toBe('a')
  })

  it('is off where it is not wanted', () => {
    const { pool, told } = poolOf('abc', false)

    failing(pool, targetOf(pool, 'a'), 1_000)

    expect([chosen(pool), told, timer.waits]).toEqual(['abc', [], []])
  })

  it('is not believed where too few are left', () => {
    const { pool } = poolOf('abcd', { maxEjectedShare: 1, panicShare: 0.5 })
    const [a, b, c] = ['a', 'b', 'c'].map((id) => targetOf(pool, id))
    if (a === undefined || b === undefined || c === undefined) throw new Error('three are wanted')

    failing(pool, a)
    failing(pool, b)
    expect([chosen(pool), pool.ejected]).toEqual(['cd', 2])
    failing(pool, c)

    expect([chosen(pool), pool.ejected]).toEqual(['abcd', 0])
  })

  it('leaves nobody where it is to be believed always', () => {
    const { pool } = poolOf('ab', { maxEjectedShare: 1, panicShare: 0 })
    const targets = ['a', 'b'].map((id) => targetOf(pool, id))

    for (const target of targets) failing(pool, target)

    expect([chosen(pool), pool.healthy, pool.ejected]).toEqual(['-', 2, 2])
    timer.advance(30_000)
    expect(chosen(pool)).toBe('ab')
  })

  it('is not believed where those that were left have left', () => {
    const { pool } = poolOf('ab')
    failing(pool, targetOf(pool, 'a'))
    expect(chosen(pool)).toBe('b')

    pool.update([instance('a')])

    expect(chosen(pool)).toBe('a')
  })

  it('leaves no timer when the pool is closed', () => {
    const { pool } = poolOf('abc')
    failing(pool, targetOf(pool, 'a'))

    pool.close()

    expect(timer.waits).toEqual([])
  })
})

describe('a circuit breaker', () => {
  it('keeps one out without asking how many are left', () => {
    const { pool, told } = poolOf('ab')
    const targets = ['a', 'b'].map((id) => targetOf(pool, id))

    for (const target of targets) pool.setBroken(target, true)
    expect([chosen(pool), pool.ejected]).toEqual(['-', 2])
    for (const target of targets) pool.setBroken(target, true)
    for (const target of targets) pool.setBroken(target, false)

    expect(chosen(pool)).toBe('ab')
    expect(told).toEqual([
      'a ejected breaker',
      'b ejected breaker',
      'a returned breaker',
      'b returned breaker',
    ])
  })

  it('keeps one out also where ejection is not believed', () => {
    const { pool } = poolOf('abc', { maxEjectedShare: 1, panicShare: 1 })
    const [a, b] = [targetOf(pool, 'a'), targetOf(pool, 'b')]
    failing(pool, a)
    expect(chosen(pool)).toBe('abc')

    pool.setBroken(b, true)

    expect(chosen(pool)).toBe('ac')
  })
})

describe('another one', () => {
  it('is one that was not tried, as long as there is one', () => {
    const { pool } = poolOf('abcdefgh')
    const tried = new Set<PooledTarget>()

    for (let attempts = 0; attempts < 8; attempts++) {
      const other = pool.pickOther(tried, 'key')
      if (other !== undefined) tried.add(other)
    }

    expect(
      [...tried]
        .map(({ instance: { id } }) => id)
        .sort()
        .join(''),
    ).toBe('abcdefgh')
    expect(tried.has(pool.pickOther(tried) as PooledTarget)).toBe(true)
  })

  it('is found also where the balancer always wants the same', () => {
    const sticky: BalancerPolicy = {
      name: 'sticky',
      create() {
        let first: unknown
        return {
          update: ([one]) => {
            first = one
          },
          pick: () => first as PooledTarget,
        }
      },
    }
    const { pool } = poolOf('ab', {}, sticky)
    const a = pool.pick() as PooledTarget

    expect(pool.pickOther(new Set([a]))?.instance.id).toBe('b')
  })

  it('is nobody who is ejected', () => {
    const { pool } = poolOf('abc')
    failing(pool, targetOf(pool, 'a'))
    const b = targetOf(pool, 'b')

    const others = Array.from({ length: 20 }, () => pool.pickOther(new Set([b]))?.instance.id)

    expect(new Set(others)).toEqual(new Set(['c']))
  })
})

describe('calls under way', () => {
  it('are counted from their begin to their end, however they end', () => {
    const { pool } = poolOf('a')
    const a = targetOf(pool, 'a')
    const counts: number[] = []

    for (const step of ['begin', 'begin', 'begin', 'end', 'callOff', 'fail'] as const) {
      if (step === 'begin') pool.begin(a)
      else if (step === 'callOff') pool.callOff(a)
      else pool.end(a, 1, step === 'fail')
      counts.push(a.inFlight)
    }

    expect(counts).toEqual([1, 2, 3, 2, 1, 0])
  })

  it('that were called off say nothing of the instance', () => {
    const { pool } = poolOf('ab')
    const a = targetOf(pool, 'a')

    for (let time = 0; time < 100; time++) {
      pool.begin(a)
      pool.callOff(a)
    }

    expect(a).toMatchObject({ inFlight: 0, calls: 0, failures: 0, consecutiveFailures: 0 })
  })
})
