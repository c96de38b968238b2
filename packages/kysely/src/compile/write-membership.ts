import type { FieldKind, Scalar } from '@ashlar/specification'
import type { Dialect } from '../dialect.ts'
import type { Column } from './column.ts'
import type { SqlWriter } from './sql-writer.ts'

/** Up to so many values have a place each; more travel as one, since databases count places. */
const fewValues = 16

/** Writes "one of these"; of none it is false, even for null. */
export function writeMembership(
  writer: SqlWriter,
  dialect: Dialect,
  column: Column,
  compared: string,
  values: readonly Scalar[],
): void {
  const distinct = [...new Set(values)]
  if (distinct.length === 0) writer.write('false')
  else if (distinct.length <= fewValues) writePlaces(writer, column, compared, distinct)
  else if (dialect === 'sqlite') {
    const value = column.kind === 'bigint' ? 'cast(value as integer)' : 'value'
    writer.write(`${compared} in (select ${value} from json_each(`).bind(jsonOf(distinct)).write('))')
  } else
    writer
      .write(`${compared} = any(`)
      .bind(arrayOf(distinct), `::${elementOf(column.kind, distinct)}[]`)
      .write(')')
}

function writePlaces(writer: SqlWriter, column: Column, compared: string, values: readonly Scalar[]): void {
  writer.write(`${compared} in (`)
  for (const [index, value] of values.entries()) {
    if (index > 0) writer.write(', ')
    column.bind(writer, value)
  }
  writer.write(')')
}

/** Bigints as text: JSON has no digits to lose there. */
function jsonOf(values: readonly Scalar[]): string {
  return JSON.stringify(values, (_key, value) => (typeof value === 'bigint' ? String(value) : value))
}

/** As PostgreSQL writes arrays, so that every driver hands it on unchanged. */
function arrayOf(values: readonly Scalar[]): string {
  return `{${values.map((value) => `"${String(value).replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}

function elementOf(kind: FieldKind, values: readonly Scalar[]): string {
  switch (kind) {
    case 'text':
      return 'text'
    case 'number':
      return values.every(Number.isSafeInteger) ? 'int8' : 'float8'
    case 'bigint':
      return 'int8'
    case 'boolean':
      return 'boolean'
    case 'timestamp':
      return 'timestamptz'
  }
}
