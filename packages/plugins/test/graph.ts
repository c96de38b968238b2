import type { PluginCode } from '../src/load/plugin-code.ts'
import type { DiscoveredPlugin, Discovery } from '../src/load/plugin-loader.ts'
import { parseManifest } from '../src/manifest/parse-manifest.ts'
import type { PluginHost } from '../src/plan/admit.ts'
import { leastManifest } from './manifests.ts'

/** A plugin that was found, whose manifest is as it should be, but for what is said. */
export function discovered(id: string, manifest: object = {}, code?: PluginCode): DiscoveredPlugin {
  const origin = `/plugins/${id}`
  return {
    manifest: parseManifest({ ...leastManifest, id, ...manifest }, origin)._unsafeUnwrap(),
    origin,
    code: code ?? { kind: 'bundle', file: `${origin}/plugin.cjs`, source: '' },
  }
}

export function found(...plugins: readonly DiscoveredPlugin[]): Discovery {
  return { plugins, refusals: [] }
}

/** A host that takes every plugin, but for what is said. */
export function hostOf(host: Partial<PluginHost> = {}): PluginHost {
  return {
    engine: '1.4.0',
    apis: ['demo/1'],
    points: new Set(['demo.greet']),
    services: new Set(['demo.ledger']),
    isolations: new Set(['trusted', 'worker', 'process']),
    policy: () => ({ isolation: 'trusted' }),
    ...host,
  }
}
