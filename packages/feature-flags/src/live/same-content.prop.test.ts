import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sameContent } from './same-content.ts'

describe('sameContent', () => {
  it('minds no order of keys', () => {
    expect(sameContent({ a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 })).toBe(true)
  })

  it('minds the order of a list, and that of the shares of a split', () => {
    expect(sameContent([1, 2], [2, 1])).toBe(false)
    expect(sameContent({ split: { a: 1, b: 1 } }, { split: { b: 1, a: 1 } })).toBe(false)
    expect(sameContent({ split: { a: 1, b: 1 } }, { split: { a: 1, b: 1 } })).toBe(true)
  })

  it.each<[never, never]>([
    [{ a: undefined } as never, { b: undefined } as never],
    [{} as never, [] as never],
    [null as never, {} as never],
    [0 as never, false as never],
    [{ a: 1 } as never, { a: 1, b: 2 } as never],
    [{ constructor: 1 } as never, {} as never],
    [JSON.parse('{"__proto__":1}') as never, { toString: 1 } as never],
  ])('tells %j from %j', (a, b) => {
    expect([sameContent(a, b), sameContent(b, a)]).toEqual([false, false])
  })

  it('agrees with the text of JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const copy = JSON.parse(JSON.stringify(a))
        if (JSON.stringify(a) === JSON.stringify(b)) expect(sameContent(a as never, b as never)).toBe(true)
        expect(sameContent(copy, JSON.parse(JSON.stringify(a)))).toBe(true)
        expect(sameContent({ a } as never, { a, b } as never)).toBe(false)
      }),
    )
  })
})
