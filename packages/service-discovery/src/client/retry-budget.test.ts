import { describe, expect, it } from 'vitest'
import { RetryBudget } from './retry-budget.ts'

/** How many retries are let through at once after so many calls. */
function retriesAfter(calls: number, share: number): number {
  const budget = new RetryBudget(share)
  for (let made = 0; made < calls; made++) budget.deposit()
  let retries = 0
  while (retries < 10_000 && budget.take()) retries++
  return retries
}

describe('the budget of retries', () => {
  it.each([
    ['only the reserve before the first call', 0, 0.2, 10],
    ['a fifth of the calls beside it', 500, 0.2, 110],
    ['no more than what a thousand calls have paid', 1_000_000, 0.2, 210],
    ['one for each call where it is told so', 500, 1, 510],
    ['nothing, not even the reserve, where there are to be none', 1_000, 0, 0],
  ])('lets through %s', (_, calls, share, retries) => {
    // a fifth is no number that a machine can write down exactly
    expect(Math.abs(retriesAfter(calls, share) - retries)).toBeLessThanOrEqual(1)
  })

  it('lets nothing more through than was paid for while all calls fail', () => {
    const budget = new RetryBudget(0.2)
    let retries = 0

    for (let calls = 0; calls < 10_000; calls++) {
      budget.deposit()
      if (budget.take()) retries++
    }

    expect(retries).toBeLessThanOrEqual(2_010)
  })
})
