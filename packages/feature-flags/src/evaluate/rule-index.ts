import { joined } from './compile-condition.ts'
import type { CompileOptions, Test } from './compile-options.ts'
import type { CompiledServe, Decide, RuleToCompile } from './compile-serve.ts'
import { type AttributeQuestion, conjunctionOf } from './conjunction.ts'

/** From so many rules on, a look per attribute costs less than asking rule by rule; measured. */
const fewest = 4
/** A table grows with the square of its rules, so a longer list gets several. */
const rulesPerTable = 256
const bits = 32
/** Each number in a list is a row that all comparisons of the table answer, so a longer list is left to its rule. */
const longestList = 1_024

/** Decides by the first rule that is true and decides, asking only those rules that can be. */
export function compileRules(rules: readonly RuleToCompile[], options: CompileOptions): Decide[] {
  const prepared = rules.map(({ when, serve }) => ({
    ...conjunctionOf(when, options),
    serve,
  }))
  if (rules.length < fewest)
    return prepared.map(({ questions, others, serve }) => oneRule(questions, others, serve))
  const tables: Decide[] = []
  for (let from = 0; from < rules.length; from += rulesPerTable)
    tables.push(indexed(prepared.slice(from, from + rulesPerTable)))
  return tables
}

/** The first two tests are called by name, so that the engine can put them in place of the calls; most rules have no more. */
function oneRule(
  questions: readonly AttributeQuestion[],
  others: readonly Test[],
  { constant, decide }: CompiledServe,
): Decide {
  const [first, second, ...more] = [...questions.map(({ test }) => test), ...others]
  if (first === undefined) return decide
  if (second !== undefined && more.length === 0 && constant !== undefined)
    return (context) => (first(context) && second(context) ? constant : undefined)
  const rest = more.length === 0 ? undefined : joined(more, false)
  return (context) =>
    first(context) && (second === undefined || second(context)) && (rest === undefined || rest(context))
      ? (constant ?? decide(context))
      : undefined
}

interface PreparedRule {
  readonly questions: readonly AttributeQuestion[]
  readonly others: readonly Test[]
  readonly serve: CompiledServe
}

/**
 * Rules as the bits of numbers: a look at an attribute's value tells which rules it leaves, and the lowest bit that all
 * looks leave is the first rule that matches.
 *
 * The four attributes that most rules ask about are looked at; what is asked beside that is left to the rules.
 */
function indexed(rules: readonly PreparedRule[]): Decide {
  const words = Math.ceil(rules.length / bits)
  const asked = Map.groupBy(
    rules.flatMap(({ questions }, rule) =>
      onePerAttribute(questions).map((question) => ({ rule, question })),
    ),
    ({ question }) => question.condition.attribute,
  )
  const most = [...asked.values()].sort((a, b) => b.length - a.length).slice(0, 4)
  const looked = new Set(most.flat().map(({ question }) => question))
  const decisions = rules.map(({ questions, others, serve }) =>
    oneRule(
      questions.filter((question) => !looked.has(question)),
      others,
      serve,
    ),
  )
  const [a, b, c, d] = [...most, [], [], [], []].map((questions) => lookAt(questions, words)) as [
    Look,
    Look,
    Look,
    Look,
  ]
  return (context) => {
    const rowA = a.rowOf(context[a.attribute])
    const rowB = b.rowOf(context[b.attribute])
    const rowC = c.rowOf(context[c.attribute])
    const rowD = d.rowOf(context[d.attribute])
    for (let word = 0; word < words; word++) {
      let left =
        (a.rows[rowA + word] as number) &
        (b.rows[rowB + word] as number) &
        (c.rows[rowC + word] as number) &
        (d.rows[rowD + word] as number)
      for (; left !== 0; left &= left - 1) {
        const details = decisions[word * bits + 31 - Math.clz32(left & -left)]?.(context)
        if (details !== undefined) return details
      }
    }
    return
  }
}

/** The questions that a look can answer, one for each attribute; the rule asks what is left. */
function onePerAttribute(questions: readonly AttributeQuestion[]): AttributeQuestion[] {
  const indexed = questions.filter(isIndexable)
  return [...new Map(indexed.map((question) => [question.condition.attribute, question])).values()]
}

interface AskedByRule {
  readonly rule: number
  readonly question: AttributeQuestion
}

/** What a value of an attribute leaves of the rules: some numbers from a row on. */
interface Look {
  readonly attribute: string
  readonly rows: Int32Array
  readonly rowOf: (value: unknown) => number
}

/** The operators whose answer is the same for all values between two neighbouring operands. */
const indexable = ['in', 'gt', 'lt', 'exists']

function isIndexable({ condition, operator }: AttributeQuestion): boolean {
  const { attribute, ignoreCase, values = [] } = condition
  return (
    indexable.includes(operator) && !ignoreCase && attribute !== 'timestamp' && values.length <= longestList
  )
}

/**
 * Makes the rows: a test answers alike for all texts that it doesn't name, and for all such numbers unless it compares
 * them, so that lists are not asked about the operands of each other.
 */
function lookAt(asked: readonly AskedByRule[], words: number): Look {
  const operands = new Set(
    asked.flatMap(({ question: { condition } }) => [condition.value, ...(condition.values ?? [])]),
  )
  const texts = [...operands].filter((operand) => typeof operand === 'string')
  const numbers = Float64Array.from([...operands].filter((operand) => typeof operand === 'number')).sort()
  const otherText = `${texts.join('')}.`
  const others = [true, false, undefined, null, Number.NaN, otherText, [], Infinity]
  const kinds: unknown[] = [...others, ...texts]
  const known = new Map(kinds.map((kind, at) => [kind, at * words]))
  const otherRow = known.get(otherText) as number
  const otherNumber = known.get(Infinity) as number
  const firstNumber = kinds.length
  for (let place = 0; place <= numbers.length * 2; place++)
    kinds.push(
      place % 2 === 1 ? numbers[place >> 1] : between(numbers[(place >> 1) - 1], numbers[place >> 1]),
    )

  const rows = new Int32Array(kinds.length * words).fill(-1)
  const answer = (row: number, kind: unknown, { rule, question }: AskedByRule): void => {
    const word = row * words + Math.floor(rule / bits)
    const bit = 1 << (rule % bits)
    rows[word] = question.holds(kind) ? (rows[word] as number) | bit : (rows[word] as number) & ~bit
  }
  for (const each of asked) for (const [row, kind] of others.entries()) answer(row, kind, each)
  for (let row = others.length; row < kinds.length; row++) {
    const like = row < firstNumber ? otherRow : otherNumber
    rows.copyWithin(row * words, like, like + words)
  }
  for (const each of asked) {
    const { operator, condition } = each.question
    if (operator === 'gt' || operator === 'lt')
      for (let row = firstNumber; row < kinds.length; row++) answer(row, kinds[row], each)
    else
      for (const operand of condition.values ?? [condition.value])
        if (typeof operand === 'string') answer((known.get(operand) as number) / words, operand, each)
        else if (typeof operand === 'number') answer(firstNumber + placeOf(operand, numbers), operand, each)
  }
  return {
    attribute: asked[0]?.question.condition.attribute ?? '',
    rows,
    rowOf: (value) =>
      typeof value === 'number' && !Number.isNaN(value)
        ? (firstNumber + placeOf(value, numbers)) * words
        : (known.get(value) ?? (typeof value === 'string' ? otherRow : otherRow + words)),
  }
}

/** Twice the count of lower numbers, and one more for a number that is among them. */
function placeOf(value: number, numbers: Float64Array): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((numbers[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low * 2 + (numbers[low] === value ? 1 : 0)
}

/** A number between two neighbours, or beyond the last. */
function between(low = -Infinity, high = Infinity): number {
  return low === -high ? 0 : low / 2 + high / 2
}
