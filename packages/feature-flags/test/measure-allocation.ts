/** Prints how many bytes of heap each way of asking takes per call; run by itself, without a collection in between. */
import { defineFlags, FeatureFlagEvaluator, type FlagRule, flag } from '@ashlar/feature-flags'
import { documentOf, everybody, onOff } from './flag-document.ts'

const calls = 1_000_000
const users = Array.from({ length: 1_024 }, (_, at) => ({
  targetingKey: at % 4 === 0 ? `사용자-${at}` : `user-${at}`,
  country: at % 2 === 0 ? 'KR' : 'FR',
  plan: at % 3 === 0 ? 'pro' : 'free',
  age: at % 90,
  timestamp: new Date(1_800_000_000_000 + at),
}))

const isPro = { attribute: 'plan', operator: 'equals', value: 'pro' } as const
const fifty = Array.from({ length: 50 }, (_, at): FlagRule => {
  const country = { attribute: 'country', operator: 'equals', value: at === 49 ? 'KR' : `C${at}` } as const
  return {
    id: `rule-${at}`,
    when: { all: [country, isPro, { attribute: 'age', operator: 'gte', value: 18 }] },
    serve: { variant: 'on' },
  }
})

const flags = defineFlags({
  constant: flag.boolean(),
  oneRule: flag.boolean(),
  fiftyRules: flag.boolean(),
  rollout: flag.boolean(),
  fourVariants: flag.string({ fallback: 'a' }),
  guarded: flag.boolean(),
  ramp: flag.boolean(),
  missing: flag.boolean(),
})
const variants = { a: 'a', b: 'b', c: 'c', d: 'd' }
const evaluator = new FeatureFlagEvaluator(flags, {
  document: documentOf(
    {
      constant: onOff({ defaultVariant: 'on' }),
      oneRule: onOff({
        rules: [
          {
            id: 'kr-pro',
            when: { all: [{ attribute: 'country', operator: 'equals', value: 'KR' }, isPro] },
            serve: { variant: 'on' },
          },
        ],
      }),
      fiftyRules: onOff({ rules: fifty }),
      rollout: onOff({ rules: [everybody({ split: { on: 30, off: 70 } })] }),
      fourVariants: {
        enabled: true,
        type: 'string',
        variants,
        bucketing: onOff().bucketing,
        rules: [everybody({ split: { a: 25, b: 25, c: 25, d: 25 } })],
      },
      guarded: onOff({
        overrides: {
          'user-1': { variant: 'on', until: '2027-01-15T00:00:00.000Z' },
          'user-2': { variant: 'on' },
        },
        schedule: { from: '2026-01-01T00:00:00.000Z' },
        prerequisites: [{ flag: 'oneRule', in: ['on', 'off'] }],
        holdout: 'few',
        layer: { id: 'shared', range: [1_000, 10_000] },
        rules: [everybody({ split: { on: 1, off: 1 } })],
      }),
      ramp: onOff({
        rules: [
          everybody({
            ramp: {
              variant: 'on',
              from: 0,
              to: 100,
              start: '2026-01-01T00:00:00.000Z',
              end: '2028-01-01T00:00:00.000Z',
            },
          }),
        ],
      }),
    },
    {
      holdouts: { few: { weight: 5, of: 100, salt: 'few', by: 'targetingKey' } },
      layers: { shared: { salt: 'shared', by: 'targetingKey' } },
    },
  ),
})

const booleans = ['constant', 'oneRule', 'fiftyRules', 'rollout', 'guarded', 'ramp', 'missing'] as const
const ways: { readonly [name: string]: (user: (typeof users)[number]) => unknown } = {
  ...Object.fromEntries(
    booleans.flatMap((key) => [
      [`value of ${key}`, (user: (typeof users)[number]) => evaluator.value(key, user)],
      [`enabled of ${key}`, (user: (typeof users)[number]) => evaluator.enabled(key, user)],
      [`details of ${key}`, (user: (typeof users)[number]) => evaluator.details(key, user)],
    ]),
  ),
  'value of fourVariants': (user) => evaluator.value('fourVariants', user),
  'details of fourVariants': (user) => evaluator.details('fourVariants', user),
  'an object made each time': (user) => ({ user }),
}

let kept: unknown
function ask(way: (user: (typeof users)[number]) => unknown): void {
  for (let call = 0; call < calls; call++) kept = way(users[call & 1_023] as (typeof users)[number])
}

const bytes: { [name: string]: number } = {}
for (const [name, way] of Object.entries(ways)) {
  ask(way)
  ask(way)
  globalThis.gc?.()
  const before = process.memoryUsage().heapUsed
  ask(way)
  bytes[name] = (process.memoryUsage().heapUsed - before) / calls
}
console.log(JSON.stringify({ bytes, last: typeof kept }))
