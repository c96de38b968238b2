import type { Specification } from '@ashlar/specification'
import fc from 'fast-check'
import { Amount, type Customer, customers } from './customer.ts'

const letters = [
  'a',
  'A',
  'b',
  'B',
  'é',
  'É',
  'ß',
  'İ',
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

const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> =>
  fc.option(value, { freq: 3 })
const pence = fc.constantFrom(
  -1n,
  0n,
  1n,
  9_007_199_254_740_992n,
  9_007_199_254_740_993n,
  2n ** 63n - 1n,
  -(2n ** 63n),
)
const amount = pence.map((units) => new Amount(units))
const number = fc.constantFrom(-1.5, -0, 0, 0.1, 1, 5e-324, 1e300, 2 ** 53)
const moment = fc.constantFrom(
  '2026-01-31T12:00:00.000Z',
  '2026-01-31T12:00:00.001Z',
  '1969-12-31T23:59:59.999Z',
)
const tier = fc.constantFrom<Customer['tier']>('Bronze', 'Silver', 'Gold')

const customerOfOwnId = fc.record({
  name: nastyText,
  nickname: nullable(nastyText),
  tier,
  credit: amount,
  debt: nullable(amount),
  rating: number,
  score: nullable(number),
  isActive: fc.boolean(),
  hasAgreed: nullable(fc.boolean()),
  joinedAt: moment,
  leftAt: nullable(moment.map((text) => new Date(text))),
})

/** Customers, each with an id of its own; ids are in no order. */
export const someCustomers: fc.Arbitrary<readonly Customer[]> = fc
  .tuple(
    fc.uniqueArray(nastyText, { maxLength: 40, size: 'max' }),
    fc.array(customerOfOwnId, { maxLength: 40, size: 'max' }),
  )
  .map(([ids, list]) => list.slice(0, ids.length).map((one, index) => ({ ...one, id: ids[index] ?? '' })))

export const someCustomer: fc.Arbitrary<Customer> = fc
  .tuple(nastyText, customerOfOwnId)
  .map(([id, customer]) => ({ ...customer, id }))

type Rule = Specification<Customer>

const { fields } = customers
const mode = fc.constantFrom({}, { text: 'fold' as const })
const textRule = fc
  .tuple(
    fc.constantFrom(fields.id, fields.name, fields.nickname),
    fc.constantFrom('eq', 'ne', 'neOrNull', 'lt', 'le', 'gt', 'ge', 'contains', 'startsWith', 'endsWith'),
    nastyText,
    mode,
  )
  .map(([field, op, value, options]): Rule => field[op as 'eq'](value, options))
const order = fc.constantFrom('eq', 'ne', 'neOrNull', 'lt', 'le', 'gt', 'ge')
const numberRule = fc
  .tuple(fc.constantFrom(fields.rating, fields.score), order, number)
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const bigintRule = fc
  .tuple(fc.constantFrom(fields.credit, fields.debt), order, amount)
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const momentRule = fc.oneof(
  fc.tuple(order, moment).map(([op, value]): Rule => fields.joinedAt[op as 'eq'](value)),
  fc.tuple(order, moment).map(([op, value]): Rule => fields.leftAt[op as 'eq'](new Date(value))),
)
const booleanRule = fc
  .tuple(
    fc.constantFrom(fields.isActive, fields.hasAgreed),
    fc.constantFrom('eq', 'ne', 'neOrNull'),
    fc.boolean(),
  )
  .map(([field, op, value]): Rule => field[op as 'eq'](value))
const inRule = fc.oneof(
  fc
    .tuple(fc.array(nastyText, { maxLength: 12 }), mode)
    .map(([list, options]): Rule => fields.nickname.in(list, options)),
  fc.array(tier, { maxLength: 3 }).map((list): Rule => fields.tier.in(list)),
  fc.array(amount, { maxLength: 12 }).map((list): Rule => fields.debt.in(list)),
  fc.array(number, { maxLength: 12 }).map((list): Rule => fields.score.in(list)),
)
const nullRule = fc
  .constantFrom<(keyof typeof fields)[]>('nickname', 'debt', 'score', 'hasAgreed', 'leftAt', 'name')
  .map((name): Rule => fields[name].isNull())

/** A rule about one field. */
export const simpleRule: fc.Arbitrary<Rule> = fc.oneof(
  textRule,
  numberRule,
  bigintRule,
  momentRule,
  booleanRule,
  inRule,
  nullRule,
)

/** Any rule. */
export const someRule: fc.Arbitrary<Rule> = fc.letrec<{ rule: Rule }>((tie) => ({
  rule: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    simpleRule,
    tie('rule').map((rule) => rule.not()),
    fc.array(tie('rule'), { maxLength: 6 }).map((rules) => customers.all().and(...rules)),
    fc.array(tie('rule'), { maxLength: 6 }).map((rules) => customers.none().or(...rules)),
  ),
})).rule

/** Any order by which customers can be sorted. */
export const someOrder: fc.Arbitrary<
  { field: 'name'; direction: 'asc' | 'desc'; nulls: 'first' | 'last' }[]
> = fc.uniqueArray(
  fc.record({
    field: fc.constantFrom(...([...customers.sortable].filter((name) => name !== 'id') as 'name'[])),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
    nulls: fc.constantFrom('first' as const, 'last' as const),
  }),
  { maxLength: 3, selector: ({ field }) => field },
)
