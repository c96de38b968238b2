import { type Clock, systemClock } from '@ashlar/kernel'
import type { FlagDocument } from '../document/flag-document.ts'
import type { FlagSet } from '../flags/flag-set.ts'
import { commonTests } from '../operators/common-tests.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { compileDocument } from './compile-document.ts'
import { FlagSnapshot } from './flag-snapshot.ts'

/** Options of {@link FeatureFlagEvaluator}. */
export interface EvaluatorOptions {
  /** The document to begin with; without it each flag is its fallback until {@link FeatureFlagEvaluator.use}. */
  readonly document?: FlagDocument | undefined
  /** Tells the time to schedules, ramps and conditions on `timestamp` where the context doesn't; the machine's unless told. */
  readonly clock?: Clock
  /** Operators beside the built-in ones, such as `semver`, `cidr` and `regex`; none takes the place of a built-in one. */
  readonly operators?: readonly ConditionOperator[]
}

/**
 * Tells flags by a document: typed by the set of flags, synchronous, without allocating, and never throwing.
 *
 * What can be known without a context is worked out when a document is taken; asking is then a look into a table and a
 * few comparisons. A draw is MurmurHash3 over the UTF-8 of the user's id, seeded by the flag's salt: the same user gets
 * the same answer in every process, and a share that grows loses nobody.
 *
 * @example
 * ```ts
 * import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 *
 * const flags = defineFlags({ 'new-checkout': flag.boolean() }, { attributes: { country: 'string' } })
 * const document = parseFlagDocument({
 *   version: 1,
 *   flags: {
 *     'new-checkout': {
 *       enabled: true,
 *       type: 'boolean',
 *       defaultVariant: 'off',
 *       rules: [
 *         { id: 'kr', when: { attribute: 'country', operator: 'equals', value: 'KR' }, serve: { split: { on: 20, off: 80 } } },
 *       ],
 *     },
 *   },
 * })
 * if (document.isErr()) throw new Error(document.error.message)
 *
 * const evaluator = new FeatureFlagEvaluator(flags, { document: document.value })
 * console.log(evaluator.enabled('new-checkout', { targetingKey: 'u-1', country: 'FR' })) // false
 * console.log(evaluator.details('new-checkout', { targetingKey: 'u-1', country: 'KR' }).reason) // SPLIT
 * ```
 */
export class FeatureFlagEvaluator<in out Flags extends FlagSet> extends FlagSnapshot<Flags> {
  readonly #clock: Clock
  readonly #operators: ReadonlyMap<string, ConditionOperator['test']>

  /**
   * @param flags - made by {@link defineFlags}
   * @param options - document, clock and operators
   * @throws TypeError for a document that was not checked and can't be compiled
   */
  constructor(flags: Flags, { document, clock = systemClock, operators = [] }: EvaluatorOptions = {}) {
    const tests = new Map([
      ...operators.map((each) => [each.name, each.test.bind(each)] as const),
      ...commonTests,
    ])
    super(flags, compileDocument(flags, document, clock, tests))
    this.#clock = clock
    this.#operators = tests
  }

  /**
   * Takes another document: who asks afterwards is told by it, whole, and snapshots keep theirs.
   *
   * @throws TypeError for a document that was not checked and can't be compiled; the one before stays in force
   */
  use(document: FlagDocument): void {
    this.take(compileDocument(this.flags, document, this.#clock, this.#operators))
  }
}
