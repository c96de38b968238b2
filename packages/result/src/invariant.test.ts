import { describe, expect, it } from 'vitest'
import { InvariantError, invariant } from './invariant.ts'

describe('invariant', () => {
  it('says nothing while it holds', () => {
    expect(() => invariant(true, 'holds')).not.toThrow()
  })

  it.each([false, undefined, null, 0, ''])('throws what was broken for %o', (condition) => {
    let thrown: unknown
    try {
      invariant(condition, 'a cart has an owner')
    } catch (error) {
      thrown = error
    }

    expect(thrown).toBeInstanceOf(InvariantError)
    expect(thrown).toMatchObject({
      name: 'InvariantError',
      code: 'ASHLAR_RESULT_INVARIANT',
      message: 'a cart has an owner',
    })
  })

  it('narrows the type of what it was asked about', () => {
    const first: number | undefined = [1, 2, 3].at(0)

    invariant(first !== undefined, 'the list is not empty')

    expect(first.toFixed(1)).toBe('1.0')
  })
})
