import type { AttributeCondition, FlagCondition } from '../document/flag-document.ts'
import type { OperandValue } from '../operators/operator.ts'
import { plainOperator } from '../operators/plain-operator.ts'
import type { CompileOptions, Test } from './compile-options.ts'

/**
 * Makes a condition ready, or its opposite.
 *
 * Every `not` moves down to the questions about attributes, where both a question and its opposite are false of what is
 * missing; so two values are enough for three: unknown is false everywhere.
 */
export function compileCondition(condition: FlagCondition, options: CompileOptions, negated = false): Test {
  if ('attribute' in condition) return attributeTest(condition, options, negated)
  if ('not' in condition) return compileCondition(condition.not, options, !negated)
  if ('segment' in condition) return segmentTest(condition, options, negated)
  const isAll = 'all' in condition
  const parts = isAll ? condition.all : condition.any
  return joined(
    parts.map((part) => compileCondition(part, options, negated)),
    isAll === negated,
  )
}

/** A segment is made ready once, for all who refer to it. */
function segmentTest(condition: { segment: string }, options: CompileOptions, negated: boolean): Test {
  const { segmentTests } = options
  const name = `${negated}${condition.segment}`
  const test = segmentTests.get(name) ?? compileCondition(segmentOf(condition, options), options, negated)
  segmentTests.set(name, test)
  return test
}

/** The condition that a segment stands for. */
export function segmentOf({ segment }: { segment: string }, { segments }: CompileOptions): FlagCondition {
  return segments.get(segment) as FlagCondition
}

/** One test of several: whether one is true, or with `decisive` false, whether none is not. */
export function joined(tests: readonly Test[], decisive: boolean): Test {
  return (context) => {
    for (const test of tests) if (test(context) === decisive) return decisive
    return !decisive
  }
}

/** Asks an attribute of a context. */
export function attributeTest(
  condition: AttributeCondition,
  options: CompileOptions,
  negated: boolean,
): Test {
  const { attribute } = condition
  const holds = attributeHolds(condition, options, negated)
  return attribute === 'timestamp'
    ? (context) => holds(options.momentOf(context))
    : (context) => holds(context[attribute])
}

/** Whether a question about an attribute, or its opposite, is true of a value. */
export function attributeHolds(
  condition: AttributeCondition,
  { operators }: CompileOptions,
  negated: boolean,
): (value: unknown) => boolean {
  const { value, values = [value as OperandValue], onMissing, ignoreCase } = condition
  const { operator, isOpposite } = plainOperator(condition.operator)
  const wanted = isOpposite === negated
  const isPresence = operator === 'exists'
  const test = isPresence ? () => true : operators.get(operator)?.(ignoreCase ? lowered(values) : values)
  if (test === undefined) throw new TypeError(`operator "${condition.operator}" is not known`)
  const whenMissing = isPresence ? !wanted : onMissing !== undefined && onMissing !== negated
  return (found) =>
    found === undefined || found === null || Number.isNaN(found)
      ? whenMissing
      : test(ignoreCase ? lowered(found) : found) === wanted
}

function lowered<Value>(value: Value): Value {
  if (Array.isArray(value)) return value.map(lowered) as Value
  return typeof value === 'string' ? (value.toLowerCase() as Value) : value
}
