import { describe, expect, it } from 'vitest'
import { systemClock } from './clock.ts'
import { silentLogger } from './logger.ts'
import { systemRandom } from './random.ts'

describe('what options default to', () => {
  it('a clock that tells the time of the machine', () => {
    const before = Date.now()

    const now = systemClock.now().getTime()

    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  it('a clock whose dates belong to whoever asked', () => {
    expect(systemClock.now()).not.toBe(systemClock.now())
  })

  it('chance from 0 to below 1', () => {
    const numbers = Array.from({ length: 1_000 }, () => systemRandom.next())

    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
    expect(new Set(numbers).size).toBeGreaterThan(990)
  })

  it.each(['debug', 'info', 'warn', 'error'] as const)('a logger that says nothing at %s', (level) => {
    expect(silentLogger[level]({ orderId: 'o-1' }, 'order placed')).toBeUndefined()
  })
})
