import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { FeatureFlagService } from './feature-flag-service.ts'

const flags = defineFlags(
  {
    fast: flag.boolean(),
    discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
  },
  { attributes: { country: 'string' } },
)
const evaluator = new FeatureFlagEvaluator(flags)
const users = { current: () => ({ id: 'u-1' }) }
const features = new FeatureFlagService(evaluator, { users })
new FeatureFlagService(evaluator.snapshot(), { users, toContext: ({ user }) => ({ targetingKey: user?.id }) })

const on: Promise<boolean> = features.isEnabled('fast', { userId: 'u-2', signal: AbortSignal.timeout(1) })
const discount: Promise<0 | 10> = features.getVariant('discount')
const variant: Promise<'control' | 'low' | undefined> = features
  .getContext('discount')
  .then(({ details }) => details.variant)
const country: Promise<string | undefined> = features
  .getContext('discount')
  .then(({ context }) => context?.country)

// @ts-expect-error unknown feature
void features.isEnabled('unknown')
// @ts-expect-error not a boolean flag
void features.isEnabled('discount')
// @ts-expect-error unknown feature
void features.getVariant('unknown')
// @ts-expect-error unknown feature
void features.getContext('unknown')
// @ts-expect-error an undeclared attribute
new FeatureFlagService(evaluator, { users, toContext: () => ({ planet: 'Mars' }) })
// @ts-expect-error nobody tells who is asking
new FeatureFlagService(evaluator, {})

void [on, discount, variant, country]
