import type { JsonValue, Provider, ResolutionDetails } from '@openfeature/server-sdk'

type Resolve<Value> = () => Promise<ResolutionDetails<Value>>

/** Puts a cache in front of a provider, which says what it remembers as `CACHED`: ours has none, it asks no server. */
export function cached(provider: Provider): Provider {
  const known = new Map<string, ResolutionDetails<unknown>>()
  const remembered = async <Value>(key: string, resolve: Resolve<Value>) => {
    const before = known.get(key) as ResolutionDetails<Value> | undefined
    if (before !== undefined) return { ...before, reason: 'CACHED' }
    const resolution = await resolve()
    known.set(key, resolution)
    return resolution
  }
  return {
    metadata: { name: `cache before ${provider.metadata.name}` },
    runsOn: 'server',
    initialize: async () => provider.initialize?.(),
    onClose: async () => provider.onClose?.(),
    resolveBooleanEvaluation: (key, ...rest) =>
      remembered(key, () => provider.resolveBooleanEvaluation(key, ...rest)),
    resolveStringEvaluation: (key, ...rest) =>
      remembered(key, () => provider.resolveStringEvaluation(key, ...rest)),
    resolveNumberEvaluation: (key, ...rest) =>
      remembered(key, () => provider.resolveNumberEvaluation(key, ...rest)),
    resolveObjectEvaluation: <Value extends JsonValue>(
      key: string,
      ...rest: Parameters<Provider['resolveObjectEvaluation']> extends [string, ...infer Rest] ? Rest : never
    ) => remembered(key, () => provider.resolveObjectEvaluation(key, ...(rest as [Value, never, never]))),
  }
}
