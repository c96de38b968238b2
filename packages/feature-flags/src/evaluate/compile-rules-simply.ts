import { compileCondition } from './compile-condition.ts'
import type { CompileOptions } from './compile-options.ts'
import type { Decide, RuleToCompile } from './compile-serve.ts'

/** Decides by the first rule that is true and decides, rule by rule: for browsers, where little code counts for more. */
export function compileRules(rules: readonly RuleToCompile[], options: CompileOptions): Decide[] {
  return rules.map(({ when, serve: { decide } }) => {
    if (when === undefined) return decide
    const matches = compileCondition(when, options)
    return (context) => (matches(context) ? decide(context) : undefined)
  })
}
