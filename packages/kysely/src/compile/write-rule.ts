import { foldText, type Scalar, type SpecificationNode } from '@ashlar/specification'
import type { MappedTable } from './mapped-table.ts'
import type { SqlWriter } from './sql-writer.ts'
import { writeMembership } from './write-membership.ts'
import { writeSearch } from './write-search.ts'

const operators = { eq: '=', ne: '<>', lt: '<', le: '<=', gt: '>', ge: '>=' } as const

/** Writes a rule as one condition that can stand beside others. */
export function writeRule(writer: SqlWriter, table: MappedTable, node: SpecificationNode): void {
  switch (node.op) {
    case 'and':
    case 'or':
      return writeJunction(writer, table, node.op, node.args)
    case 'not':
      writer.write('not (')
      writeRule(writer, table, node.arg)
      writer.write(')')
      return
    case 'isNull':
      writer.write(`${table.column(node.field).name} is null`)
      return
  }
  const column = table.column(node.field)
  const isFolded = node.text === 'fold'
  const compared = isFolded ? column.folded : column.compared
  switch (node.op) {
    case 'in': {
      const values = isFolded ? node.values.map((value) => foldText(value as string)) : node.values
      return writeMembership(writer, table.dialect, column, compared, values)
    }
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return writeSearch(writer, table.dialect, compared, node.op, prepared(node.value, isFolded) as string)
    case 'eq':
    case 'ne':
    case 'lt':
    case 'le':
    case 'gt':
    case 'ge':
      writer.write(`${compared} ${operators[node.op]} `)
      column.bind(writer, prepared(node.value, isFolded))
  }
}

function prepared(value: Scalar, isFolded: boolean): Scalar {
  return isFolded ? foldText(value as string) : value
}

function writeJunction(
  writer: SqlWriter,
  table: MappedTable,
  op: 'and' | 'or',
  args: readonly SpecificationNode[],
): void {
  const [only] = args
  if (only === undefined) writer.write(op === 'and' ? 'true' : 'false')
  else if (args.length === 1) writeRule(writer, table, only)
  else {
    writer.write('(')
    writeHalves(writer, table, ` ${op} `, args, 0, args.length)
    writer.write(')')
  }
}

/** Few stand in a row; many are halved, as SQLite takes a row of them for a tree as deep as the row is long, and refuses it. */
const longestRow = 4

function writeHalves(
  writer: SqlWriter,
  table: MappedTable,
  between: string,
  args: readonly SpecificationNode[],
  start: number,
  end: number,
): void {
  if (end - start <= longestRow) {
    for (let index = start; index < end; index++) {
      if (index > start) writer.write(between)
      writeRule(writer, table, args[index] as SpecificationNode)
    }
    return
  }
  const middle = (start + end) >> 1
  writer.write('(')
  writeHalves(writer, table, between, args, start, middle)
  writer.write(`)${between}(`)
  writeHalves(writer, table, between, args, middle, end)
  writer.write(')')
}
