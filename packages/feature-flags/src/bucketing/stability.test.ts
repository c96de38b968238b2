import { describe, expect, it } from 'vitest'
import { bucketing, documentOf, everybody } from '../../test/flag-document.ts'
import { idWithHash } from '../../test/id-with-hash.ts'
import { referenceMurmur3 } from '../../test/reference-murmur3.ts'
import type { DocumentedFlag, FlagServe } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { defineFlags } from '../flags/flag-set.ts'

const users = 10_000
const last = 2 ** 32 - 1

/** Serves one of four variants to everybody. */
function four(serve: FlagServe, rest: Partial<DocumentedFlag> = {}): DocumentedFlag {
  return {
    enabled: true,
    type: 'string',
    variants: { a: 'a', b: 'b', c: 'c', d: 'd' },
    bucketing: bucketing('salt'),
    rules: [everybody(serve)],
    ...rest,
  }
}

/** What a flag serves to an id. */
function served(documented: DocumentedFlag, key = 'flag'): (targetingKey: unknown) => string | undefined {
  const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: documentOf({ [key]: documented }) })
  return (targetingKey) => evaluator.evaluate(key, { targetingKey }).variant
}

/** Whom two flags serve otherwise. */
function moved(before: DocumentedFlag, after: DocumentedFlag, keys: [string, string] = ['flag', 'flag']) {
  const [one, other] = [served(before, keys[0]), served(after, keys[1])]
  return Array.from({ length: users }, (_, at) => `user-${at}`)
    .map((id) => [one(id), other(id)])
    .filter(([was, is]) => was !== is)
}

describe('a user', () => {
  it('gets what the first release served', () => {
    const variantOf = served(four({ split: { a: 25, b: 25, c: 25, d: 25 } }))

    const variants = ['user-1', 'user-2', 'user-3', '김철수', '用户42', '😀', 'Zoë', 42].map(variantOf)

    expect(variants).toEqual(['d', 'c', 'a', 'c', 'b', 'a', 'c', 'd'])
  })

  it('stays when a flag is renamed and keeps its salt', () => {
    const flag = four({ split: { a: 1, b: 1 } })

    expect(moved(flag, flag, ['old-name', 'new-name'])).toEqual([])
  })

  it('is drawn anew under another salt', () => {
    const flag = four({ split: { a: 1, b: 1 } })

    const share = moved(flag, { ...flag, bucketing: bucketing('second phase') }).length / users

    expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
  })

  it('is drawn anew for one rule that names a salt of its own', () => {
    const flag = four({ split: { a: 1, b: 1 } })

    expect(moved(flag, four({ split: { a: 1, b: 1 }, salt: 'salt' }))).toEqual([])
    expect(moved(flag, four({ split: { a: 1, b: 1 }, salt: 'other' })).length).toBeGreaterThan(users * 0.4)
  })

  it('stays when a variant is added in a gap of ranges, but for those in the gap', () => {
    const [a, b] = [
      { variant: 'a', from: 0, to: 300 },
      { variant: 'b', from: 500, to: 800 },
    ]
    const before = four({ of: 1_000, ranges: [a, b] }, { defaultVariant: 'd' })
    const after = four(
      { of: 1_000, ranges: [a, { variant: 'c', from: 300, to: 500 }, b] },
      { defaultVariant: 'd' },
    )

    const others = moved(before, after)

    expect(new Set(others.map(String))).toEqual(new Set(['d,c']))
    expect(Math.abs(others.length / users - 0.2)).toBeLessThan(0.02)
  })

  it('keeps a variant while its share of a split grows', () => {
    const lost = moved(four({ split: { a: 10, b: 90 } }), four({ split: { a: 50, b: 50 } })).filter(
      ([was]) => was === 'a',
    )

    expect(lost).toEqual([])
  })

  it('is the same as text and as number', () => {
    const variantOf = served(four({ split: { a: 1, b: 1 } }))

    for (let id = 0; id < 1_000; id++) expect(variantOf(id)).toBe(variantOf(String(id)))
  })
})

describe('a hash at the edge', () => {
  const edges = [
    ...Array.from({ length: 11 }, (_, at) => at),
    ...Array.from({ length: 10 }, (_, at) => last - at),
  ]

  it.each([...edges, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1])('is hit by an id, for %i', (hash) => {
    const id = idWithHash(hash, 'salt')

    expect(referenceMurmur3(id, referenceMurmur3('salt\0', 0))).toBe(hash)
  })

  it.each([...edges, 2 ** 31])(
    'is in nobody’s share at 0 percent and in everybody’s at 100, for %i',
    (hash) => {
      const id = idWithHash(hash, 'salt')

      expect(served(four({ split: { a: 0, b: 100 } }))(id)).toBe('b')
      expect(served(four({ split: { b: 100, a: 0 } }))(id)).toBe('b')
      expect(served(four({ of: 10_000, ranges: [{ variant: 'a', from: 0, to: 10_000 }] }))(id)).toBe('a')
      expect(served(four(rampAt(0, 0)))(id)).toBe('b')
      expect(served(four(rampAt(100, 100)))(id)).toBe('a')
    },
  )

  it.each([
    [1, 2],
    [1, 3],
    [33, 100],
    [1, 100_000],
    [99_999, 100_000],
    [1, 2 ** 31],
    [123_456_789, 2 ** 31],
  ])('decides a share of %i in %i exactly', (part, whole) => {
    const variantOf = served(four({ split: { a: part, b: whole - part } }))
    const end = Number((BigInt(part) * 2n ** 32n + BigInt(whole) - 1n) / BigInt(whole))

    expect([end - 1, end].map((hash) => variantOf(idWithHash(hash, 'salt')))).toEqual(['a', 'b'])
  })

  it.each([0.000001, 1, 33.333333, 50, 99.999999])('decides a ramp that stands at %f percent', (percent) => {
    const variantOf = served(four(rampAt(percent, percent)))
    const end = Math.ceil((percent / 100) * 2 ** 32)

    expect([end - 1, end].map((hash) => variantOf(idWithHash(hash, 'salt')))).toEqual(['a', 'b'])
  })

  it('decides the ends of ranges: the first is within, the last is not', () => {
    const variantOf = served(
      four(
        {
          of: 4,
          ranges: [
            { variant: 'a', from: 1, to: 2 },
            { variant: 'b', from: 3, to: 4 },
          ],
        },
        { defaultVariant: 'd' },
      ),
    )

    const variants = [0, 2 ** 30 - 1, 2 ** 30, 2 ** 31 - 1, 2 ** 31, 3 * 2 ** 30 - 1, 3 * 2 ** 30, last].map(
      (hash) => variantOf(idWithHash(hash, 'salt')),
    )

    expect(variants).toEqual(['d', 'd', 'a', 'a', 'd', 'd', 'b', 'b'])
  })
})

function rampAt(from: number, to: number): FlagServe {
  return {
    ramp: {
      variant: 'a',
      otherwise: 'b',
      from,
      to,
      start: '2026-01-01T00:00:00.000Z',
      end: '2026-01-02T00:00:00.000Z',
    },
  }
}
