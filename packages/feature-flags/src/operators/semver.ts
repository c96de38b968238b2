/**
 * Operators on versions, for evaluators that need them.
 *
 * @packageDocumentation
 */
import type { ConditionOperator } from './operator.ts'
import { compareVersions, isVersion } from './semver/version.ts'

/**
 * The operators `semver_equals`, `semver_gt`, `semver_gte`, `semver_lt` and `semver_lte`: the order of versions.
 *
 * A version is `1.2.3`, `1.2.3-rc.1` or `1.2.3+build`; what is none, such as `v1.2.3` or `1.2`, can't be asked: a
 * condition on it is neither true nor false.
 *
 * @see Semantic Versioning 2.0.0, https://semver.org
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 * import { semver } from '@ashlar/feature-flags/operators/semver'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() }, { attributes: { app: 'string' } })
 * const isNewApp = { attribute: 'app', operator: 'semver_gte', value: '2.1.0' }
 * const document = parseFlagDocument(
 *   {
 *     version: 1,
 *     flags: {
 *       'new-checkout': { enabled: true, type: 'boolean', defaultVariant: 'off', rules: [{ when: isNewApp, serve: 'on' }] },
 *     },
 *   },
 *   { operators: semver },
 * )
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(flags, { document: document.value, operators: semver })
 * console.log(evaluator.enabled('new-checkout', { app: '2.10.0' })) // true
 * console.log(evaluator.enabled('new-checkout', { app: '2.1.0-rc.1' })) // false
 * ```
 */
export const semver: readonly ConditionOperator[] = [
  operator('semver_equals', (order) => order === 0),
  operator('semver_gt', (order) => order > 0),
  operator('semver_gte', (order) => order >= 0),
  operator('semver_lt', (order) => order < 0),
  operator('semver_lte', (order) => order <= 0),
]

function operator(name: string, holds: (order: number) => boolean): ConditionOperator {
  return {
    name,
    operand: 'value',
    attributes: ['string'],
    expects: (operand) => (isVersion(operand) ? undefined : 'a version'),
    test:
      ([than]) =>
      (value) =>
        isVersion(value) ? holds(compareVersions(value, than as string)) : undefined,
  }
}
