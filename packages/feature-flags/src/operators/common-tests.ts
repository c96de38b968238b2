import { momentOf } from './moment.ts'
import type { ConditionOperator, OperandValue } from './operator.ts'

type MakeTest = ConditionOperator['test']

/** The tests that every evaluator knows, each without its opposite. */
export const commonTests: ReadonlyMap<string, MakeTest> = new Map<string, MakeTest>([
  ['in', isOneOf],
  [
    'contains',
    ([part]) =>
      (value) =>
        contains(value, part as OperandValue),
  ],
  ['contains_any', ofList(true)],
  ['contains_all', ofList(false)],
  ['starts_with', comparing((value: string, start) => value.startsWith(start))],
  ['ends_with', comparing((value: string, end) => value.endsWith(end))],
  ['gt', comparing((value: number, than) => value > than)],
  ['lt', comparing((value: number, than) => value < than)],
  ['before', isBefore],
])

/** Compares with an operand of the same kind. */
function comparing<Value extends OperandValue>(holds: (value: Value, operand: Value) => boolean): MakeTest {
  return ([operand]) =>
    (value) =>
      typeof value === typeof operand ? holds(value as Value, operand as Value) : undefined
}

function isOneOf(operands: readonly OperandValue[]): (value: unknown) => boolean | undefined {
  const wanted = new Set<unknown>(operands)
  const types = new Set<string>(operands.map((operand) => typeof operand))
  return (value) => wanted.has(value) || (types.has(typeof value) ? false : undefined)
}

function contains(value: unknown, part: OperandValue): boolean | undefined {
  if (Array.isArray(value)) return value.includes(part)
  return typeof value === 'string' && typeof part === 'string' ? value.includes(part) : undefined
}

/** Whether one operand is in the list, or with `decisive` false, whether none is missing. */
function ofList(decisive: boolean): MakeTest {
  return (operands) => (list) => {
    if (!Array.isArray(list)) return
    for (const operand of operands) if (list.includes(operand) === decisive) return decisive
    return !decisive
  }
}

function isBefore([operand]: readonly OperandValue[]): (value: unknown) => boolean | undefined {
  const limit = momentOf(operand)
  return (value) => {
    const moment = momentOf(value)
    return Number.isNaN(moment) ? undefined : moment < limit
  }
}
