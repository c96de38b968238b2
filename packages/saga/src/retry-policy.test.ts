import { describe, expect, it } from 'vitest'
import { delayAfter, retryPolicy } from './retry-policy.ts'

describe('delayAfter', () => {
  const policy = retryPolicy('a step', 10, { firstDelayMs: 100, factor: 3, maxDelayMs: 1_000 })
  const delays = (chance: number) =>
    [1, 2, 3, 4, 99].map((n) => delayAfter(n, policy, { next: () => chance }))

  it('grows by the factor up to the longest rest', () => {
    expect(delays(1)).toEqual([100, 300, 900, 1_000, 1_000])
  })

  it('is at least half as long, by chance', () => {
    expect(delays(0)).toEqual([50, 150, 450, 500, 500])
  })

  it('stays finite after very many attempts', () => {
    const endless = retryPolicy('a step', Infinity)

    expect(delayAfter(1e9, endless, { next: () => 1 })).toBe(30_000)
  })

  it('is nothing where the first rest is nothing', () => {
    const eager = retryPolicy('a step', 3, { firstDelayMs: 0 })

    expect([2, 1_100, 1e9].map((n) => delayAfter(n, eager, { next: () => 0.5 }))).toEqual([0, 0, 0])
  })
})
