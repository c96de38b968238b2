import type { AttributeCondition, FlagCondition } from '../document/flag-document.ts'
import { plainOperator } from '../operators/plain-operator.ts'
import { attributeHolds, attributeTest, compileCondition, segmentOf } from './compile-condition.ts'
import type { CompileOptions, Test } from './compile-options.ts'

/** A question about one attribute, ready to be asked. */
export interface AttributeQuestion {
  readonly condition: AttributeCondition
  /** The operator without its `not_`. */
  readonly operator: string
  /** Tells whether it is true of an attribute's value. */
  readonly holds: (value: unknown) => boolean
  readonly test: Test
}

/** The conditions that must all be true: those about attributes, which many rules ask alike, and the others. */
export interface Conjunction {
  readonly questions: readonly AttributeQuestion[]
  readonly others: readonly Test[]
}

/** Takes a condition apart into what must all be true. */
export function conjunctionOf(condition: FlagCondition | undefined, options: CompileOptions): Conjunction {
  const questions: AttributeQuestion[] = []
  const others: Test[] = []
  if (condition !== undefined) collect(condition, false)
  return { questions, others }

  function collect(part: FlagCondition, negated: boolean): void {
    if ('attribute' in part) questions.push(questionOf(part, negated, options))
    else if ('not' in part) collect(part.not, !negated)
    else if ('segment' in part && isShort(segmentOf(part, options)))
      collect(segmentOf(part, options), negated)
    else if ('all' in part && !negated) for (const each of part.all) collect(each, negated)
    else if ('any' in part && negated) for (const each of part.any) collect(each, negated)
    else others.push(compileCondition(part, options, negated))
  }
}

/** A long segment is asked as a whole, so that it is not written out in every rule that refers to it. */
function isShort(segment: FlagCondition): boolean {
  return ('attribute' in segment || 'all' in segment) && operandsOf(segment) <= mostWrittenOut
}

const mostWrittenOut = 16

/** How many operands are written out with a condition; of a segment in it that is decided when it is met. */
function operandsOf(condition: FlagCondition): number {
  if ('attribute' in condition) return condition.values?.length ?? 1
  if ('not' in condition) return operandsOf(condition.not)
  if ('segment' in condition) return 1
  const parts = 'all' in condition ? condition.all : condition.any
  return parts.reduce((sum, part) => sum + operandsOf(part), 0)
}

function questionOf(
  condition: AttributeCondition,
  negated: boolean,
  options: CompileOptions,
): AttributeQuestion {
  const { attribute, value, values = [value], onMissing, ignoreCase } = condition
  const { operator, isOpposite } = plainOperator(condition.operator)
  const [first, second = first] = values
  const isPlain =
    operator === 'in' && isOpposite === negated && onMissing === undefined && !ignoreCase && values.length < 3
  const test =
    isPlain && attribute !== 'timestamp' && typeof first === 'string' && typeof second === 'string'
      ? (isOneOf[placeOf(attribute, options) % isOneOf.length] as IsOneOf)(attribute, first, second)
      : attributeTest(condition, options, negated)
  return { condition, operator, holds: attributeHolds(condition, options, negated), test }
}

function placeOf(attribute: string, { places }: CompileOptions): number {
  const place = places.get(attribute) ?? places.size
  places.set(attribute, place)
  return place
}

type IsOneOf = (attribute: string, first: string, second: string) => Test

/**
 * Whether an attribute is one of two texts, the most frequent question by far.
 *
 * The engine remembers one name for each place in the code where attributes are read by name, and is slow where there
 * are several; so each of a document's first attributes is read at a place of its own.
 */
const isOneOf: readonly IsOneOf[] = [
  (attribute, first, second) => (context) => {
    const value = context[attribute]
    return value === first || value === second
  },
  (attribute, first, second) => (context) => {
    const value = context[attribute]
    return value === first || value === second
  },
  (attribute, first, second) => (context) => {
    const value = context[attribute]
    return value === first || value === second
  },
  (attribute, first, second) => (context) => {
    const value = context[attribute]
    return value === first || value === second
  },
]
