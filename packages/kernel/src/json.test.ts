import { describe, expect, it } from 'vitest'
import { frozenJson, InvalidJsonError, type Json } from './json.ts'

const kept = (value: unknown, options?: { maxDepth?: number }) => frozenJson(value as Json, options)
const refused = (value: unknown, options?: { maxDepth?: number }): InvalidJsonError => {
  try {
    kept(value, options)
  } catch (error) {
    if (error instanceof InvalidJsonError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
const nested = (levels: number): unknown => {
  let value: unknown = 'bottom'
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { down: value } : [value]
  return value
}

describe('frozenJson', () => {
  it.each<[Json]>([
    [null],
    [true],
    [''],
    ['😀 \u0000 \ud800'],
    [0],
    [-1.5],
    [5e-324],
    [Number.MAX_VALUE],
    [[]],
    [{}],
    [[[], {}, [null]]],
    [{ a: { b: [{ c: 'd' }] }, constructor: 1, toString: { valueOf: 2 } }],
  ])('keeps %o as JSON does', (value) => {
    expect(kept(value)).toEqual(JSON.parse(JSON.stringify(value)))
  })

  it('makes 0 of −0, however deep', () => {
    const copy = kept({ list: [-0], zero: -0 }) as { list: number[]; zero: number }

    expect(Object.is(copy.zero, 0)).toBe(true)
    expect(Object.is(copy.list[0], 0)).toBe(true)
    expect(Object.is(kept(-0), 0)).toBe(true)
  })

  it('leaves out properties that are undefined, hidden, inherited or named by a symbol', () => {
    const value = Object.assign(Object.create(null), {
      stays: 1,
      gone: undefined,
      [Symbol('s')]: new Date(0),
    })
    Object.defineProperty(value, 'hidden', { value: new Date(0), enumerable: false })

    expect(kept(value)).toStrictEqual({ stays: 1 })
  })

  it('keeps the order of the keys', () => {
    expect(Object.keys(kept({ z: 1, a: 2, m: 3 }) as object)).toEqual(['z', 'a', 'm'])
  })

  it('makes plain objects of those without a prototype', () => {
    const bare = Object.assign(Object.create(null), { a: 1 })

    expect(Object.getPrototypeOf(kept(bare))).toBe(Object.prototype)
  })

  it('reads a getter once', () => {
    let reads = 0
    const value = {
      get count() {
        return ++reads
      },
    }

    expect(kept(value)).toEqual({ count: 1 })
    expect(reads).toBe(1)
  })

  it('throws on what a getter throws', () => {
    const bug = new Error('a bug in the getter')
    const value = {
      get broken() {
        throw bug
      },
    }

    expect(() => kept(value)).toThrow(bug)
  })

  it('freezes every object and list, and nothing of what it was given', () => {
    const value = { a: [{ b: {} }], c: { d: [] } }

    const copy = kept(value) as typeof value

    const parts = [copy, copy.a, copy.a[0], copy.a[0]?.b, copy.c, copy.c.d]
    expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true))
    expect([value, value.a, value.a[0], value.c.d].some((part) => Object.isFrozen(part))).toBe(false)
  })

  it('shares nothing with what it was given, frozen or not', () => {
    const shared = Object.freeze({ deep: [1] })
    const value = { first: shared, second: shared }

    const copy = kept(value) as typeof value
    shared.deep.push(2)

    expect(copy).toEqual({ first: { deep: [1] }, second: { deep: [1] } })
    expect(copy.first).not.toBe(shared)
  })

  it.each<[string, unknown, string, string, string]>([
    ['NaN', Number.NaN, '', 'a finite number', 'NaN'],
    ['infinity', [Number.NEGATIVE_INFINITY], '[0]', 'a finite number', '-Infinity'],
    ['a bigint', { n: 1n }, 'n', 'JSON', 'bigint'],
    ['undefined itself', undefined, '', 'JSON', 'undefined'],
    ['undefined in a list', { list: [1, undefined] }, 'list[1]', 'JSON', 'undefined'],
    // biome-ignore lint/suspicious/noSparseArray: the hole is what is tested
    ['a hole', { list: [1, , 3] }, 'list[1]', 'JSON', 'undefined'],
    ['a list of holes alone', new Array(2 ** 32 - 1), '[0]', 'JSON', 'undefined'],
    ['a symbol', { s: Symbol('s') }, 's', 'JSON', 'symbol'],
    ['a function', { a: [{ f: () => 1 }] }, 'a[0].f', 'JSON', 'function'],
    ['a function toJSON', { toJSON: () => 'other' }, 'toJSON', 'JSON', 'function'],
    ['a date', { at: new Date(0) }, 'at', 'a plain object', 'an instance of Date'],
    ['a map', new Map([['a', 1]]), '', 'a plain object', 'an instance of Map'],
    ['bytes', [new Uint8Array(2)], '[0]', 'a plain object', 'an instance of Uint8Array'],
    ['a text object', { t: Object('x') }, 't', 'a plain object', 'an instance of String'],
    ['an instance', new (class Money {})(), '', 'a plain object', 'an instance of Money'],
    [
      'one without a name',
      Object.create(Object.create(null)),
      '',
      'a plain object',
      'an instance of a class',
    ],
    [
      'a key "__proto__"',
      JSON.parse('{"a":[{"__proto__":{}}]}'),
      'a[0].__proto__',
      'another key',
      '"__proto__"',
    ],
  ])('refuses %s', (_, value, path, expected, found) => {
    const error = refused(value)

    expect(error).toMatchObject({
      name: 'InvalidJsonError',
      code: 'ASHLAR_KERNEL_INVALID_JSON',
      path,
      expected,
      found,
      message: `${path === '' ? 'value' : path} must be ${expected}, found ${found}`,
    })
    expect(error).toBeInstanceOf(TypeError)
  })

  it('takes 64 levels and no more', () => {
    expect(() => kept(nested(64))).not.toThrow()
    expect(refused(nested(65)).expected).toBe('nested less deeply')
  })

  it('takes as many levels as it is told', () => {
    expect(kept('flat', { maxDepth: 0 })).toBe('flat')
    expect(refused({}, { maxDepth: 0 }).path).toBe('')
    expect(kept({ a: {} }, { maxDepth: 2 })).toEqual({ a: {} })
    expect(refused({ a: { b: [] } }, { maxDepth: 2 }).path).toBe('a.b')
  })

  it('refuses an object inside of itself, and a depth that would overflow the stack, with a short path', () => {
    const circle: { again?: unknown } = {}
    circle.again = circle

    const errors = [refused(circle), refused(nested(100_000))]

    for (const { path, expected } of errors) {
      expect(expected).toBe('nested less deeply')
      expect(path.length).toBeLessThan(250)
    }
  })
})
