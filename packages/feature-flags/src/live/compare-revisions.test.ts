import { describe, expect, it } from 'vitest'
import { isOlder } from './compare-revisions.ts'

describe('isOlder', () => {
  it.each([
    ['1', '2'],
    ['9', '10'],
    ['0', '1'],
    ['9007199254740992', '9007199254740993'],
    ['99999999999999999999', '100000000000000000000'],
  ])('finds %s older than %s, and not the other way round', (less, more) => {
    expect([isOlder(less, more), isOlder(more, less), isOlder(less, less)]).toEqual([true, false, false])
  })

  it.each([
    ['a', 'b'],
    ['1.0', '2'],
    ['01', '2'],
    ['-1', '2'],
    ['1', '2x'],
    ['', '1'],
    ['1e3', '2000'],
    ['1', '٢'],
  ])('puts no order on %j and %j', (a, b) => {
    expect([isOlder(a, b), isOlder(b, a)]).toEqual([false, false])
  })
})
