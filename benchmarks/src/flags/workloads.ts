import type { DocumentedFlag, FlagDocument, FlagRule, FlagServe } from '@ashlar/feature-flags'

/** A question that each subject is asked, and how many times faster than each rival ours shall answer. */
export interface Workload {
  readonly name: string
  readonly key: FlagKey
  readonly besideRivals: number
}

/** The flags by the names that all subjects know them by. */
export type FlagKey = 'constant' | 'targeted' | 'fifty' | 'rollout' | 'variants'

export const workloads: readonly Workload[] = [
  { name: 'a', key: 'constant', besideRivals: 5 },
  { name: 'b', key: 'targeted', besideRivals: 10 },
  { name: 'c', key: 'fifty', besideRivals: 10 },
  { name: 'd', key: 'rollout', besideRivals: 7 },
  { name: 'e', key: 'variants', besideRivals: 10 },
]

/** Whom the flags are told for; each subject brings it into the shape of its own contexts beforehand. */
export interface User {
  readonly id: string
  readonly country: string
  readonly plan: string
  readonly age: number
}

/** As many users as are asked for in turn; the rules of `targeted` and `fifty` are true of each. */
export const users: readonly User[] = Array.from({ length: 1024 }, (_, index) => ({
  id: `user-${index * 7919 + 13}`,
  country: 'KR',
  plan: index % 2 === 0 ? 'enterprise' : 'pro',
  age: 1049.5,
}))

/** Users of whom some rules are true and some are not, to see that all subjects mean the same. */
export const otherUsers: readonly User[] = Array.from({ length: 64 }, (_, index) => ({
  id: `other-${index}`,
  country: ['KR', 'FR', 'kr', ''][index % 4] as string,
  plan: ['pro', 'free', 'enterprise', 'pro '][(index >> 2) % 4] as string,
  age: [1048.5, 1049, 2000.5, 2049.5][(index >> 4) % 4] as number,
}))

/** A user in the shape of OpenFeature's contexts, which ours are as well. */
export type FlatContext = Readonly<{ targetingKey: string; country: string; plan: string; age: number }>

export function contextsOf(asked: readonly User[]): readonly FlatContext[] {
  return asked.map(({ id, country, plan, age }) => ({ targetingKey: id, country, plan, age }))
}

export const country = 'KR'
export const plans: readonly string[] = ['pro', 'enterprise']
/** The weights of `variants`, in parts of 100. */
export const weights: readonly (readonly [variant: string, weight: number])[] = [
  ['a', 40],
  ['b', 30],
  ['c', 20],
  ['d', 10],
]
/** The share of `rollout`. */
export const percent = 30
export const fiftyAges: readonly number[] = agesOf(50)

/** The ages that so many rules ask for one after the other; only the last is below the users' age. */
export function agesOf(rules: number): readonly number[] {
  return Array.from({ length: rules }, (_, rule) => (rule === rules - 1 ? 1049 : 2000 + rule))
}

/** The flags in our own format. */
export const flagDocument: FlagDocument = documentOf({
  constant: { ...boolean('constant'), defaultVariant: 'on' },
  targeted: { ...boolean('targeted'), rules: [ruleFor(undefined)] },
  fifty: { ...boolean('fifty'), rules: fiftyAges.map(ruleFor) },
  rollout: { ...boolean('rollout'), fallthrough: { split: { on: percent, off: 100 - percent } } },
  variants: {
    ...boolean('variants'),
    type: 'string',
    variants: { a: 'a', b: 'b', c: 'c', d: 'd' },
    defaultVariant: 'a',
    fallthrough: { split: Object.fromEntries(weights) },
  },
})

/** A document with a single flag, `many`, that has a rule for each age. */
export function manyRulesDocument(ages: readonly number[]): FlagDocument {
  return documentOf({ many: { ...boolean('many'), rules: ages.map(ruleFor) } })
}

function documentOf(flags: FlagDocument['flags']): FlagDocument {
  return { version: 1, revision: 'bench', segments: {}, layers: {}, holdouts: {}, flags }
}

function boolean(salt: string): DocumentedFlag {
  return {
    enabled: true,
    type: 'boolean',
    variants: { on: true, off: false },
    defaultVariant: 'off',
    bucketing: { algorithm: 'murmur3-utf8/1', salt, by: 'targetingKey' },
    rules: [],
  }
}

function ruleFor(age: number | undefined, index = 0): FlagRule {
  const serve: FlagServe = { variant: 'on' }
  return {
    id: `rule-${index + 1}`,
    when: {
      all: [
        { attribute: 'country', operator: 'equals', value: country },
        { attribute: 'plan', operator: 'in', values: plans },
        ...(age === undefined ? [] : [{ attribute: 'age', operator: 'gt', value: age }]),
      ],
    },
    serve,
  }
}
