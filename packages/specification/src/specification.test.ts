import { describe, expect, it } from 'vitest'
import { Amount, aCustomer, type Customer, customers } from '../test/customer.ts'
import { defineFields } from './field-set.ts'
import { InvalidFieldValueError, InvalidOperandError } from './field-value.ts'
import { MixedSpecificationsError, type Specification, SpecificationTooDeepError } from './specification.ts'

const { name, nickname, tier, credit, debt, rating, score, isActive, hasAgreed, joinedAt, leftAt } =
  customers.fields
const pence = (minorUnits: bigint) => new Amount(minorUnits)
const holds = (rule: Specification<Customer>, differing: Partial<Customer> = {}) =>
  rule.isSatisfiedBy(aCustomer(differing))

describe('Specification.isSatisfiedBy', () => {
  it.each<[Specification<Customer>, boolean, Partial<Customer>]>([
    [tier.eq('Gold'), true, {}],
    [tier.ne('Gold'), false, {}],
    [name.lt('a'), true, { name: 'Z' }],
    [name.lt('\u{1F600}'), true, { name: '\uFFFD' }],
    [name.eq('ADA', { text: 'fold' }), true, { name: 'aDa' }],
    [name.eq('ä', { text: 'fold' }), false, { name: 'Ä' }],
    [name.ne('i', { text: 'fold' }), true, { name: 'İ' }],
    [name.in(['ADA', 'BOB'], { text: 'fold' }), true, { name: 'bob' }],
    [name.contains('%'), false, { name: 'abc' }],
    [name.contains('_'), true, { name: 'a_c' }],
    [name.startsWith('AD', { text: 'fold' }), true, {}],
    [name.startsWith('Adam'), false, {}],
    [name.startsWith('Adam', { text: 'fold' }), false, {}],
    [name.endsWith('DA', { text: 'fold' }), true, {}],
    [name.endsWith(''), true, { name: '' }],
    [credit.gt(pence(9_007_199_254_740_992n)), true, { credit: pence(9_007_199_254_740_993n) }],
    [rating.eq(0), true, { rating: -0 }],
    [rating.in([-0]), true, { rating: 0 }],
    [rating.lt(0), false, { rating: -0 }],
    [isActive.eq(true), true, {}],
    [joinedAt.lt('2026-01-31T12:00:00.001Z'), true, {}],
    [leftAt.ge(new Date(5)), true, { leftAt: new Date(5) }],
    [leftAt.in([new Date(5)]), true, { leftAt: new Date(5) }],
    [leftAt.eq(new Date(5)), false, { leftAt: new Date(6) }],
  ])('answers %s by %s where it should', (rule, expected, differing) => {
    expect(holds(rule, differing)).toBe(expected)
    expect(holds(rule.not(), differing)).toBe(!expected)
  })

  it.each<[Specification<Customer>]>([
    [nickname.eq('')],
    [nickname.ne('x')],
    [nickname.in(['x'])],
    [nickname.contains('')],
    [nickname.startsWith('')],
    [nickname.endsWith('')],
    [nickname.endsWith('', { text: 'fold' })],
    [debt.le(pence(0n))],
    [score.ge(0)],
    [hasAgreed.ne(true)],
    [leftAt.lt(new Date(0))],
  ])('neither affirms nor denies %s of null', (rule) => {
    expect(holds(rule)).toBe(false)
    expect(holds(rule.not())).toBe(false)
  })

  it('takes undefined for null', () => {
    expect(holds(nickname.isNull(), { nickname: undefined as unknown as null })).toBe(true)
  })

  it('tells null from its opposite, and includes it where asked to', () => {
    expect(holds(nickname.isNull())).toBe(true)
    expect(holds(nickname.isNull().not())).toBe(false)
    expect(holds(nickname.neOrNull('x'))).toBe(true)
    expect(holds(nickname.neOrNull('x'), { nickname: 'x' })).toBe(false)
  })

  it('knows nothing that is one of none, and null is no exception', () => {
    expect(holds(nickname.in([]))).toBe(false)
    expect(holds(nickname.in([]).not())).toBe(true)
  })

  it('is compared with no hole of a list', () => {
    expect(() => credit.in(new Array(2))).toThrow(InvalidOperandError)
  })

  it('finds its way in a list of 100,000 values', () => {
    const rule = credit.in(Array.from({ length: 100_000 }, (_, index) => pence(BigInt(index))))
    const candidates = Array.from({ length: 10_000 }, (_, index) =>
      aCustomer({ credit: pence(BigInt(index * 20)) }),
    )

    expect(candidates.filter((candidate) => rule.isSatisfiedBy(candidate))).toHaveLength(5_000)
  })

  it.each<[string, Specification<Customer>, object]>([
    ['NaN', rating.gt(1), { rating: Number.NaN }],
    ['infinity', rating.gt(1), { rating: Number.POSITIVE_INFINITY }],
    ['a number for a bigint', credit.gt(pence(1n)), { credit: { minorUnits: 5 } }],
    ['a bigint beyond 64 bits', credit.gt(pence(1n)), { credit: pence(2n ** 63n) }],
    ['ill-formed text', name.ne('x'), { name: '\ud800' }],
    ['text with U+0000', name.contains('x'), { name: 'x\0' }],
    ['an invalid Date', leftAt.lt(new Date(0)), { leftAt: new Date(Number.NaN) }],
    ['a year of five digits', leftAt.lt(new Date(0)), { leftAt: new Date(8e15) }],
    [
      'a day that there is not',
      joinedAt.gt('2026-01-01T00:00:00.000Z'),
      { joinedAt: '2026-02-30T00:00:00.000Z' },
    ],
    ['text for a boolean', isActive.eq(true), { isActive: 'true' }],
    ['null where none was announced', name.eq('x'), { name: null }],
    ['NaN, asked whether it is null', rating.isNull(), { rating: Number.NaN }],
    ['NaN, looked for in a list', score.in([1]), { score: Number.NaN }],
  ])('throws for %s in a candidate', (_what, rule, differing) => {
    expect(() => holds(rule, differing)).toThrow(InvalidFieldValueError)
    expect(() => holds(rule.not(), differing)).toThrow(InvalidFieldValueError)
  })

  it('looks no further once it knows', () => {
    const unreadable = { ...aCustomer(), rating: Number.NaN }

    expect(tier.eq('Silver').and(rating.gt(1)).isSatisfiedBy(unreadable)).toBe(false)
    expect(tier.eq('Gold').or(rating.gt(1)).isSatisfiedBy(unreadable)).toBe(true)
  })
})

describe('a field', () => {
  it.each<[string, () => unknown]>([
    ['NaN', () => rating.eq(Number.NaN)],
    ['null', () => nickname.eq(null as never)],
    ['null for a value object', () => debt.eq(null as never)],
    ['null in a list', () => nickname.in([null as never])],
    ['a number for a value object’s bigint', () => credit.eq({ minorUnits: 5 as never })],
    ['a bigint beyond 64 bits', () => credit.eq(pence(2n ** 63n))],
    ['ill-formed text', () => name.contains('\udc00')],
    ['text with U+0000', () => name.eq('\0')],
    ['an invalid Date', () => leftAt.lt(new Date(Number.NaN))],
    ['a time with an offset', () => joinedAt.lt('2026-01-31T12:00:00+01:00')],
    ['the last of February in a common year', () => joinedAt.lt('2026-02-29T00:00:00.000Z')],
    ['a year that PostgreSQL does not know', () => joinedAt.lt('0000-01-01T00:00:00.000Z')],
    ['a symbol', () => name.eq(Symbol('x') as never)],
    ['a function', () => name.eq((() => 'x') as never)],
    ['an object', () => name.eq({ toString: () => 'x' } as never)],
  ])('is not compared with %s', (_what, compare) => {
    expect(compare).toThrow(InvalidOperandError)
  })

  it('keeps −0 as 0, and a Date as text', () => {
    expect(rating.eq(-0).node).toEqual({ op: 'eq', field: 'rating', value: 0 })
    expect(leftAt.eq(new Date(0)).node).toMatchObject({ value: '1970-01-01T00:00:00.000Z' })
  })

  it('compares leap days', () => {
    expect(holds(joinedAt.lt('2028-02-29T00:00:00.000Z'))).toBe(true)
  })
})

describe('joined specifications', () => {
  const [a, b, c] = [tier.eq('Gold'), name.eq('Ada'), score.gt(1)]

  it('lie flat', () => {
    expect(a.and(b).and(c).node).toEqual({ op: 'and', args: [a.node, b.node, c.node] })
    expect(a.or(b.or(c)).node).toEqual({ op: 'or', args: [a.node, b.node, c.node] })
    expect(a.or(b.and(c)).node).toEqual({ op: 'or', args: [a.node, { op: 'and', args: [b.node, c.node] }] })
  })

  it('are the only part where there is one', () => {
    expect(a.and().node).toBe(a.node)
    expect(customers.all().and(a).node).toBe(a.node)
    expect(customers.none().or(a, customers.none()).node).toBe(a.node)
    expect(a.not().not().node).toBe(a.node)
  })

  it('may be wide', () => {
    const wide = customers.none().or(...Array.from({ length: 10_000 }, (_, index) => rating.eq(index)))

    expect(holds(wide, { rating: 9_999 })).toBe(true)
    expect(holds(wide, { rating: 10_000 })).toBe(false)
    expect(holds(wide.not(), { rating: 10_000 })).toBe(true)
    expect(`${wide}`.length).toBeLessThan(210)
  })

  it('may grow one by one', () => {
    let rule = customers.all()
    for (let index = 0; index < 5_000; index++) rule = rule.and(rating.ne(index))

    expect(holds(rule, { rating: 0.5 })).toBe(true)
    expect(holds(rule, { rating: 4_999 })).toBe(false)
  })

  it('may lie 64 deep, and no deeper', () => {
    let rule: Specification<Customer> = a
    for (let depth = 2; depth <= 64; depth++) rule = depth % 2 === 0 ? rule.and(b) : rule.or(c)

    expect(holds(rule)).toBe(true)
    expect(() => rule.or(c)).toThrow(SpecificationTooDeepError)
    expect(() => rule.not()).toThrow(SpecificationTooDeepError)
    expect(rule.and(b).node).toMatchObject({ op: 'and', args: [{}, {}, {}] })
    expect(customers.fromJson(rule.toJson())._unsafeUnwrap().node).toEqual(rule.node)
    expect(() => customers.fromJson(rule.toJson())._unsafeUnwrap().or(c)).toThrow(SpecificationTooDeepError)
  })

  it('don’t come from two sets', () => {
    const others = defineFields<Customer>()(({ text }) => ({ id: text((customer) => customer.id) }), {
      id: 'id',
    })

    expect(() => a.and(others.fields.id.eq('c-1'))).toThrow(MixedSpecificationsError)
    expect(() => a.or(b, others.all())).toThrow(MixedSpecificationsError)
    expect(() => a.and({ fields: customers.fields } as never)).toThrow(MixedSpecificationsError)
  })

  it('leave their parts as they were', () => {
    const before = JSON.stringify(a)
    a.and(b).or(c).not()

    expect(JSON.stringify(a)).toBe(before)
    expect(() => ((a.node as { op: string }).op = 'ne')).toThrow(TypeError)
  })
})

describe('a specification as text', () => {
  it.each<[Specification<Customer>, string]>([
    [credit.gt(pence(500n)), 'credit > 500'],
    [name.ne('Ada'), 'name ≠ "Ada"'],
    [name.startsWith('A', { text: 'fold' }), 'name starts with "A", A to Z as a to z'],
    [tier.in(['Gold', 'Silver']), 'tier is one of "Gold", "Silver"'],
    [tier.in([]), 'tier is one of none'],
    [nickname.isNull().not(), 'not (nickname is null)'],
    [
      tier.eq('Gold').and(score.le(1).or(isActive.eq(true))),
      'tier = "Gold" and (score <= 1 or isActive = true)',
    ],
    [customers.all(), 'anything'],
    [customers.none().not(), 'not (nothing)'],
  ])('reads %s', (rule, text) => {
    expect(String(rule)).toBe(text)
  })

  it('stays short', () => {
    expect(`${name.eq('x'.repeat(100_000))}`.length).toBeLessThan(210)
    expect(`${name.in(Array.from({ length: 100_000 }, () => 'x'))}`.length).toBeLessThan(210)
  })
})
