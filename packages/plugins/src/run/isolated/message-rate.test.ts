import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { MessageRate } from './message-rate.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const admitted = (rate: MessageRate, tries: number): number =>
  Array.from({ length: tries }, () => rate.admit()).filter(Boolean).length

describe('MessageRate', () => {
  it('lets a second’s worth through at once, and then as many as time allows', () => {
    const rate = new MessageRate(10)

    const atOnce = admitted(rate, 50)
    vi.advanceTimersByTime(300)
    const later = admitted(rate, 50)
    vi.advanceTimersByTime(60_000)
    const muchLater = admitted(rate, 50)

    expect([atOnce, later, muchLater]).toEqual([10, 3, 10])
  })
})
