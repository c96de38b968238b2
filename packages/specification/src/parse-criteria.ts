import { err, failure, ok, type Result } from '@ashlar/result'
import type { Criteria, InvalidCriteria, Order, PageRequest, Sign } from './criteria.ts'
import { Cursors } from './cursor.ts'
import type { AnyFieldSet, FieldDefinition } from './field-definition.ts'
import { InputProblems, shorten, show, summary } from './outside-value.ts'
import { Specification } from './specification.ts'

/** A set of fields that says by which one may sort. */
export interface SortableFields<in T> extends AnyFieldSet<T> {
  readonly sortable: ReadonlySet<string>
  readonly maxPageSize: number
}

const defaultSize = 20
const lastPage = 1_000_000

/** What an input may have. */
export type CriteriaPart = 'where' | 'orderBy' | 'page'

/** Checks an input that may be anything. */
export function parseCriteria<T>(
  fields: SortableFields<T>,
  input: unknown,
  known: readonly CriteriaPart[],
  sign: Sign | undefined,
): Result<Criteria<T>, InvalidCriteria> {
  const problems = new InputProblems()
  const { where, orderBy, page } = problems.properties('', input, known) ?? {}
  const rule = parseWhere(problems, fields, where)
  const order = parseOrder(problems, fields, orderBy)
  const cursors = order && new Cursors(order, definitionsOf(fields, order), sign)
  const request = parsePage(problems, fields.maxPageSize, cursors, page)
  if (problems.all.length > 0 || order === undefined || cursors === undefined || request === undefined)
    return err(failure('InvalidCriteria', summary('criteria', problems.all), { problems: problems.all }))
  return ok(
    Object.freeze<Criteria<T>>({
      fields,
      where: rule,
      orderBy: order,
      page: request,
      cursorOf: (keys) => cursors.write(keys),
    }),
  )
}

function parseWhere<T>(
  problems: InputProblems,
  fields: AnyFieldSet<T>,
  where: unknown,
): Specification<T> | undefined {
  if (where === undefined) return undefined
  if (!Specification.is(where)) return problems.add('where', 'a specification', where)
  if (where.fields === fields) return where as Specification<T>
  return problems.say('where', 'a specification of these fields', 'one of another set')
}

function parseOrder<T>(
  problems: InputProblems,
  fields: SortableFields<T>,
  orderBy: unknown = [],
): readonly Order[] | undefined {
  const before = problems.all.length
  const entries = problems.items('orderBy', orderBy, fields.sortable.size)
  const order = entries?.map((entry, index) => parseEntry(problems, fields, `orderBy[${index}]`, entry)) ?? []
  const seen = new Set<string>()
  for (const [index, entry] of order.entries()) {
    if (entry === undefined) continue
    const path = `orderBy[${index}].field`
    if (seen.has(entry.field)) problems.say(path, 'another field', `${show(entry.field)} again`)
    else if (seen.has(fields.id))
      problems.add(path, `nothing behind ${show(fields.id)}, which is unique`, entry.field)
    seen.add(entry.field)
  }
  return problems.all.length > before ? undefined : endingWithId(fields.id, order as readonly Order[])
}

function parseEntry<T>(
  problems: InputProblems,
  fields: SortableFields<T>,
  path: string,
  entry: unknown,
): Order | undefined {
  const properties = problems.properties(path, entry, ['field', 'direction', 'nulls'])
  if (properties === undefined) return undefined
  const { field, direction = 'asc', nulls = 'last' } = properties
  const isSortable = typeof field === 'string' && fields.sortable.has(field)
  if (!isSortable) {
    const isField = typeof field === 'string' && fields.definition(field) !== undefined
    const names = shorten([...fields.sortable].join(', '), 200)
    problems.add(`${path}.field`, `${isField ? 'a sortable field' : 'a field'}, one of ${names}`, field)
  }
  if (direction !== 'asc' && direction !== 'desc')
    return problems.add(`${path}.direction`, 'asc or desc', direction)
  if (nulls !== 'first' && nulls !== 'last') return problems.add(`${path}.nulls`, 'first or last', nulls)
  return isSortable ? Object.freeze({ field, direction, nulls }) : undefined
}

/** In the direction of the last entry, so that one index serves the whole order. */
function endingWithId(id: string, order: readonly Order[]): readonly Order[] {
  const last = order.at(-1)
  if (last?.field === id) return Object.freeze(order)
  const direction = last?.direction ?? 'asc'
  return Object.freeze([...order, Object.freeze<Order>({ field: id, direction, nulls: 'last' })])
}

function definitionsOf<T>(fields: AnyFieldSet<T>, order: readonly Order[]): readonly FieldDefinition<T>[] {
  return order.flatMap(({ field }) => fields.definition(field) ?? [])
}

function parsePage(
  problems: InputProblems,
  maxPageSize: number,
  cursors: Cursors | undefined,
  page: unknown = {},
): PageRequest | undefined {
  const properties = problems.properties('page', page, ['size', 'after', 'number', 'withTotal'])
  if (properties === undefined) return undefined
  const { after, number, withTotal } = properties
  const { size = Math.min(defaultSize, maxPageSize) } = properties
  const isNumbered = number !== undefined
  if (!isWithin(size, maxPageSize)) problems.add('page.size', `a whole number from 1 to ${maxPageSize}`, size)
  if (isNumbered && !isWithin(number, lastPage))
    problems.add('page.number', `a whole number from 1 to ${lastPage}`, number)
  if (isNumbered && after !== undefined) problems.add('page.after', 'nothing beside a number', after)
  if (withTotal !== undefined && typeof withTotal !== 'boolean')
    problems.add('page.withTotal', 'true or false', withTotal)
  else if (!isNumbered && withTotal === true) problems.add('page.withTotal', 'nothing without a number', true)
  if (isNumbered)
    return Object.freeze({
      kind: withTotal === true ? 'counted' : 'numbered',
      size: size as number,
      number: number as number,
    })
  if (after === undefined) return Object.freeze({ kind: 'keyset', size: size as number })
  const read = cursors?.read(after)
  if (read === undefined) return undefined
  if ('expected' in read) return problems.add('page.after', read.expected, after)
  return Object.freeze({ kind: 'keyset', size: size as number, after: Object.freeze(read.keys) })
}

function isWithin(value: unknown, most: number): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= most
}
