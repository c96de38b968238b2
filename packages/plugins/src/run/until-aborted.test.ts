import { getEventListeners } from 'node:events'
import { describe, expect, it } from 'vitest'
import { untilAborted } from './until-aborted.ts'

describe('untilAborted', () => {
  it('gives what the work gives, and leaves nothing at the signal', async () => {
    const { signal } = new AbortController()

    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
    await expect(untilAborted(Promise.reject(new Error('no')), signal)).rejects.toThrow('no')
    expect(getEventListeners(signal, 'abort')).toEqual([])
  })

  it('rejects with the reason of the signal, and lets the work reject unheard', async () => {
    const time = new AbortController()
    const work = Promise.withResolvers<void>()

    const waits = untilAborted(work.promise, time.signal)
    time.abort(new Error('over'))

    await expect(waits).rejects.toThrow('over')
    work.reject(new Error('too late'))
  })

  it('waits for nothing when the signal is aborted, but takes what is there', async () => {
    const signal = AbortSignal.abort(new Error('over'))

    await expect(untilAborted(new Promise(() => {}), signal)).rejects.toThrow('over')
    expect(await untilAborted(undefined, signal)).toBeUndefined()
  })
})
