import { describe, expect, it } from 'vitest'
import type { AnyMessage } from '../message.ts'
import { fingerprintOf } from './fingerprint.ts'

const of = (fields: object) => fingerprintOf(fields as AnyMessage)

/** Values that a careless text of them would mix up with each other, or with what surrounds them. */
const parts: readonly unknown[] = [
  ...[
    '',
    '0',
    '1',
    '11',
    'null',
    'true',
    'a',
    'aa',
    'a\0',
    '\0',
    '\ud800',
    '\ufffd',
    '__proto__',
    '[1]',
    '{}',
  ],
  ...[0, 1, 11, -1, 0.5, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY],
  ...[true, false, null, 0n, 1n, 11n, -1n, 2n ** 64n, new Date(0), new Date(1), new Date(Number.NaN)],
  ...[[], [[]], [1], [[1]], [1, 1], ['a', 'b'], ['ab', ''], [null], [undefined, 1], new Uint8Array([1])],
  ...[{}, { a: 1 }, { a: '1' }, { a: {} }, { a: { b: 1 } }, { a: 1, b: 1 }, { ab: 1 }, { b: 1 }],
  ...[new Map([['a', 1]]), new Map([['b', 1]]), new Set([2]), Object.assign(Object.create(null), { a: 2 })],
]

describe('the fingerprint of a message', () => {
  it('differs for each of many values that look alike, alone, in lists and in objects', () => {
    const wrapped = parts.flatMap((part) => [part, ['list', part, part], { part }, { part, more: [part] }])

    const fingerprints = new Set(wrapped.map((value) => of({ value })))

    expect(fingerprints.size).toBe(4 * parts.length)
  })

  it('is the same for copies', () => {
    for (const part of parts.slice(0, -1)) expect(of({ part: structuredClone(part) })).toBe(of({ part }))
  })

  it.each([3, 40])('does not depend on the order of %i fields', (count) => {
    const fields = Array.from(
      { length: count },
      (_, index) => [`field${(index * 7) % count}`, index] as const,
    )

    for (let turn = 0; turn < count; turn++) {
      const turned = [...fields.slice(turn), ...fields.slice(0, turn)]
      expect(of({ data: Object.fromEntries(turned) })).toBe(of({ data: Object.fromEntries(fields) }))
    }
  })

  it('differs for each of many small inputs', () => {
    const seen = new Set<string>()

    for (let cart = 0; cart < 300; cart++)
      for (let line = 0; line < 300; line++) seen.add(of({ cartId: `c-${cart}`, sku: `s-${line}`, line }))

    expect(seen.size).toBe(90_000)
  })

  it('takes values by what they write, and leaves out what is undefined, and the type', () => {
    class Price {
      readonly #pence: bigint
      constructor(pence: bigint) {
        this.#pence = pence
      }
      toJSON(): string {
        return String(this.#pence)
      }
    }

    expect(of({ price: new Price(1n) })).not.toBe(of({ price: new Price(2n) }))
    expect(of({ price: new Price(1n) })).toBe(of({ type: 'Buy', price: '1', note: undefined }))
  })

  it('takes a field named toJSON or __proto__ for a field', () => {
    const hostile = JSON.parse('{"__proto__":{"a":1},"toJSON":1}')

    expect(of({ data: hostile })).not.toBe(of({ data: JSON.parse('{"__proto__":{"a":2},"toJSON":1}') }))
    expect(of({ data: hostile })).not.toBe(of({ data: { toJSON: 1 } }))
  })

  it.each([
    new (class Secret {
      readonly #pence = 1n
      total = () => this.#pence
      constructor() {
        Object.defineProperty(this, 'total', { enumerable: false })
      }
    })(),
    /a/,
    new URLSearchParams('a=1'),
    new ArrayBuffer(1),
  ])('refuses %o, which shows nothing of what it holds', (value) => {
    expect(() => of({ list: [value] })).toThrow(
      expect.objectContaining({ code: 'ASHLAR_KERNEL_INVALID_JSON' }),
    )
  })

  it('refuses an object inside of itself instead of following it for ever', () => {
    const loop: { self?: unknown } = {}
    loop.self = loop

    expect(() => of(loop)).toThrow(expect.objectContaining({ code: 'ASHLAR_KERNEL_INVALID_JSON' }))
  })
})
