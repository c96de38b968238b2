import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
import type { Subject } from './subject.ts'
import { contextsOf, type FlatContext, flagDocument } from './workloads.ts'

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
export const ours: Subject = {
  name: 'ashlar',
  question: (key, users) => ({
    contexts: contextsOf(users),
    ask: (context: FlatContext) => evaluator.value(key, context),
    waits: false,
  }),
  close() {},
}

/** Asks by `details`. */
export const ourDetails: Subject = {
  ...ours,
  question: (key, users) => ({
    ...ours.question(key, users),
    ask: (context: FlatContext) => evaluator.details(key, context).value,
  }),
}
