import { describe, expect, it } from 'vitest'
import { sideBySide } from './side-by-side.ts'

const signal = new AbortController().signal

describe('sideBySide', () => {
  it('does the work for each item once, and never more at a time than allowed', async () => {
    const done: number[] = []
    let atWork = 0
    let most = 0

    await sideBySide(
      [1, 2, 3, 4, 5, 6, 7],
      async (item) => {
        most = Math.max(most, ++atWork)
        await Promise.resolve()
        atWork--
        done.push(item)
      },
      { atMost: 3, signal },
    )

    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(3)
  })

  it('throws the first failure when all that was under way has stopped, and begins nothing more', async () => {
    const begun: number[] = []
    const ended: number[] = []

    const all = sideBySide(
      [1, 2, 3, 4],
      async (item, stop) => {
        begun.push(item)
        await Promise.resolve()
        if (item === 1) throw new Error('no more tea')
        await new Promise((resolve) => stop.addEventListener('abort', resolve))
        ended.push(item)
      },
      { atMost: 2, signal },
    )

    await expect(all).rejects.toThrow('no more tea')
    expect({ begun, ended }).toEqual({ begun: [1, 2], ended: [2] })
  })

  it('throws the reason of the caller who stops it', async () => {
    const caller = new AbortController()

    const all = sideBySide([1, 2], async () => caller.abort(new Error('enough')), {
      atMost: 1,
      signal: caller.signal,
    })

    await expect(all).rejects.toThrow('enough')
  })
})
