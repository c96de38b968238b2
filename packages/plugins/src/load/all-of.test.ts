import { describe, expect, it } from 'vitest'
import { allOf } from './all-of.ts'

const numbers = Array.from({ length: 100 }, (_, at) => at)

describe('allOf', () => {
  it('answers in the order of the items, some worked on at a time', async () => {
    let atATime = 0
    let most = 0

    const answers = await allOf(numbers, undefined, async (number) => {
      most = Math.max(most, ++atATime)
      for (let turn = number % 7; turn >= 0; turn--) await Promise.resolve()
      atATime--
      return number * 2
    })

    expect(answers).toEqual(numbers.map((number) => number * 2))
    expect(most).toBe(16)
  })

  it('begins nothing more once it is aborted', async () => {
    const stop = new AbortController()
    let begun = 0

    const working = allOf(numbers, stop.signal, async () => {
      if (++begun === 20) stop.abort(new Error('enough'))
    })

    await expect(working).rejects.toThrow('enough')
    expect(begun).toBe(20)
  })

  it('rejects with what the work throws', async () => {
    await expect(allOf([1], undefined, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  })
})
