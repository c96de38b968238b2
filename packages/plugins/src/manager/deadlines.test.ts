import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deadlines, type Timed } from './deadlines.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const timed = (): Timed & { expired: number | undefined } => ({
  before: undefined,
  after: undefined,
  beat: 0,
  expired: undefined,
  expire() {
    this.expired = Date.now()
  },
})

describe('Deadlines', () => {
  it.each([1, 2, 7, 8, 50, 999, 1_000, 5_000, 3_600_000])(
    'let something expire after %d ms, and at most a fourth later',
    (limitMs) => {
      const deadlines = new Deadlines()
      const one = timed()
      const begun = Date.now()

      deadlines.of(limitMs).add(one)
      vi.advanceTimersByTime(limitMs * 1.25 + 9)

      expect(one.expired).toBeGreaterThanOrEqual(begun + limitMs)
      expect(one.expired).toBeLessThanOrEqual(begun + limitMs * 1.25 + 9)
    },
  )

  it('leave alone what was taken off, wherever it stood', () => {
    const deadlines = new Deadlines()
    const all = [timed(), timed(), timed(), timed()]
    const chain = deadlines.of(100)
    for (const one of all) chain.add(one)

    for (const index of [1, 0, 3]) chain.remove(all[index] as Timed)
    vi.advanceTimersByTime(200)

    expect(all.map(({ expired }) => expired !== undefined)).toEqual([false, false, true, false])
  })

  it('have no timer once all has ended, and begin anew', () => {
    const deadlines = new Deadlines()
    const first = timed()
    const chain = deadlines.of(80)
    chain.add(first)
    chain.remove(first)

    vi.advanceTimersByTime(20)
    const idle = vi.getTimerCount()
    const second = timed()
    chain.add(second)
    vi.advanceTimersByTime(120)

    expect([idle, vi.getTimerCount()]).toEqual([0, 0])
    expect(second.expired).toBeDefined()
  })

  it('keep no timer where nothing is left when they are told to rest', () => {
    const deadlines = new Deadlines()
    const [ended, open] = [timed(), timed()]
    deadlines.of(1_000).add(ended)
    deadlines.of(5_000).add(open)
    deadlines.of(1_000).remove(ended)

    deadlines.rest()
    const left = vi.getTimerCount()
    vi.advanceTimersByTime(6_000)

    expect(left).toBe(1)
    expect(open.expired).toBeDefined()
  })

  it('share a timer between limits that are nearly the same', () => {
    const deadlines = new Deadlines()

    for (let limitMs = 1_000; limitMs < 2_000; limitMs++) deadlines.of(limitMs).add(timed())

    expect(vi.getTimerCount()).toBeLessThan(40)
    expect([...deadlines.all()]).toHaveLength(1_000)
  })

  it('let something expire that is added by what expires', () => {
    const deadlines = new Deadlines()
    const second = timed()
    const first: Timed = { ...timed(), expire: () => void deadlines.of(40).add(second) }

    deadlines.of(40).add(first)
    vi.advanceTimersByTime(120)

    expect(second.expired).toBeDefined()
  })
})
