import type { Json } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import { sameJson } from './same-json.ts'

describe('sameJson', () => {
  it.each<[Json, Json]>([
    [1, 1],
    [null, null],
    [
      { a: 1, b: [1, { c: null }] },
      { b: [1, { c: null }], a: 1 },
    ],
    [[], []],
  ])('calls %j and %j the same', (a, b) => {
    expect([sameJson(a, b), sameJson(b, a)]).toEqual([true, true])
  })

  it.each<[Json, Json]>([
    [1, '1'],
    [null, {}],
    [{}, []],
    [
      [1, 2],
      [2, 1],
    ],
    [[1], [1, 2]],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: null }, { b: null }],
    [{ toString: 1 }, {}],
    [{ a: 1 }, { constructor: 1 }],
  ])('tells %j and %j apart', (a, b) => {
    expect([sameJson(a, b), sameJson(b, a)]).toEqual([false, false])
  })
})
