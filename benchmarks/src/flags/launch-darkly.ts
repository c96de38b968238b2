import { peer } from '../peer.ts'
import type { Subject } from './subject.ts'
import { country, fiftyAges, percent, plans, weights } from './workloads.ts'

/** What is used of LaunchDarkly, as far as it is used. */
type LaunchDarklySdk = { init(key: string, options: object): LaunchDarklyClient }
type LaunchDarklyClient = {
  waitForInitialization(options: { readonly timeout: number }): Promise<unknown>
  boolVariation(key: string, context: object, fallback: boolean): Promise<boolean>
  stringVariation(key: string, context: object, fallback: string): Promise<string>
  close(): void
}
type Integrations = {
  readonly TestData: new () => { usePreconfiguredFlag(flag: object): unknown; getFactory(): unknown }
}

/** LaunchDarkly's server SDK, which is given its flags and asks no server; it makes its callers wait. */
export async function launchDarkly(): Promise<Subject> {
  const { init } = await peer<LaunchDarklySdk>('@launchdarkly/node-server-sdk')
  const { TestData } = await peer<Integrations>('@launchdarkly/node-server-sdk/integrations')
  const data = new TestData()
  for (const flag of flags) data.usePreconfiguredFlag(flag)
  const client = init('no-key', {
    updateProcessor: data.getFactory(),
    sendEvents: false,
    diagnosticOptOut: true,
    logger: { error() {}, warn() {}, info() {}, debug() {} },
  })
  await client.waitForInitialization({ timeout: 5 })
  return {
    name: 'launchdarkly, awaited',
    question: (key, users) => ({
      contexts: users.map(({ id, ...attributes }) => ({ kind: 'user', key: id, ...attributes })),
      ask:
        key === 'variants'
          ? (context: object) => client.stringVariation(key, context, 'x')
          : (context: object) => client.boolVariation(key, context, false),
      waits: true,
    }),
    close: () => client.close(),
  }
}

const flags = [
  flag('constant', { fallthrough: { variation: 0 } }),
  flag('targeted', { rules: [rule(undefined)] }),
  flag('fifty', { rules: fiftyAges.map(rule) }),
  flag('rollout', {
    fallthrough: rollout([
      { variation: 0, weight: percent * 1000 },
      { variation: 1, weight: (100 - percent) * 1000 },
    ]),
  }),
  flag('variants', {
    variations: weights.map(([variant]) => variant),
    fallthrough: rollout(weights.map(([, weight], variation) => ({ variation, weight: weight * 1000 }))),
  }),
]

function flag(key: string, rest: object): object {
  return {
    key,
    version: 1,
    on: true,
    salt: key,
    offVariation: 1,
    variations: [true, false],
    fallthrough: { variation: 1 },
    prerequisites: [],
    targets: [],
    rules: [],
    ...rest,
  }
}

function rollout(variations: readonly object[]): object {
  return { rollout: { contextKind: 'user', variations } }
}

function rule(age: number | undefined, index = 0): object {
  return {
    id: `rule-${index + 1}`,
    clauses: [
      clause('country', 'in', [country]),
      clause('plan', 'in', plans),
      ...(age === undefined ? [] : [clause('age', 'greaterThan', [age])]),
    ],
    variation: 0,
  }
}

function clause(attribute: string, op: string, values: readonly unknown[]): object {
  return { attribute, op, values, contextKind: 'user', negate: false }
}
