import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import type { FlagReader } from '../evaluate/flag-reader.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { flagDistribution } from './flag-distribution.ts'
import { overrideFlags } from './override-flags.ts'

const flags = defineFlags(
  {
    fast: flag.boolean(),
    size: flag.number({ fallback: 10 }),
    discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
  },
  { attributes: { country: 'string' } },
)
const evaluator = new FeatureFlagEvaluator(flags)

const reader: FlagReader<typeof flags> = overrideFlags(flags, { fast: true, size: 20, discount: 'low' })
const discount: 0 | 10 = overrideFlags(evaluator, { discount: 10 }).value('discount', { country: 'KR' })
flagDistribution(overrideFlags(reader, {}), 'fast', [{ targetingKey: 'u-1', country: 'KR' }])

// @ts-expect-error unknown flag
overrideFlags(flags, { unknown: true })
// @ts-expect-error a text is no answer of a boolean flag
overrideFlags(flags, { fast: 'on' })
// @ts-expect-error no such variant
overrideFlags(flags, { discount: 'high' })
// @ts-expect-error no variant has this value
overrideFlags(evaluator, { discount: 20 })
// @ts-expect-error unknown flag
flagDistribution(evaluator, 'unknown', [])
// @ts-expect-error unknown attribute
flagDistribution(evaluator, 'fast', [{ targetingKey: 'u-1', planet: 'Mars' }])

void discount
