import { peer } from '../peer.ts'
import type { Subject } from './subject.ts'
import { contextsOf, country, fiftyAges, percent, plans, weights } from './workloads.ts'

/** What is used of flagd, as far as it is used. */
type Flagd = {
  readonly FlagdCore: new (
    storage: undefined,
    logger: object,
  ) => {
    setConfigurations(json: string): unknown
    resolveBooleanEvaluation(key: string, fallback: boolean, context: object, logger: object): Resolved
    resolveStringEvaluation(key: string, fallback: string, context: object, logger: object): Resolved
  }
}
type Resolved = { readonly value: unknown }

/** flagd's core with its compiler, which is its faster way. */
export async function flagd(): Promise<Subject> {
  return subjectOf({
    constant: onOff({ defaultVariant: 'on' }),
    targeted: onOff({ targeting: { if: [asked(undefined), 'on', 'off'] } }),
    fifty: manyRules(fiftyAges),
    rollout: onOff({
      targeting: {
        fractional: [
          ['on', percent],
          ['off', 100 - percent],
        ],
      },
    }),
    variants: {
      state: 'ENABLED',
      variants: { a: 'a', b: 'b', c: 'c', d: 'd' },
      defaultVariant: 'a',
      targeting: { fractional: weights },
    },
  })
}

/** The same with a single flag, `fifty`, that has a rule for each age. */
export function flagdOf(ages: readonly number[]): Promise<Subject> {
  return subjectOf({ fifty: manyRules(ages) })
}

async function subjectOf(flags: object): Promise<Subject> {
  const { FlagdCore } = await peer<Flagd>('@openfeature/flagd-core')
  const core = new FlagdCore(undefined, silent)
  core.setConfigurations(JSON.stringify({ flags }))
  return {
    name: 'flagd-core, compiled',
    question: (key, users) => ({
      contexts: contextsOf(users),
      ask:
        key === 'variants'
          ? (context: object) => core.resolveStringEvaluation(key, 'x', context, silent).value
          : (context: object) => core.resolveBooleanEvaluation(key, false, context, silent).value,
      waits: false,
    }),
    close() {},
  }
}

function manyRules(ages: readonly number[]): object {
  return onOff({ targeting: { if: [...ages.flatMap((age) => [asked(age), 'on']), 'off'] } })
}

function onOff(rest: object): object {
  return { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...rest }
}

function asked(age: number | undefined): object {
  return {
    and: [
      { '==': [{ var: 'country' }, country] },
      { in: [{ var: 'plan' }, plans] },
      ...(age === undefined ? [] : [{ '>': [{ var: 'age' }, age] }]),
    ],
  }
}

const silent = { error() {}, warn() {}, info() {}, debug() {} }
