import { describe, expect, it } from 'vitest'
import { fixedClock } from './fixed-clock.ts'

describe('fixedClock', () => {
  it('stands still', () => {
    const clock = fixedClock()

    expect([clock.now(), clock.now()]).toEqual([new Date('2026-01-01'), new Date('2026-01-01')])
  })

  it('moves on, back, and to a moment', () => {
    const clock = fixedClock('2026-11-01T12:00:00Z')

    clock.advance(1_500)
    expect(clock.now().toISOString()).toBe('2026-11-01T12:00:01.500Z')
    clock.advance(-2_000)
    expect(clock.now().toISOString()).toBe('2026-11-01T11:59:59.500Z')
    clock.set(new Date(0))
    expect(clock.now().getTime()).toBe(0)
  })

  it('hands out dates that nobody can change the clock by', () => {
    const start = new Date('2026-11-01T12:00:00Z')
    const clock = fixedClock(start)

    start.setUTCFullYear(1999)
    clock.now().setUTCFullYear(1999)

    expect(clock.now().toISOString()).toBe('2026-11-01T12:00:00.000Z')
  })

  it('refuses what is no instant', () => {
    expect(() => fixedClock('yesterday')).toThrow(RangeError)
    expect(() => fixedClock().set(new Date(Number.NaN))).toThrow(RangeError)
  })
})
