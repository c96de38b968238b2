import { peer } from '../peer.ts'
import type { Subject } from './subject.ts'
import { country, fiftyAges, percent, plans, type User, weights } from './workloads.ts'

/** What is used of Unleash, as far as it is used. */
type UnleashModule = {
  readonly Unleash: new (
    options: object,
  ) => {
    on(event: 'error' | 'warn', listener: () => void): void
    once(event: 'ready', listener: () => void): void
    isEnabled(key: string, context: object): boolean
    getVariant(key: string, context: object): { readonly name: string }
    destroy(): void
  }
  readonly InMemStorageProvider: new () => object
}

/** Unleash's client, which is given its flags and asks no server. */
export async function unleash(): Promise<Subject> {
  const { Unleash, InMemStorageProvider } = await peer<UnleashModule>('unleash-client')
  const client = new Unleash({
    appName: 'benchmarks',
    url: 'http://localhost:9/',
    disableMetrics: true,
    refreshInterval: 0,
    skipInstanceCountWarning: true,
    storageProvider: new InMemStorageProvider(),
    bootstrap: { data: features },
  })
  client.on('error', () => {})
  client.on('warn', () => {})
  await new Promise<void>((resolve) => client.once('ready', resolve))
  return {
    name: 'unleash-client',
    question: (key, users) => ({
      contexts: users.map(contextOf),
      ask:
        key === 'variants'
          ? (context: object) => client.getVariant(key, context).name
          : (context: object) => client.isEnabled(key, context),
      waits: false,
    }),
    close: () => client.destroy(),
  }
}

function contextOf({ id, country, plan, age }: User): object {
  return { userId: id, properties: { country, plan, age: String(age) } }
}

const features = [
  feature('constant', []),
  feature('targeted', [constrained(undefined)]),
  feature('fifty', fiftyAges.map(constrained)),
  feature('rollout', [rollout('rollout', percent)]),
  feature(
    'variants',
    [rollout('variants', 100)],
    weights.map(([name, weight]) => ({
      name,
      weight: weight * 10,
      stickiness: 'userId',
      payload: { type: 'string', value: name },
    })),
  ),
]

function feature(name: string, strategies: readonly object[], variants: readonly object[] = []): object {
  return {
    name,
    type: 'release',
    enabled: true,
    stale: false,
    impressionData: false,
    project: 'default',
    strategies,
    variants,
  }
}

function constrained(age: number | undefined): object {
  return {
    name: 'default',
    parameters: {},
    constraints: [
      { contextName: 'country', operator: 'IN', values: [country] },
      { contextName: 'plan', operator: 'IN', values: plans },
      ...(age === undefined ? [] : [{ contextName: 'age', operator: 'NUM_GT', value: String(age) }]),
    ],
  }
}

function rollout(groupId: string, share: number): object {
  return {
    name: 'flexibleRollout',
    parameters: { rollout: String(share), stickiness: 'userId', groupId },
    constraints: [],
  }
}
