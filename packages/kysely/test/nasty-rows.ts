import { defineFields } from '@ashlar/specification'
import fc from 'fast-check'

/** Has every kind of field, with and without null. */
export type Nasty = {
  readonly id: string
  readonly name: string
  readonly nickname: string | null
  readonly tier: number
  readonly score: number | null
  readonly credit: bigint
  readonly debt: bigint | null
  readonly isActive: boolean
  readonly hasAgreed: boolean | null
  readonly joinedAt: string
  readonly leftAt: string | null
}

// biome-ignore format: a table
export const nasty = defineFields<Nasty>()(
  ({ text, number, bigint, boolean, timestamp }) => ({
    id: text((row) => row.id),
    name: text((row) => row.name),
    nickname: text((row) => row.nickname, { nullable: true }),
    tier: number((row) => row.tier),
    score: number((row) => row.score, { nullable: true }),
    credit: bigint((row) => row.credit),
    debt: bigint((row) => row.debt, { nullable: true }),
    isActive: boolean((row) => row.isActive),
    hasAgreed: boolean((row) => row.hasAgreed, { nullable: true }),
    joinedAt: timestamp((row) => row.joinedAt),
    leftAt: timestamp((row) => row.leftAt, { nullable: true }),
  }),
  {
    id: 'id',
    sortable: ['name', 'nickname', 'tier', 'score', 'credit', 'debt', 'isActive', 'hasAgreed', 'joinedAt', 'leftAt'],
  },
)

/** Where they are kept: columns bear other names than fields. */
export const nastyColumns = {
  id: 'id',
  name: 'Full "Name"',
  nickname: 'nick name',
  tier: 'tier',
  score: 'score',
  credit: 'credit_pence',
  debt: 'debt_pence',
  isActive: 'is_active',
  hasAgreed: 'hasAgreed',
  joinedAt: 'joined_at',
  leftAt: 'left_at',
} as const

const letters = [
  'a',
  'A',
  'b',
  'B',
  'é',
  'É',
  'ß',
  'İ',
  'ı',
  '%',
  '_',
  '\\',
  "'",
  '"',
  ' ',
  '\u{1F600}',
  '\uFFFD',
  '한',
  'Z',
  'z',
]

/** Of letters on which naive comparisons disagree; often empty, often equal to another. */
export const nastyText: fc.Arbitrary<string> = fc.string({ unit: fc.constantFrom(...letters), maxLength: 3 })

export const nastyNumber: fc.Arbitrary<number> = fc.constantFrom(
  0,
  -0,
  0.1,
  1,
  -1.5,
  3,
  1e308,
  -1e-308,
  2 ** 53,
)

export const nastyBigint: fc.Arbitrary<bigint> = fc.constantFrom(
  0n,
  1n,
  -5n,
  9_007_199_254_740_992n,
  9_007_199_254_740_993n,
  2n ** 63n - 1n,
  -(2n ** 63n),
)

export const nastyTime: fc.Arbitrary<string> = fc.constantFrom(
  '2026-01-31T12:00:00.000Z',
  '2026-01-31T12:00:00.001Z',
  '2026-01-31T12:00:00.002Z',
  '1969-12-31T23:59:59.999Z',
)

const perhaps = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { freq: 3 })

const nastyRow = fc.record({
  name: nastyText,
  nickname: perhaps(nastyText),
  tier: fc.integer({ min: 0, max: 3 }),
  score: perhaps(nastyNumber),
  credit: nastyBigint,
  debt: perhaps(nastyBigint),
  isActive: fc.boolean(),
  hasAgreed: perhaps(fc.boolean()),
  joinedAt: nastyTime,
  leftAt: perhaps(nastyTime),
})

/** The same 300 at each run, so that what fails fails again; ids are in no order. */
export const nastyRows: readonly Nasty[] = fc
  .sample(nastyRow, { numRuns: 300, seed: 7 })
  .map((row, index) => ({ ...row, id: `${letters[(index * 7) % letters.length]}-${index}` }))
