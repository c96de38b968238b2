import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Instance } from '../registry/instance.ts'
import { OutlierEjection } from './outlier-ejection.ts'
import { type OutlierOptions, outliersOf } from './outlier-options.ts'
import { PooledTarget } from './pooled-target.ts'

let timer: ManualTimer
beforeEach(() => {
  timer = manualTimer()
})

function instance(number: number): Instance {
  return {
    id: `i${number}`,
    service: 'orders',
    host: `10.0.0.${number}`,
    port: 80,
    node: '',
    tags: [],
    metadata: {},
    weight: 1,
    health: 'passing',
  }
}

/** So many targets, and the ejection that counts their calls. */
function ejectionOf(count: number, options: OutlierOptions = {}) {
  const all = Array.from({ length: count }, (_, at) => new PooledTarget(instance(at)))
  const moved: string[] = []
  const ejection = new OutlierEjection(outliersOf(options), timer, {
    all: () => all,
    moved: ({ instance: { id }, isEjected }) => moved.push(`${id} ${isEjected ? 'out' : 'back'}`),
  })
  const failing = (at: number, times: number) => {
    for (let time = 0; time < times; time++) ejection.count(targetOf(at), true)
  }
  const working = (at: number, times: number) => {
    for (let time = 0; time < times; time++) ejection.count(targetOf(at), false)
  }
  const targetOf = (at: number) => {
    const target = all[at]
    if (target === undefined) throw new Error('no such target')
    return target
  }
  const ejected = () => all.flatMap(({ isEjected }, at) => (isEjected ? [at] : []))
  return { all, moved, ejection, failing, working, ejected, targetOf }
}

describe('failures in a row', () => {
  it('eject with the fifth', () => {
    const { failing, ejected, moved } = ejectionOf(4)

    failing(0, 4)
    expect(ejected()).toEqual([])
    failing(0, 1)

    expect([ejected(), moved]).toEqual([[0], ['i0 out']])
  })

  it('begin anew after a good call', () => {
    const { failing, working, ejected } = ejectionOf(4)

    for (let time = 0; time < 10; time++) {
      failing(0, 4)
      working(0, 1)
    }

    expect(ejected()).toEqual([])
  })

  it('count across intervals', () => {
    const { failing, ejected } = ejectionOf(4)

    for (let time = 0; time < 5; time++) {
      failing(0, 1)
      timer.advance(10_000)
    }

    expect(ejected()).toEqual([0])
  })

  it('tell once, also while calls that were under way go on failing', () => {
    const { failing, moved } = ejectionOf(4)

    failing(0, 100)

    expect(moved).toEqual(['i0 out'])
  })
})

describe('a share of failures', () => {
  const shares = { consecutiveFailures: 1_000, leastCalls: 20 }

  it('ejects where the others fail at most half as often', () => {
    const { failing, working, ejected } = ejectionOf(4, shares)
    for (const at of [1, 2, 3]) working(at, 15)
    for (const at of [1, 2, 3]) failing(at, 5)

    working(0, 10)
    failing(0, 10)

    expect(ejected()).toEqual([0])
  })

  it('ejects nobody where all fail: the trouble is elsewhere', () => {
    const { failing, working, ejected } = ejectionOf(4, shares)

    for (let time = 0; time < 100; time++)
      for (const at of [0, 1, 2, 3]) {
        working(at, 1)
        failing(at, 2)
      }

    expect(ejected()).toEqual([])
  })

  it('ejects nobody for less calls than it wants, of its own or of the others', () => {
    const own = ejectionOf(4, shares)
    own.working(1, 1_000)
    own.failing(0, 19)
    const others = ejectionOf(4, shares)
    others.working(1, 19)
    others.failing(0, 100)
    const alone = ejectionOf(1, shares)
    alone.failing(0, 100)

    expect([own.ejected(), others.ejected(), alone.ejected()]).toEqual([[], [], []])
    own.failing(0, 1)
    expect(own.ejected()).toEqual([0])
  })

  it('counts one interval only, with the failure that begins it', () => {
    const { failing, working, ejected } = ejectionOf(4, shares)
    working(1, 1_000)
    failing(0, 19)
    timer.advance(10_000)

    failing(0, 1)
    working(1, 20)
    failing(0, 18)
    expect(ejected()).toEqual([])
    failing(0, 1)

    expect(ejected()).toEqual([0])
  })
})

describe('the most that are ejected', () => {
  it.each([
    [1, 0.5, 0],
    [2, 0.5, 1],
    [3, 0.5, 1],
    [4, 0.5, 2],
    [7, 0.5, 3],
    [10, 0.1, 1],
    [9, 0.1, 0],
    [3, 0, 0],
    [3, 1, 3],
  ])('of %d instances with a share of %d are %d', (count, maxEjectedShare, most) => {
    const { failing, ejected } = ejectionOf(count, { maxEjectedShare })

    for (let at = 0; at < count; at++) failing(at, 50)

    expect(ejected().length).toBe(most)
  })

  it('leaves room again when one is let back', () => {
    const { failing, ejected } = ejectionOf(2, { ejectionMs: 1_000 })
    failing(0, 5)
    failing(1, 5)
    expect(ejected()).toEqual([0])
    timer.advance(1_000)

    failing(1, 1)

    expect(ejected()).toEqual([1])
  })
})

describe('an ejected instance', () => {
  it('comes back after its time, with nothing held against it', () => {
    const { failing, ejected, moved, targetOf } = ejectionOf(4, { ejectionMs: 30_000 })
    failing(0, 9)

    timer.advance(29_999)
    expect(ejected()).toEqual([0])
    timer.advance(1)

    expect([ejected(), moved]).toEqual([[], ['i0 out', 'i0 back']])
    expect(targetOf(0)).toMatchObject({ consecutiveFailures: 0, calls: 0, failures: 0 })
    failing(0, 4)
    expect(ejected()).toEqual([])
  })

  it('stays away longer each time, up to the longest', () => {
    const { failing } = ejectionOf(4, { ejectionMs: 30_000, maxEjectionMs: 100_000 })
    const rests: number[] = []

    for (let time = 0; time < 5; time++) {
      failing(0, 5)
      const [rest = 0] = timer.waits
      rests.push(rest)
      timer.advance(rest)
    }

    expect(rests).toEqual([30_000, 60_000, 90_000, 100_000, 100_000])
  })

  it('is trusted again a little more with each interval that it gets through', () => {
    const { failing } = ejectionOf(4, { ejectionMs: 30_000, intervalMs: 10_000 })
    const ejectedFor = (quietMs: number) => {
      timer.advance(quietMs)
      failing(0, 5)
      const [rest = 0] = timer.waits
      timer.advance(rest)
      return rest
    }
    const rests = [ejectedFor(0), ejectedFor(0), ejectedFor(0)]

    expect(rests).toEqual([30_000, 60_000, 90_000])
    expect([ejectedFor(9_999), ejectedFor(20_000)]).toEqual([120_000, 90_000])
    expect(ejectedFor(86_400_000)).toBe(30_000)
  })

  it('that has left is not let back, and leaves no timer', () => {
    const { ejection, failing, moved, all, targetOf } = ejectionOf(4)
    failing(0, 5)
    const gone = targetOf(0)

    ejection.forget(gone)
    all.shift()
    timer.advance(1_000_000)
    ejection.count(gone, true)

    expect([timer.waits, moved]).toEqual([[], ['i0 out']])
    expect(gone.isEjected).toBe(false)
  })

  it('leaves no timer when all is over', () => {
    const { ejection, failing } = ejectionOf(4)
    failing(0, 5)
    failing(1, 5)
    expect(timer.waits.length).toBe(2)

    ejection.close()

    expect(timer.waits).toEqual([])
  })

  it('keeps no process alive', () => {
    const idle: (boolean | undefined)[] = []
    const target = new PooledTarget(instance(1))
    const noting = {
      ...timer,
      after: (_ms: number, _run: () => void, options?: { readonly idle?: boolean }) => {
        idle.push(options?.idle)
        return () => {}
      },
    }
    const surroundings = { all: () => [target, new PooledTarget(instance(2))], moved: () => {} }
    const ejection = new OutlierEjection(outliersOf({ consecutiveFailures: 1 }), noting, surroundings)

    ejection.count(target, true)

    expect([target.isEjected, idle]).toEqual([true, [true]])
  })
})

describe('the options', () => {
  it.each([
    [{ consecutiveFailures: 0 }, 'consecutiveFailures'],
    [{ failureShare: 1.1 }, 'failureShare'],
    [{ failureShare: Number.NaN }, 'failureShare'],
    [{ leastCalls: 0 }, 'leastCalls'],
    [{ intervalMs: 0 }, 'intervalMs'],
    [{ ejectionMs: Number.POSITIVE_INFINITY }, 'ejectionMs'],
    [{ maxEjectionMs: 2 ** 31 }, 'maxEjectionMs'],
    [{ maxEjectedShare: -0.1 }, 'maxEjectedShare'],
    [{ panicShare: 2 }, 'panicShare'],
  ])('refuse %j', (options, name) => {
    expect(() => outliersOf(options)).toThrow(new RegExp(`^option ${name}: expected a number from`))
  })
})
