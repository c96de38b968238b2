/**
 * Operators on texts by regular expressions that can't be made slow.
 *
 * @packageDocumentation
 */
import type { ConditionOperator, OperandValue } from './operator.ts'
import { compilePattern } from './regex/compile-pattern.ts'
import { parsePattern } from './regex/parse-pattern.ts'
import type { Pattern } from './regex/pattern.ts'
import { searchOf } from './regex/search.ts'

/**
 * The operators `matches` and `not_matches`: whether a regular expression is found anywhere in a text.
 *
 * Expressions mean what they mean in JavaScript under the flag `u`, by code points, but time grows only with the
 * length of the text times that of the expression, so none can be made to explode. That leaves out
 * backreferences, lookaround, named groups, `\p{…}` and flags: where a document has them, or more than
 * 1,000 characters, or counts that come to more than 2,000 instructions, it is refused. A text of more than 4,000
 * characters can't be asked: a condition on it is neither true nor false.
 *
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { regex } from '@ashlar/feature-flags/operators/regex'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() }, { attributes: { email: 'string' } })
 * const isTester = { attribute: 'email', operator: 'matches', value: '^qa-\\d+@example\\.com$' }
 * const document = parseFlagDocument(
 *   {
 *     version: 1,
 *     flags: {
 *       'new-checkout': {
 *         enabled: true,
 *         type: 'boolean',
 *         defaultVariant: 'off',
 *         rules: [{ id: 'testers', when: isTester, serve: 'on' }],
 *       },
 *     },
 *   },
 *   { operators: regex },
 * )
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(flags, { document: document.value, operators: regex })
 * console.log(evaluator.enabled('new-checkout', { email: 'qa-7@example.com' })) // true
 * console.log(evaluator.enabled('new-checkout', { email: 'ann@example.com' })) // false
 * ```
 */
export const regex: readonly ConditionOperator[] = [operator('matches', true), operator('not_matches', false)]

const longestPattern = 1_000
const longestText = 4_000
const mostInstructions = 2_000

function operator(name: string, wanted: boolean): ConditionOperator {
  return {
    name,
    operand: 'value',
    attributes: ['string'],
    ignoreCase: false,
    expects: (operand) => {
      const pattern = patternOf(operand)
      return typeof pattern === 'string' ? pattern : undefined
    },
    test: ([operand]) => {
      const pattern = patternOf(operand)
      if (typeof pattern === 'string') throw new TypeError(`"${operand}" is not ${pattern}`)
      const isFound = searchOf(compilePattern(pattern))
      return (value) =>
        typeof value === 'string' && value.length <= longestText ? isFound(value) === wanted : undefined
    },
  }
}

function patternOf(operand: OperandValue | undefined): Pattern | string {
  if (typeof operand !== 'string') return 'a regular expression'
  if (operand.length > longestPattern) return 'a pattern of at most 1,000 characters'
  const pattern = parsePattern(operand)
  const isTooLong = typeof pattern !== 'string' && pattern.size >= mostInstructions
  return isTooLong ? 'a pattern of at most 2,000 steps' : pattern
}
