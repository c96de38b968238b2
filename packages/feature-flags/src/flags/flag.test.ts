import { describe, expect, it } from 'vitest'
import { flag, typeOf } from './flag.ts'
import { defineFlags } from './flag-set.ts'

describe('flag', () => {
  it('makes boolean flags that fall back to off unless told', () => {
    expect(flag.boolean()).toMatchObject({ type: 'boolean', fallback: false })
    expect(flag.boolean({ fallback: true })).toMatchObject({ type: 'boolean', fallback: true })
  })

  it('makes flags whose variants are of the document', () => {
    const isAny = (_: unknown): _ is { a: 1 } => true

    expect(flag.string({ fallback: '' })).toMatchObject({ type: 'string', fallback: '', variants: undefined })
    expect(flag.number({ fallback: 0 })).toMatchObject({ type: 'number', fallback: 0, variants: undefined })
    expect(flag.json(isAny, { fallback: { a: 1 } })).toMatchObject({
      type: 'object',
      fallback: { a: 1 },
      accepts: isAny,
    })
  })

  it.each([
    ['boolean', { yes: true, no: false }, 'no', false],
    ['string', { short: 'a', long: 'b' }, 'long', 'b'],
    ['number', { control: 0, high: 20 }, 'control', 0],
    ['object', { one: { a: 1 }, two: { a: 2 } }, 'one', { a: 1 }],
    ['object', { one: [1], two: [2] }, 'two', [2]],
  ] as const)(
    'takes the type %s from the variants that the code fixes',
    (type, variants, fallback, value) => {
      const made = flag.variants(variants, { fallback: fallback as never })

      expect(made).toMatchObject({ type, variants, fallback: value, fallbackVariant: fallback })
    },
  )

  it('makes definitions that nobody changes afterwards', () => {
    const variants = { control: 0, high: 20 }

    const made = flag.variants(variants, { fallback: 'control' })
    variants.high = 99

    expect(made.variants).toEqual({ control: 0, high: 20 })
    expect([made, made.variants, flag].map(Object.isFrozen)).toEqual([true, true, true])
  })
})

describe('typeOf', () => {
  it.each([
    [true, 'boolean'],
    ['', 'string'],
    [0, 'number'],
    [[], 'object'],
    [{}, 'object'],
  ] as const)('of %o is %s', (value, type) => {
    expect(typeOf(value)).toBe(type)
  })
})

describe('defineFlags', () => {
  it('keeps its own list of flags', () => {
    const definitions: Record<string, ReturnType<typeof flag.boolean>> = { a: flag.boolean() }

    const set = defineFlags(definitions)
    definitions.b = flag.boolean()

    expect(Object.keys(set.definitions)).toEqual(['a'])
    expect(Object.isFrozen(set.definitions)).toBe(true)
  })

  it('hands on what is said of attributes', () => {
    expect(defineFlags({}, { attributes: { tier: ['Basic', 'Gold'] } }).attributes).toEqual({
      tier: ['Basic', 'Gold'],
    })
    expect(defineFlags({}).attributes).toBeUndefined()
  })
})
