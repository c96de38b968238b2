import type { Order, Scalar, Specification } from '@ashlar/specification'
import type { Column } from '../compile/column.ts'
import { type Part, writePart } from '../compile/keyset.ts'
import type { MappedTable } from '../compile/mapped-table.ts'
import { SqlWriter } from '../compile/sql-writer.ts'
import { writeRule } from '../compile/write-rule.ts'

/** A row as it is selected: `c0`, `c1` and so on, in the order of `Source.columns`. */
export type Row = Readonly<Record<string, unknown>>

/** From where, and what, all statements of a reader select. */
export interface Source {
  readonly table: MappedTable
  /** Those of items, and those of the order. */
  readonly columns: readonly Column[]
  /** Conditions that hold for every statement, whatever is asked: the tenant's rows, those that are not deleted. */
  readonly scope: readonly Scope[]
}

/** A condition of a reader's own; with a value, it is `sql = value`. */
export type Scope = { readonly sql: string; readonly value?: Scalar }

/** Which rows, in which order. */
export interface Wanted {
  readonly where: Specification<never> | undefined
  readonly orderBy: readonly Order[]
  /** At most so many rows. */
  readonly limit: number
  /** Skips so many. */
  readonly offset?: number
}

/** Writes the statement of a page; of several ranges of an order, each is read from its start and no further than needed. */
export function pageStatement(source: Source, wanted: Wanted, parts: readonly Part[] = []): SqlWriter {
  const writer = new SqlWriter()
  const [first, ...others] = parts
  if (others.length === 0) {
    writeSelect(writer, source, wanted, selected(source.columns, ownName), first)
    return writer
  }
  writer.write(`select ranges.part, ${selected(source.columns, ranged)} from (`)
  for (const [index, part] of parts.entries()) {
    writer.write(index === 0 ? 'select * from (' : ') as r union all select * from (')
    writeSelect(writer, source, wanted, `${index} as part, ${raw(source.columns)}`, part)
  }
  writer.write(') as r) as ranges')
  writeOrder(writer, source, wanted, ranged)
  return writer.write(` limit ${wanted.limit}`)
}

/** Writes the statement of a page and of how many rows there are in all, which are seen at the same moment. */
export function countedPageStatement(source: Source, wanted: Wanted): SqlWriter {
  const writer = new SqlWriter()
  writer.write(`select counted.total, page.here, ${selected(source.columns, paged)} from (`)
  writeCount(writer, source, wanted.where)
  writer.write(') as counted left join (')
  writeSelect(writer, source, wanted, `1 as here, ${raw(source.columns)}`)
  writer.write(') as page on true')
  writeOrder(writer, source, wanted, paged)
  return writer
}

/** Writes the statement that counts. */
export function countStatement(source: Source, where: Specification<never> | undefined): SqlWriter {
  const writer = new SqlWriter()
  writeCount(writer, source, where)
  return writer
}

/** Writes the statement that looks for one. */
export function existsStatement(source: Source, where: Specification<never> | undefined): SqlWriter {
  const writer = new SqlWriter().write(`select exists (select 1 from ${source.table.source}`)
  writeConditions(writer, source, where)
  return writer.write(') as found')
}

function writeCount(writer: SqlWriter, source: Source, where: Specification<never> | undefined): void {
  writer.write(`select count(*) as total from ${source.table.source}`)
  writeConditions(writer, source, where)
}

function writeSelect(writer: SqlWriter, source: Source, wanted: Wanted, list: string, part?: Part): void {
  writer.write(`select ${list} from ${source.table.source}`)
  writeConditions(writer, source, wanted.where, part)
  writer.write(
    ` order by ${wanted.orderBy.map((order) => source.table.column(order.field).sorted(order)).join(', ')}`,
  )
  writer.write(` limit ${wanted.limit}`)
  if (wanted.offset) writer.write(` offset ${wanted.offset}`)
}

function writeConditions(
  writer: SqlWriter,
  { table, scope }: Source,
  where: Specification<never> | undefined,
  part?: Part,
): void {
  let word = ' where '
  const next = () => {
    writer.write(word)
    word = ' and '
  }
  for (const { sql, value } of scope) {
    next()
    writer.write(sql)
    if (value !== undefined) writer.write(' = ').bind(value)
  }
  if (where !== undefined) {
    next()
    writeRule(writer, table, where.node)
  }
  if (part !== undefined) {
    next()
    writePart(writer, part)
  }
}

function writeOrder(
  writer: SqlWriter,
  { table, columns }: Source,
  { orderBy }: Wanted,
  nameOf: (column: Column, index: number) => string,
): void {
  const keys = orderBy.map((order) => {
    const column = table.column(order.field)
    return column.sortedAs(nameOf(column, columns.indexOf(column)), order)
  })
  writer.write(` order by ${keys.join(', ')}`)
}

const ownName = (column: Column): string => column.name
const ranged = (_column: Column, index: number): string => `ranges.c${index}`
const paged = (_column: Column, index: number): string => `page.c${index}`

/** Whole numbers come as text: most drivers would lose digits, each in its own way. */
function selected(columns: readonly Column[], nameOf: (column: Column, index: number) => string): string {
  return columns
    .map((column, index) => {
      const name = nameOf(column, index)
      return `${column.kind === 'bigint' ? `cast(${name} as text)` : name} as c${index}`
    })
    .join(', ')
}

function raw(columns: readonly Column[]): string {
  return columns.map(({ name }, index) => `${name} as c${index}`).join(', ')
}
