import type { Criteria, Specification } from '@ashlar/specification'
import fc from 'fast-check'
import { type Nasty, nasty, nastyBigint, nastyNumber, nastyRows, nastyText, nastyTime } from './nasty-rows.ts'

type Rule = Specification<Nasty>

const { fields } = nasty
const mode = fc.constantFrom({}, { text: 'fold' as const })
const order = fc.constantFrom('eq', 'ne', 'neOrNull', 'lt', 'le', 'gt', 'ge')
const textRule = fc
  .tuple(
    fc.constantFrom(fields.id, fields.name, fields.nickname),
    fc.constantFrom('eq', 'ne', 'neOrNull', 'lt', 'le', 'gt', 'ge', 'contains', 'startsWith', 'endsWith'),
    nastyText,
    mode,
  )
  .map(([field, op, value, options]): Rule => field[op as 'eq'](value, options))
const numberRule = fc
  .tuple(fc.constantFrom(fields.tier, fields.score), order, nastyNumber)
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const bigintRule = fc
  .tuple(fc.constantFrom(fields.credit, fields.debt), order, nastyBigint)
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const timeRule = fc
  .tuple(fc.constantFrom(fields.joinedAt, fields.leftAt), order, nastyTime)
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const booleanRule = fc
  .tuple(
    fc.constantFrom(fields.isActive, fields.hasAgreed),
    fc.constantFrom('eq', 'ne', 'neOrNull'),
    fc.boolean(),
  )
  .map(([field, op, value]): Rule => field[op as 'eq'](value))

/** Up to two, or so many that they travel as one value. */
const few = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value[]> => fc.array(value, { maxLength: 3 })
const many = fc.integer({ min: 0, max: 300 }).map((start) => nastyRows.slice(start, start + 60))
const inRule = fc.oneof(
  fc.tuple(few(nastyText), mode).map(([list, options]): Rule => fields.nickname.in(list, options)),
  few(nastyNumber).map((list): Rule => fields.score.in(list)),
  few(nastyBigint).map((list): Rule => fields.debt.in(list)),
  few(nastyTime).map((list): Rule => fields.leftAt.in(list)),
  few(fc.boolean()).map((list): Rule => fields.hasAgreed.in(list)),
  fc
    .tuple(many, mode)
    .map(
      ([rows, options]): Rule =>
        fields.nickname.in([...rows.map(({ name }) => name), ...'qrstuvwxyz'], options),
    ),
  many.map((rows): Rule => fields.debt.in([...rows.map(({ credit }) => credit), ...manyBigints])),
  many.map((rows): Rule => fields.score.in([...rows.map(({ tier }) => tier + 0.1), ...manyNumbers])),
  many.map((rows): Rule => fields.tier.in([...rows.map(({ tier }) => tier), ...manyWholes])),
  many.map((rows): Rule => fields.leftAt.in([...rows.map(({ joinedAt }) => joinedAt), ...manyTimes])),
)
const twenty = Array.from({ length: 20 }, (_, index) => index)
const manyBigints = twenty.map((index) => 9_007_199_254_740_993n + BigInt(2 * index))
const manyNumbers = [0.1, 1e308, ...twenty.map((index) => index / 7)]
const manyWholes = twenty.map((index) => index + 2)
const manyTimes = twenty.map((index) => `2026-02-01T12:00:00.0${String(index).padStart(2, '0')}Z`)
const nullRule = fc
  .constantFrom('nickname', 'debt', 'score', 'hasAgreed', 'leftAt', 'name')
  .map((name): Rule => fields[name as 'name'].isNull())

/** Any rule. */
export const someRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.oneof(textRule, textRule, numberRule, bigintRule, timeRule, booleanRule, inRule, nullRule),
    tie('rule').map((rule) => rule.not()),
    fc.array(tie('rule'), { maxLength: 6 }).map((rules) => nasty.all().and(...rules)),
    fc.array(tie('rule'), { maxLength: 6 }).map((rules) => nasty.none().or(...rules)),
  ),
})).rule

const sortable = [...nasty.sortable].filter((name) => name !== 'id')
const someOrder = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...(sortable as 'name'[])),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
    nulls: fc.constantFrom('first' as const, 'last' as const),
  }),
  { minLength: 1, maxLength: 3, selector: ({ field }) => field },
)

/** A rule, an order, and a page of it: behind any row, or by its number. */
export const someQuestion: fc.Arbitrary<Criteria<Nasty>> = fc
  .record({
    where: fc.option(someRule, { nil: undefined, freq: 8 }),
    orderBy: someOrder,
    size: fc.integer({ min: 1, max: 60 }),
    place: fc.oneof(
      fc.record({ number: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ behind: fc.constantFrom(...nastyRows) }),
      fc.record({ behind: fc.constantFrom(...nastyRows) }),
    ),
  })
  .map(({ where, orderBy, size, place }): Criteria<Nasty> => {
    if ('number' in place)
      return nasty.criteria({ where, orderBy, page: { size, number: place.number } })._unsafeUnwrap()
    return behind(nasty.criteria({ where, orderBy, page: { size } })._unsafeUnwrap(), place.behind)
  })

/** A text that is searched for, in questions that are about nothing else. */
export const someSearch: fc.Arbitrary<Criteria<Nasty>> = fc
  .tuple(
    fc.constantFrom(fields.name, fields.nickname),
    fc.constantFrom('contains' as const, 'startsWith' as const, 'endsWith' as const),
    nastyText,
    mode,
    fc.boolean(),
  )
  .map(([field, op, value, options, isNegated]) => {
    const rule = field[op](value, options)
    return nasty.criteria({ where: isNegated ? rule.not() : rule, page: { size: 100 } })._unsafeUnwrap()
  })

/** The same criteria, from behind a row on. */
export function behind(criteria: Criteria<Nasty>, row: Nasty): Criteria<Nasty> {
  const { where, orderBy, page } = criteria
  const keys = orderBy.map(({ field }) => nasty.definition(field)?.valueIn(row) ?? null)
  const after = criteria.cursorOf(keys)
  return nasty
    .criteria({ where, orderBy: orderBy.slice(0, -1) as [], page: { size: page.size, after } })
    ._unsafeUnwrap()
}
