import { compileRule } from './compile-rule.ts'
import type { AnyFieldSet } from './field-definition.ts'
import type { SpecificationNode } from './node.ts'
import { show } from './outside-value.ts'
import { ruleText } from './rule-text.ts'

/** What a rule says of a candidate, part by part; made by {@link Specification.explain}. */
export type Explanation = {
  /** `unknown` where a missing value was compared; at the root it counts as no. */
  readonly satisfied: boolean | 'unknown'
  /** The part for people, such as `credit > 500`; at most about 200 characters. */
  readonly rule: string
  /** The value of the field that the part asks for; at most about 60 characters. Absent where parts are joined. */
  readonly found?: string
  /** Of `and`, `or` and `not`; otherwise empty. */
  readonly parts: readonly Explanation[]
}

export function explainRule<T>(fields: AnyFieldSet<T>, node: SpecificationNode, candidate: T): Explanation {
  const rule = ruleText(node)
  switch (node.op) {
    case 'and':
    case 'or': {
      const parts = node.args.map((arg) => explainRule(fields, arg, candidate))
      return { satisfied: joined(parts, node.op === 'or'), rule, parts }
    }
    case 'not': {
      const part = explainRule(fields, node.arg, candidate)
      return { satisfied: part.satisfied === 'unknown' ? 'unknown' : !part.satisfied, rule, parts: [part] }
    }
  }
  const found = show(fields.definition(node.field)?.valueIn(candidate))
  const is = (wanted: boolean): boolean => compileRule(fields, node, wanted)(candidate)
  return { satisfied: is(true) || (is(false) ? false : 'unknown'), rule, found, parts: [] }
}

/** One that decides is enough; otherwise one that is unknown makes all of them so. */
function joined(parts: readonly Explanation[], decisive: boolean): boolean | 'unknown' {
  if (parts.some(({ satisfied }) => satisfied === decisive)) return decisive
  return parts.some(({ satisfied }) => satisfied === 'unknown') ? 'unknown' : !decisive
}

/**
 * Lists the smallest parts that kept a rule from being satisfied, with what was found in their stead.
 *
 * @param explanation - of a candidate
 * @returns one text for each part; none when the rule is satisfied
 * @example
 * ```ts
 * import { defineFields, unmetRules } from '@ashlar/specification'
 *
 * const { credit, country } = defineFields<{ id: string; credit: number; country: string }>()(
 *   ({ text, number }) => ({
 *     id: text((customer) => customer.id),
 *     credit: number((customer) => customer.credit),
 *     country: text((customer) => customer.country),
 *   }),
 *   { id: 'id' },
 * ).fields
 *
 * const mayPayLater = credit.gt(500).and(country.in(['DE', 'GB']))
 * const explanation = mayPayLater.explain({ id: 'c-1', credit: 300, country: 'DE' })
 * console.log(unmetRules(explanation)) // [ 'credit > 500, found 300' ]
 * ```
 */
export function unmetRules({ satisfied, rule, found, parts }: Explanation): readonly string[] {
  if (satisfied === true) return []
  if (parts.length > 1) return parts.flatMap(unmetRules)
  const value = found ?? parts[0]?.found
  return [value === undefined ? rule : `${rule}, found ${value}`]
}
