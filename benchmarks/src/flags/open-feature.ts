import { peer } from '../peer.ts'
import { closures } from './by-hand.ts'
import type { Subject } from './subject.ts'
import { contextsOf, type FlagKey, type FlatContext, workloads } from './workloads.ts'

/** What is used of OpenFeature's server SDK, as far as it is used. */
type ServerSdk = {
  readonly OpenFeature: {
    setProviderAndWait(domain: string, provider: object): Promise<void>
    getClient(domain: string): Client
    close(): Promise<void>
  }
  readonly InMemoryProvider: new (flags: object) => object
}
type Client = {
  getBooleanValue(key: string, fallback: boolean, context: object): Promise<boolean>
  getStringValue(key: string, fallback: string, context: object): Promise<string>
}

/** OpenFeature's server SDK over its provider in memory, whose rules are those written by hand; it makes its callers wait. */
export async function openFeatureInMemory(): Promise<Subject> {
  const { InMemoryProvider } = await peer<ServerSdk>('@openfeature/server-sdk')
  const flags = Object.fromEntries(workloads.map(({ key }) => [key, flagOf(key)]))
  return throughOpenFeature('openfeature in memory, awaited', new InMemoryProvider(flags))
}

/** Asks a provider through OpenFeature's server SDK. */
export async function throughOpenFeature(name: string, provider: object): Promise<Subject> {
  const { OpenFeature } = await peer<ServerSdk>('@openfeature/server-sdk')
  await OpenFeature.setProviderAndWait(name, provider)
  const client = OpenFeature.getClient(name)
  return {
    name,
    question: (key, users) => ({
      contexts: contextsOf(users),
      ask:
        key === 'variants'
          ? (context: object) => client.getStringValue(key, 'x', context)
          : (context: object) => client.getBooleanValue(key, false, context),
      waits: true,
    }),
    close: () => OpenFeature.close(),
  }
}

function flagOf(key: FlagKey): object {
  const closure = closures[key]
  if (key === 'constant') return { variants: { on: true }, defaultVariant: 'on', disabled: false }
  if (key === 'variants')
    return {
      variants: { a: 'a', b: 'b', c: 'c', d: 'd' },
      defaultVariant: 'a',
      disabled: false,
      contextEvaluator: closure,
    }
  return {
    variants: { on: true, off: false },
    defaultVariant: 'off',
    disabled: false,
    contextEvaluator: (context: FlatContext) => (closure(context) ? 'on' : 'off'),
  }
}
