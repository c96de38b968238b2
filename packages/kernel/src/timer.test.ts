import { describe, expect, it } from 'vitest'
import { manualTimer } from './testing/manual-timer.ts'
import { pause, systemTimer } from './timer.ts'

const never = new AbortController().signal

describe('the system timer', () => {
  it('wakes once the time is over, by its own measure', async () => {
    const startedAt = systemTimer.now()

    await new Promise<void>((resolve) => systemTimer.after(5, resolve))

    // timers count whole milliseconds, and may begin in the middle of one
    expect(systemTimer.now() - startedAt).toBeGreaterThanOrEqual(4)
  })

  it('does not wake what was called off', async () => {
    const woken: string[] = []

    systemTimer.after(0, () => woken.push('called off'))()
    await new Promise<void>((resolve) => systemTimer.after(1, resolve))

    expect(woken).toEqual([])
  })
})

describe('pause', () => {
  it('lasts until the timer says so', async () => {
    const timer = manualTimer()
    const pausing = pause(50, timer, never).then(() => timer.now())

    timer.advance(49)
    timer.advance(1)

    expect(await pausing).toBe(50)
  })

  it('ends with the reason of its signal, and leaves nothing waiting', async () => {
    const timer = manualTimer()
    const stop = new AbortController()
    const pausing = pause(50, timer, stop.signal)

    stop.abort(new Error('enough'))

    await expect(pausing).rejects.toThrow('enough')
    expect(timer.waits).toEqual([])
    await expect(pause(50, timer, stop.signal)).rejects.toThrow('enough')
  })
})
