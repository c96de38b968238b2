import { describe, expect, it } from 'vitest'
import { untilAborted } from './until-aborted.ts'

describe('untilAborted', () => {
  it('gives what the promise gives', async () => {
    expect(await untilAborted(Promise.resolve(7), undefined)).toBe(7)
    expect(await untilAborted(Promise.resolve(7), new AbortController().signal)).toBe(7)
    await expect(untilAborted(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow(
      'no',
    )
  })

  it('waits no longer than the signal lets it', async () => {
    const stop = new AbortController()
    const waiting = untilAborted(new Promise(() => {}), stop.signal)

    stop.abort(new Error('enough'))

    await expect(waiting).rejects.toThrow('enough')
    await expect(untilAborted(new Promise(() => {}), stop.signal)).rejects.toThrow('enough')
  })
})
