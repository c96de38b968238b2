import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { ExposureRecorder } from './exposure-recorder.ts'

const sink = { record: async () => {} }
const flags = defineFlags(
  { open: flag.boolean(), price: flag.variants({ low: 1, high: 2 }, { fallback: 'low' }) },
  { attributes: { tier: ['Basic', 'Gold'], age: 'number' } },
)
const evaluator = new FeatureFlagEvaluator(flags)
const recorder = new ExposureRecorder(evaluator, { sink, attributes: ['tier', 'environment'], unit: 'age' })
new ExposureRecorder(evaluator.snapshot(), { sink, attributes: ['tier'] })

recorder.value('price', { tier: 'Gold' }) satisfies 1 | 2
recorder.details('price', {}).variant satisfies 'low' | 'high' | undefined
recorder.enabled('open', {}) satisfies boolean

// @ts-expect-error an attribute that is not declared
new ExposureRecorder(evaluator, { sink, attributes: ['email'] })
// @ts-expect-error a unit that is not declared
new ExposureRecorder(evaluator, { sink, unit: 'email' })
// @ts-expect-error a flag that is not in the set
recorder.value('closed', {})
// @ts-expect-error a flag that is not boolean
recorder.enabled('price', {})
// @ts-expect-error an attribute of another kind
recorder.value('open', { tier: 'Silver' })
