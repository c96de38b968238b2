/** What must and what must not compile; read by tsc alone. */
import {
  type BooleanFlagKey,
  type ContextOf,
  defineFlags,
  FeatureFlagEvaluator,
  type FlagKey,
  type FlagReader,
  type FlagValue,
  type FlagVariant,
  flag,
} from '@ashlar/feature-flags'

type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const is = <T extends true>(): T => true as T

type Banner = { title: string }
const isBanner = (value: unknown): value is Banner => typeof (value as Banner | null)?.title === 'string'

const flags = defineFlags(
  {
    'new-checkout': flag.boolean(),
    'pay-by-card': flag.boolean({ fallback: true }),
    'page-size': flag.number({ fallback: 20 }),
    greeting: flag.string({ fallback: 'Hello' }),
    discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
    theme: flag.variants({ on: true, off: false }, { fallback: 'off' }),
    banner: flag.json(isBanner, { fallback: { title: 'Welcome' } }),
  },
  {
    attributes: {
      tier: ['Basic', 'Gold'],
      age: 'number',
      country: 'string',
      beta: 'boolean',
      since: 'date',
      roles: 'strings',
      sizes: 'numbers',
    },
  },
)
const evaluator = new FeatureFlagEvaluator(flags)
type Flags = typeof flags
const someone = { targetingKey: 'u-1' }

// flags
is<Equal<BooleanFlagKey<Flags>, 'new-checkout' | 'pay-by-card' | 'theme'>>()
is<Equal<FlagKey<Flags>, keyof (typeof flags)['definitions']>>()
evaluator.value('new-checkout', someone)
// @ts-expect-error no such flag
evaluator.value('new-chekout', someone)
// @ts-expect-error no such flag
evaluator.details('new-chekout', someone)
// @ts-expect-error no such flag
evaluator.enabled('new-chekout', someone)
// @ts-expect-error a number is neither on nor off
evaluator.enabled('page-size', someone)
// @ts-expect-error a variant of numbers is neither on nor off
evaluator.enabled('discount', someone)
evaluator.enabled('theme', someone)
evaluator.evaluate('any text', null)

// values, as literal as the code has them
is<Equal<FlagValue<Flags, 'new-checkout'>, boolean>>()
is<Equal<FlagValue<Flags, 'page-size'>, number>>()
is<Equal<FlagValue<Flags, 'greeting'>, string>>()
is<Equal<FlagValue<Flags, 'discount'>, 0 | 10>>()
is<Equal<FlagValue<Flags, 'banner'>, Banner>>()
const discount: 0 | 10 = evaluator.value('discount', someone)
// @ts-expect-error no variant has this value
const wrongDiscount: 0 | 20 = evaluator.value('discount', someone)
// @ts-expect-error a boolean flag is no text
const wrongText: string = evaluator.value('new-checkout', someone)

// variants
is<Equal<FlagVariant<Flags, 'discount'>, 'control' | 'low'>>()
is<Equal<FlagVariant<Flags, 'greeting'>, string>>()
const details = evaluator.details('discount', someone)
const isLow: boolean = details.variant === 'low'
// @ts-expect-error no such variant
const isHigh: boolean = details.variant === 'high'
if (details.ok) is<Equal<typeof details.failure, undefined>>()
else is<Equal<typeof details.reason, 'ERROR'>>()
// @ts-expect-error the fallback is no variant
flag.variants({ control: 0, low: 10 }, { fallback: 'high' })
// @ts-expect-error variants are JSON
flag.variants({ now: new Date() }, { fallback: 'now' })
// @ts-expect-error the fallback of a number is a number
flag.number({ fallback: '20' })
// @ts-expect-error a text needs a fallback
flag.string()
// @ts-expect-error the fallback is not what is accepted
flag.json(isBanner, { fallback: { tilte: 'Welcome' } })

// contexts
evaluator.value('discount', {
  tier: 'Gold',
  age: 30,
  country: 'KR',
  beta: true,
  roles: ['admin'],
  sizes: [1],
})
evaluator.value('discount', { since: '2026-01-01T00:00:00Z', timestamp: new Date('2026-01-01') })
evaluator.value('discount', { since: new Date('2026-01-01'), environment: 'staging', tier: undefined })
evaluator.value('discount', {})
// @ts-expect-error no such attribute
evaluator.value('discount', { plan: 'pro' })
// @ts-expect-error not one of the tiers
evaluator.value('discount', { tier: 'Silver' })
// @ts-expect-error an age is a number
evaluator.value('discount', { age: '30' })
// @ts-expect-error roles are a list
evaluator.enabled('new-checkout', { roles: 'admin' })
// @ts-expect-error a moment is no number
evaluator.details('discount', { since: 0 })
// @ts-expect-error ids are texts
evaluator.value('discount', { targetingKey: 1 })
// @ts-expect-error there must be a context
evaluator.value('discount')
// @ts-expect-error no such kind of attribute
defineFlags({}, { attributes: { age: 'bigint' } })
is<Equal<ContextOf<Flags>['tier'], 'Basic' | 'Gold' | undefined>>()

// without declared attributes everything is allowed, but the standard ones keep their kinds
const open = new FeatureFlagEvaluator(defineFlags({ a: flag.boolean() }))
open.value('a', { plan: 'pro', anything: { at: ['all'] } })
// @ts-expect-error ids are texts
open.value('a', { targetingKey: 1 })
// @ts-expect-error a moment is a Date
open.value('a', { timestamp: '2026-01-01' })

// who takes an evaluator or a snapshot of just these flags
class Checkout {
  readonly #evaluator: FeatureFlagEvaluator<Flags>
  constructor(asked: FeatureFlagEvaluator<Flags>) {
    this.#evaluator = asked
  }
  discountFor(customer: string): 0 | 10 {
    return this.#evaluator.value('discount', { targetingKey: customer })
  }
}
new Checkout(evaluator)
// @ts-expect-error an evaluator of other flags
new Checkout(open)
const snapshot: FlagReader<Flags> = evaluator.snapshot()
const fromSnapshot: 0 | 10 = snapshot.value('discount', someone)

// who asks for one flag is served by whoever tells more, for the same attributes
const fewer = defineFlags({ a: flag.boolean() })
const more = new FeatureFlagEvaluator(defineFlags({ a: flag.boolean(), b: flag.boolean() }))
const reader: FlagReader<typeof fewer> = more
const asReader: FlagReader<typeof fewer> = more.snapshot()
// @ts-expect-error whoever has fewer flags can't tell more
const tooFew: FlagReader<typeof more.flags> = new FeatureFlagEvaluator(fewer)

export const kept = [
  discount,
  wrongDiscount,
  wrongText,
  isLow,
  isHigh,
  fromSnapshot,
  reader,
  asReader,
  tooFew,
]

// @ts-expect-error the variants of a flag are of one kind
flag.variants({ a: 0, b: 'x' }, { fallback: 'a' })
// @ts-expect-error null is of no kind
flag.variants({ a: null }, { fallback: 'a' })
