import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { referenceMurmur3 } from '../../test/reference-murmur3.ts'
import { seedOf, shareEnd, unitOf } from './draw.ts'

const numRuns = process.env.ASHLAR_DEEP ? 500_000 : 20_000
const whole = fc.oneof(
  fc.integer({ min: 1, max: 100 }),
  fc.integer({ min: 1, max: 2 ** 31 }),
  fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
)
/** A part of a whole, and the whole. */
const share = whole.chain((all) => fc.tuple(fc.integer({ min: 0, max: all }), fc.constant(all)))
const hash = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 2 ** 32 - 10, max: 2 ** 32 - 1 }),
)

describe('shareEnd', () => {
  it('is the least hash of which the share has had its part of all hashes', () => {
    fc.assert(
      fc.property(share, ([part, all]) => {
        const end = BigInt(shareEnd(part, all))

        const wanted = BigInt(part) * 2n ** 32n
        expect(end * BigInt(all) >= wanted && (end - 1n) * BigInt(all) < wanted).toBe(true)
      }),
      { numRuns },
    )
  })

  it('holds the hashes whose scaled bucket is lower than the part, and no others', () => {
    fc.assert(
      fc.property(share, hash, ([part, all], drawn) => {
        const bucket = (BigInt(drawn) * BigInt(all)) >> 32n

        const isWithin = drawn < shareEnd(part, all)

        expect(isWithin).toBe(bucket < BigInt(part))
      }),
      { numRuns },
    )
  })

  it('agrees with the scaled bucket on both sides of each of its ends', () => {
    fc.assert(
      fc.property(share, ([part, all]) => {
        const end = shareEnd(part, all)
        const bucketOf = (drawn: number) => (BigInt(drawn) * BigInt(all)) >> 32n

        if (end > 0) expect(bucketOf(end - 1) < BigInt(part)).toBe(true)
        if (end < 2 ** 32) expect(bucketOf(end) < BigInt(part)).toBe(false)
      }),
      { numRuns },
    )
  })

  it.each([1, 3, 100, 10_000, 2 ** 31, Number.MAX_SAFE_INTEGER])(
    'holds nobody at 0 of %i and everybody at all of it',
    (all) => {
      expect(shareEnd(0, all)).toBe(0)
      expect(shareEnd(all, all)).toBe(2 ** 32)
    },
  )

  it('loses nobody when the part grows', () => {
    fc.assert(
      fc.property(share, ([part, all]) => {
        fc.pre(part > 0)

        expect(shareEnd(part - 1, all)).toBeLessThanOrEqual(shareEnd(part, all))
      }),
      { numRuns },
    )
  })
})

describe('unitOf', () => {
  it.each([
    ['a text', 'u-1', 'u-1'],
    ['a text of spaces', ' ', ' '],
    ['a whole number', 42, '42'],
    ['zero', 0, '0'],
    ['zero with a sign', -0, '0'],
    ['the largest whole number that is exact', Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('draws for %s', (_, value, unit) => {
    expect(unitOf(value)).toBe(unit)
  })

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['an empty text', ''],
    ['a broken number', 1.5],
    ['a number that is not exact', 2 ** 53],
    ['NaN', Number.NaN],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a bigint', 1n],
    ['a yes', true],
    ['a symbol', Symbol('u-1')],
    ['a list', ['u-1']],
    ['an object with a text of its own', { toString: () => 'u-1' }],
    ['a boxed text', Object('u-1')],
  ])('does not draw for %s', (_, value) => {
    expect(unitOf(value)).toBeUndefined()
  })
})

describe('seedOf', () => {
  it('is the hash of the salt and a byte that no salt can imitate', () => {
    expect(seedOf('checkout') >>> 0).toBe(referenceMurmur3('checkout\0', 0))
  })

  it('differs where salts differ only by a zero at their end', () => {
    expect(new Set(['', '\0', '\0\0', 'a', 'a\0'].map(seedOf)).size).toBe(5)
  })
})
