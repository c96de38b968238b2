import type { Order, Scalar } from '@ashlar/specification'
import type { Column } from './column.ts'
import type { MappedTable } from './mapped-table.ts'
import type { SqlWriter } from './sql-writer.ts'

/** A column of an order, with the value where the page before has ended. */
export type Key = { readonly column: Column; readonly order: Order; readonly value: Scalar | null }

/**
 * Pairs an order with the values where a page has ended.
 *
 * @param orderBy - ends with the id
 * @param values - one for each
 */
export function keysOf(
  table: MappedTable,
  orderBy: readonly Order[],
  values: readonly (Scalar | null)[],
): readonly Key[] {
  return orderBy.map((order, index) => ({
    column: table.column(order.field),
    order,
    value: values[index] ?? null,
  }))
}

/** A range of an index: leading columns that are equal to their keys, and a condition on the next ones. */
export type Part = {
  readonly equal: readonly Key[]
  readonly shape: 'beyond' | 'null' | 'notNull'
  readonly keys: readonly Key[]
}

/**
 * Cuts what stands after the keys into ranges, which come in the order of the rows but for nulls, which a range may enclose.
 *
 * Columns of one direction are one range, compared as a row. Where the direction changes, and where nulls may stand, a new
 * one begins: an index finds the start of each at once, while one condition for all of them has it read from the beginning.
 */
export function partsAfter(keys: readonly Key[]): readonly Part[] {
  const [first, ...others] = keys
  return first === undefined ? [] : partsWithin([], first, others)
}

function partsWithin(equal: readonly Key[], first: Key, others: readonly Key[]): readonly Part[] {
  const { column, order, value } = first
  if (value === null) {
    const deeper = partsBehind([...equal, first], others)
    return order.nulls === 'first' ? [...deeper, { equal, shape: 'notNull', keys: [first] }] : deeper
  }
  const end = others.findIndex(
    (key) => key.column.isNullable || key.value === null || key.order.direction !== order.direction,
  )
  const run = [first, ...others.slice(0, end < 0 ? others.length : end)]
  const beyond: Part = { equal, shape: 'beyond', keys: run }
  const nulls: readonly Part[] =
    column.isNullable && order.nulls === 'last' ? [{ equal, shape: 'null', keys: [first] }] : []
  return [...partsBehind([...equal, ...run], others.slice(run.length - 1)), beyond, ...nulls]
}

function partsBehind(equal: readonly Key[], others: readonly Key[]): readonly Part[] {
  const [next, ...rest] = others
  return next === undefined ? [] : partsWithin(equal, next, rest)
}

/** Writes the conditions of a range. */
export function writePart(writer: SqlWriter, { equal, shape, keys }: Part): void {
  for (const { column, value } of equal) {
    if (value === null) writer.write(`${column.name} is null`)
    else {
      writer.write(`${column.compared} = `)
      column.bind(writer, value)
    }
    writer.write(' and ')
  }
  const [first, second] = keys
  if (shape !== 'beyond') writer.write(`${first?.column.name} is ${shape === 'null' ? '' : 'not '}null`)
  else if (second === undefined) writeComparison(writer, first as Key, '')
  else writeRow(writer, keys)
}

/**
 * Writes one condition for all that stands after the keys, for queries that can't be cut into ranges.
 *
 * Its bound on the leading column lets an index skip what lies before, where that column is never null.
 */
export function writeAfter(writer: SqlWriter, keys: readonly Key[]): void {
  const [first] = keys
  const parts = partsAfter(keys)
  const [only] = parts
  if (first === undefined || only === undefined) return
  if (parts.length === 1) return writePart(writer, only)
  writeBound(writer, first)
  writer.write('(')
  for (const [index, part] of parts.entries()) {
    writer.write(index === 0 ? '(' : ' or (')
    writePart(writer, part)
    writer.write(')')
  }
  writer.write(')')
}

function writeBound(writer: SqlWriter, first: Key): void {
  const { column, order, value } = first
  if (value === null) {
    if (order.nulls === 'last') writer.write(`${column.name} is null and `)
    return
  }
  const withNulls = column.isNullable && order.nulls === 'last'
  if (withNulls) writer.write('(')
  writeComparison(writer, first, '=')
  writer.write(withNulls ? ` or ${column.name} is null) and ` : ' and ')
}

function writeComparison(writer: SqlWriter, { column, order, value }: Key, orEqual: '' | '='): void {
  writer.write(`${column.compared} ${order.direction === 'asc' ? '>' : '<'}${orEqual} `)
  column.bind(writer, value as Scalar)
}

function writeRow(writer: SqlWriter, keys: readonly Key[]): void {
  const operator = keys[0]?.order.direction === 'asc' ? '>' : '<'
  writer.write(`(${keys.map(({ column }) => column.compared).join(', ')}) ${operator} (`)
  for (const [index, { column, value }] of keys.entries()) {
    if (index > 0) writer.write(', ')
    column.bind(writer, value as Scalar)
  }
  writer.write(')')
}
