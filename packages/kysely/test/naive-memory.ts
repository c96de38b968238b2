import {
  type Criteria,
  compareScalars,
  foldText,
  type Scalar,
  type SpecificationNode,
} from '@ashlar/specification'
import { type Nasty, nasty, nastyRows } from './nasty-rows.ts'

/** The parts of an evaluator in memory at which a naive choice is easily made; these are right. */
export const rightMemory: Memory = {
  compareText: compareScalars,
  fold: foldText,
  ofNull: null,
  endsWithEmpty: null,
}

/** What can be chosen. */
export interface Memory {
  readonly compareText: (one: string, other: string) => number
  readonly fold: (text: string) => string
  /** What a comparison with null is. */
  readonly ofNull: boolean | null
  /** Whether null ends with the empty text. */
  readonly endsWithEmpty: boolean | null
}

/** Answers a question as plainly as can be, with choices of one's own; gives ids. */
export function answerIn(memory: Memory, { where, orderBy, page }: Criteria<Nasty>): readonly string[] {
  const after = page.kind === 'keyset' ? page.after : undefined
  const keysOf = (row: Nasty) => orderBy.map(({ field }) => valueIn(row, field))
  const ranked = nastyRows
    .filter((row) => where === undefined || holds(memory, where.node, row) === true)
    .map((row) => ({ id: row.id, keys: keysOf(row) }))
    .filter(({ keys }) => after === undefined || difference(memory, orderBy, keys, after) > 0)
    .sort((one, other) => difference(memory, orderBy, one.keys, other.keys))
  const start = page.kind === 'keyset' ? 0 : (page.number - 1) * page.size
  return ranked.slice(start, start + page.size).map(({ id }) => id)
}

function holds(memory: Memory, node: SpecificationNode, row: Nasty): boolean | null {
  switch (node.op) {
    case 'and':
      return all(node.args.map((arg) => holds(memory, arg, row)))
    case 'or':
      return opposite(all(node.args.map((arg) => opposite(holds(memory, arg, row)))))
    case 'not':
      return opposite(holds(memory, node.arg, row))
    case 'isNull':
      return valueIn(row, node.field) === null
  }
  const found = valueIn(row, node.field)
  if (node.op === 'in' && node.values.length === 0) return false
  if (node.op === 'endsWith' && node.value === '' && found === null) return memory.endsWithEmpty
  if (found === null) return memory.ofNull
  const prepare = (value: Scalar) => (node.text === 'fold' ? memory.fold(value as string) : value)
  const value = prepare(found)
  if (node.op === 'in') return node.values.some((one) => prepare(one) === value)
  const wanted = prepare(node.value)
  switch (node.op) {
    case 'contains':
      return String(value).includes(String(wanted))
    case 'startsWith':
      return String(value).startsWith(String(wanted))
    case 'endsWith':
      return String(value).endsWith(String(wanted))
    case 'eq':
      return value === wanted
    case 'ne':
      return value !== wanted
    case 'lt':
      return compare(memory, value, wanted) < 0
    case 'le':
      return compare(memory, value, wanted) <= 0
    case 'gt':
      return compare(memory, value, wanted) > 0
    case 'ge':
      return compare(memory, value, wanted) >= 0
  }
}

function all(answers: readonly (boolean | null)[]): boolean | null {
  if (answers.includes(false)) return false
  return answers.includes(null) ? null : true
}

function opposite(answer: boolean | null): boolean | null {
  return answer === null ? null : !answer
}

function valueIn(row: Nasty, field: string): Scalar | null {
  return nasty.definition(field)?.valueIn(row) ?? null
}

function compare(memory: Memory, one: Scalar, other: Scalar): number {
  return typeof one === 'string' && typeof other === 'string'
    ? memory.compareText(one, other)
    : compareScalars(one, other)
}

function difference(
  memory: Memory,
  orderBy: Criteria<Nasty>['orderBy'],
  one: readonly (Scalar | null)[],
  other: readonly (Scalar | null)[],
): number {
  for (const [index, { direction, nulls }] of orderBy.entries()) {
    const a = one[index] ?? null
    const b = other[index] ?? null
    if (a === null && b === null) continue
    if (a === null || b === null) return (a === null) === (nulls === 'first') ? -1 : 1
    const order = compare(memory, a, b)
    if (order !== 0) return direction === 'asc' ? order : -order
  }
  return 0
}
