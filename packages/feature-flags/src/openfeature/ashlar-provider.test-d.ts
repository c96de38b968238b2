import type { Provider } from '@openfeature/server-sdk'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { ExposureRecorder } from '../exposures/exposure-recorder.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { LiveFlags } from '../live/live-flags.ts'
import { objectSource } from '../sources/object-source.ts'
import { AshlarProvider } from './ashlar-provider.ts'
import { exposureHook } from './exposure-hook.ts'

const flags = defineFlags({ open: flag.boolean() }, { attributes: { tier: ['Basic', 'Gold'] } })
const evaluator = new FeatureFlagEvaluator(flags)
const source = objectSource({ version: 1, flags: {} })

new AshlarProvider(evaluator) satisfies Provider
new AshlarProvider(evaluator.snapshot())
new AshlarProvider(() => LiveFlags.open(flags, { source }))
declare const live: LiveFlags<typeof flags>
new AshlarProvider(live)
exposureHook(new ExposureRecorder(live.evaluator, { sink: { record: async () => {} } }))

// @ts-expect-error a document is no evaluator
new AshlarProvider({ version: 1, flags: {} })
// @ts-expect-error a Result is not opened yet
new AshlarProvider(LiveFlags.open(flags, { source }))
