/** What must and what must not compile; read by tsc alone. */
import type { Json } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import {
  type Criteria,
  defineFields,
  type InvalidCriteria,
  type KeysetPage,
  type NumberedPage,
  type PagedResult,
  pageInMemory,
  type Specification,
} from '@ashlar/specification'
import { Amount, type Customer, customers } from '../test/customer.ts'

type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const is = <T extends true>(): T => true as T

type Tea = { sku: string; name: string | null; pence: bigint; origin?: string; addedAt: Date; price: Amount }
const define = defineFields<Tea>()

// what is read
define(
  ({ text, number, bigint, timestamp }) => ({
    sku: text((tea) => tea.sku),
    name: text((tea) => tea.name, { nullable: true }),
    origin: text((tea) => tea.origin, { nullable: true }),
    pence: bigint((tea) => tea.pence),
    price: bigint((tea) => tea.price, { by: (amount) => amount.minorUnits }),
    addedAt: timestamp((tea) => tea.addedAt),
    letters: number((tea) => tea.sku.length),
    // @ts-expect-error there is no such property
    weight: number((tea) => tea.weight),
    // @ts-expect-error a bigint is no number
    asNumber: number((tea) => tea.pence),
    // @ts-expect-error a Date is no text
    asText: text((tea) => tea.addedAt),
    // @ts-expect-error it may be null, which must be said
    missing: text((tea) => tea.name),
    // @ts-expect-error it may be undefined, which must be said
    absent: text((tea) => tea.origin),
    // @ts-expect-error a value object must be taken apart
    whole: bigint((tea) => tea.price),
    // @ts-expect-error taken apart into another kind
    split: bigint((tea) => tea.price, { by: (amount) => String(amount.minorUnits) }),
    // @ts-expect-error no such option
    misspelt: text((tea) => tea.name, { nulable: true }),
  }),
  { id: 'sku' },
)

const draw = (make: Parameters<Parameters<typeof define>[0]>[0]) => ({ sku: make.text((tea) => tea.sku) })
define(draw, { id: 'sku', sortable: ['sku'], maxPageSize: 5 })
// @ts-expect-error no such field can be the id
define(draw, { id: 'ean' })
// @ts-expect-error no such field can be sorted by
define(draw, { id: 'sku', sortable: ['ean'] })
// @ts-expect-error a set needs an id
define(draw, {})

// what is asked
const { id, name, nickname, tier, credit, debt, rating, isActive, joinedAt, leftAt } = customers.fields
export const rule: Specification<Customer> = tier
  .eq('Gold')
  .and(credit.gt(new Amount(1n)), debt.isNull().not(), leftAt.lt(new Date(0)), rating.in([1, 2]))
// @ts-expect-error there is no such field
customers.fields.shoeSize
// @ts-expect-error a text is compared with text
name.eq(1)
// @ts-expect-error no such tier
tier.eq('Platinum')
// @ts-expect-error one of these is no tier
tier.in(['Gold', 'Platinum'])
// @ts-expect-error a value object is compared with its like
credit.eq(500n)
// @ts-expect-error the same in a list
debt.in([1n])
// @ts-expect-error null is asked for by isNull
nickname.eq(null)
// @ts-expect-error and stands in no list
nickname.in(['x', null])
// @ts-expect-error true and false have no order
isActive.lt(true)
// @ts-expect-error numbers contain nothing
rating.contains('1')
// @ts-expect-error moments begin with nothing
joinedAt.startsWith('2026')
// @ts-expect-error a field that reads text is compared with text
joinedAt.lt(new Date(0))
// @ts-expect-error a field that reads a Date is compared with one
leftAt.lt('2026-01-31T12:00:00.000Z')
// @ts-expect-error numbers have no case
rating.eq(1, { text: 'fold' })
// @ts-expect-error no such mode
name.eq('x', { text: 'upper' })
name.eq('x', { text: 'fold' })

// what is joined
declare const ofTeas: Specification<Tea>
// @ts-expect-error a rule of teas says nothing of customers
rule.and(ofTeas)
// @ts-expect-error nor does its negation
rule.or(ofTeas.not())
// @ts-expect-error a customer is asked, not a tea
rule.isSatisfiedBy({ sku: 'TEA-1' })
// @ts-expect-error a rule can't be changed
rule.node.op = 'or'
// @ts-expect-error nor made by hand
export const handmade: Specification<Customer> = { node: { op: 'and', args: [] }, fields: customers }

// what is sorted and paged
type Answer<Kind extends 'keyset' | 'numbered' | 'counted'> = Result<
  Criteria<Customer, Kind>,
  InvalidCriteria
>
const walk = customers.criteria({ where: rule, orderBy: [{ field: 'name' }, { field: 'id' }] })
const again = customers.criteria({ page: { size: 5, after: 'x' } })
const numbered = customers.criteria({ page: { number: 1 } })
const uncounted = customers.criteria({ page: { number: 1, withTotal: false } })
const counted = customers.criteria({ page: { number: 1, size: 5, withTotal: true } })
declare const withTotal: boolean
const either = customers.criteria({ page: { number: 1, withTotal } })
is<Equal<typeof walk, Answer<'keyset'>>>()
is<Equal<typeof again, Answer<'keyset'>>>()
is<Equal<typeof numbered, Answer<'numbered'>>>()
is<Equal<typeof uncounted, Answer<'numbered'>>>()
is<Equal<typeof counted, Answer<'counted'>>>()
is<Equal<typeof either, Answer<'numbered' | 'counted'>>>()

// @ts-expect-error one can't sort by tiers
customers.criteria({ orderBy: [{ field: 'tier' }] })
// @ts-expect-error nor by what is no field
customers.criteria({ orderBy: [{ field: 'shoeSize' }] })
// @ts-expect-error a text is no closed union of fields
customers.criteria({ orderBy: [{ field: String('name') }] })
// @ts-expect-error no such direction
customers.criteria({ orderBy: [{ field: 'name', direction: 'up' }] })
// @ts-expect-error a rule of another set
customers.criteria({ where: ofTeas })
// @ts-expect-error a page has one way to be named
customers.criteria({ page: { number: 1, after: 'x' } })
// @ts-expect-error without a number nothing is counted
customers.criteria({ page: { size: 5, withTotal: true } })
// @ts-expect-error no such property of a page
customers.criteria({ page: { size: 5, limit: 5 } })
// @ts-expect-error text is no number
customers.criteria({ page: { number: '1' } })
// @ts-expect-error no such property
customers.criteria({ sortBy: 'name' })
// @ts-expect-error a signature is text at once
customers.criteria({}, { sign: async () => 'x' })

const pageOf = <Kind extends 'keyset' | 'numbered' | 'counted'>(answer: Answer<Kind>) =>
  pageInMemory(answer._unsafeUnwrap(), [] as Customer[], (customer) => customer.id)
is<Equal<ReturnType<typeof pageOf<'keyset'>>, KeysetPage<string>>>()
is<Equal<ReturnType<typeof pageOf<'numbered'>>, NumberedPage<string>>>()
is<Equal<ReturnType<typeof pageOf<'counted'>>, PagedResult<string>>>()
const whole = pageInMemory(walk._unsafeUnwrap(), [] as Customer[])
is<Equal<typeof whole, KeysetPage<Customer>>>()
// @ts-expect-error a walk counts nothing
whole.totalCount
// @ts-expect-error a page is for looking at
whole.items.push()
// @ts-expect-error these are no customers
pageInMemory(walk._unsafeUnwrap(), [] as Tea[])
// @ts-expect-error a Result is no criteria before it was looked at
pageInMemory(walk, [] as Customer[])

/** Readers take criteria of any kind. */
export const anyKind: Criteria<Customer> = walk._unsafeUnwrap()

// what goes out and comes from outside
export const json: Json = rule.toJson()
export const read: Specification<Customer> = customers.fromJson({}, { fields: ['tier'] })._unsafeUnwrap()
// @ts-expect-error no such field can be allowed
customers.fromJson({}, { fields: ['shoeSize'] })
is<Equal<Parameters<typeof id.eq>[0], string>>()
const asked = customers.criteriaFromJson({}, { where: rule })
is<Equal<typeof asked, Result<Criteria<Customer>, InvalidCriteria>>>()
// @ts-expect-error a rule of another set
customers.criteriaFromJson({}, { where: ofTeas })
const page = pageInMemory(asked._unsafeUnwrap(), [] as Customer[])
is<Equal<typeof page, KeysetPage<Customer> | NumberedPage<Customer> | PagedResult<Customer>>>()
