import { defineFlags, FeatureFlagEvaluator, flag } from '@ashlar/feature-flags'
import { chainOf } from './flags/by-hand.ts'
import { flagdOf } from './flags/flagd.ts'
import { asking, type Question, repeating } from './flags/subject.ts'
import { agesOf, contextsOf, type FlatContext, manyRulesDocument, users } from './flags/workloads.ts'
import { compare } from './harness.ts'

const rules = 2000
const ages = agesOf(rules)
const evaluator = new FeatureFlagEvaluator(defineFlags({ many: flag.boolean() }), {
  document: manyRulesDocument(ages),
})
const contexts = contextsOf(users)
const ours: Question = {
  contexts,
  ask: (context: FlatContext) => evaluator.value('many', context),
  waits: false,
}
const byHand: Question = { contexts, ask: chainOf(ages), waits: false }
const flagd = await flagdOf(ages)
mustBeTrue(ours)
mustBeTrue(byHand)
mustBeTrue(flagd.question('fifty', users))

const bench = `flags/rules-${rules}`
await compare({
  bench,
  baseline: flagd.name,
  goal: 100,
  ours: repeating(ours),
  theirs: asking(flagd, 'fifty'),
})
await compare({
  bench,
  baseline: 'chain of ifs written by hand',
  ours: repeating(ours),
  theirs: repeating(byHand),
})

/** The last rule is true of each user. */
function mustBeTrue({ contexts, ask }: Question): void {
  const told = (ask as (context: unknown) => unknown)(contexts[0])
  if (told !== true) throw new Error(`the last rule must be found, found ${told}`)
}
