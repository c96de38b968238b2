import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SmallestFirst } from './smallest-first.ts'

describe('SmallestFirst', () => {
  it('hands out the smallest of what is in it, whatever came and went', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.integer())), (steps) => {
        const heap = new SmallestFirst<number>((one, other) => one - other)
        const model: number[] = []
        for (const step of steps)
          if (step === null) expect(heap.take()).toBe(model.sort((one, other) => one - other).shift())
          else {
            heap.add(step)
            model.push(step)
          }
      }),
      { numRuns: 1_000 },
    )
  })

  it('sorts', () => {
    const numbers = [5, 3, 9, 1, 7, 8, 2, 6, 4, 0, 3]
    const heap = new SmallestFirst<number>((one, other) => one - other)
    for (const number of numbers) heap.add(number)

    expect(numbers.map(() => heap.take())).toEqual([0, 1, 2, 3, 3, 4, 5, 6, 7, 8, 9])
  })

  it('is empty at first', () => {
    expect(new SmallestFirst<number>(() => 0).take()).toBeUndefined()
  })
})
