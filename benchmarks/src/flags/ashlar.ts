import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
import type { Subject } from './subject.ts'
import { contextsOf, type FlagKey, type FlatContext, flagDocument } from './workloads.ts'

const flags = defineFlags({
  constant: flag.boolean(),
  targeted: flag.boolean(),
  fifty: flag.boolean(),
  rollout: flag.boolean(),
  variants: flag.string({ fallback: 'a' }),
})

/** The evaluator that has all workloads. */
export const evaluator: FeatureFlagEvaluator<typeof flags> = new FeatureFlagEvaluator(flags, {
  document: flagDocument,
})

/** Asks by `value`. */
export const ours: Subject = asking((reader, key) => (context) => reader.value(key, context))

/** Asks by `details`. */
export const ourDetails: Subject = asking((reader, key) => (context) => reader.details(key, context).value)

/** Holds the evaluator itself, as a closure holds its constants: to read it from a module takes time of its own. */
function asking(
  questionOf: (reader: typeof evaluator, key: FlagKey) => (context: FlatContext) => unknown,
): Subject {
  return {
    name: 'ashlar',
    question: (key, users) => ({
      contexts: contextsOf(users),
      ask: questionOf(evaluator, key),
      waits: false,
    }),
    close() {},
  }
}
