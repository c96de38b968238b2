import type { TextSearch } from '@ashlar/specification'
import type { Dialect } from '../dialect.ts'
import type { SqlWriter } from './sql-writer.ts'

/**
 * Writes "has this text in it".
 *
 * A beginning is a range, exact since text is sorted by code point, and served by any index on it. SQLite's `like` takes
 * A for a and has a longest pattern, so it is not used there.
 */
export function writeSearch(
  writer: SqlWriter,
  dialect: Dialect,
  compared: string,
  op: TextSearch['op'],
  value: string,
): void {
  if (op === 'startsWith') return writeRange(writer, compared, value)
  if (dialect === 'postgres')
    writer
      .write(`${compared} like `)
      .bind(`%${value.replaceAll(/[\\%_]/g, '\\$&')}${op === 'contains' ? '%' : ''}`)
  else if (op === 'contains' || value === '') writer.write(`instr(${compared}, `).bind(value).write(') > 0')
  else writer.write(`substr(${compared}, -${Array.from(value).length}) = `).bind(value)
}

function writeRange(writer: SqlWriter, compared: string, prefix: string): void {
  const end = firstBeyond(prefix)
  writer.write(`(${compared} >= `).bind(prefix)
  if (end !== undefined) writer.write(` and ${compared} < `).bind(end)
  writer.write(')')
}

/** The first text after all that begin with the prefix; undefined when there is none. */
function firstBeyond(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number)
  while (points.at(-1) === lastPoint) points.pop()
  const last = points.pop()
  if (last === undefined) return undefined
  const next = last + 1 === firstSurrogate ? afterSurrogates : last + 1
  return `${points.map((point) => String.fromCodePoint(point)).join('')}${String.fromCodePoint(next)}`
}

const lastPoint = 0x10ffff
const firstSurrogate = 0xd800
const afterSurrogates = 0xe000
