import type { PluginDefinition } from '../contract/define-plugin.ts'
import type { PluginSource } from './plugin-source.ts'

/** A plugin that the host has in memory; see {@link objectSource}. */
export interface GivenPlugin {
  /** What its `plugin.json` would hold; it needs no `entry`. */
  readonly manifest: unknown
  /** Its code. */
  readonly definition: PluginDefinition<unknown>
}

/**
 * Plugins that the host has in memory already, for its own and for tests. They only run `trusted`.
 *
 * @param plugins - each with its manifest and definition
 * @returns the source, for a {@link PluginLoader}
 * @example
 * ```ts
 * import { objectSource, PluginLoader } from '@ashlar/plugins'
 * import { definePlugin } from '@ashlar/plugins/plugin'
 *
 * const quiet = {
 *   manifest: { id: 'quiet', version: '1.0.0', engine: '*', api: 'demo/1' },
 *   definition: definePlugin({ activate() {} }),
 * }
 * const { plugins } = await new PluginLoader({ sources: [objectSource([quiet])] }).discover()
 * console.log(plugins.map(({ manifest }) => manifest.id)) // [ 'quiet' ]
 * ```
 */
export function objectSource(plugins: readonly GivenPlugin[]): PluginSource {
  const given = [...plugins]
  return {
    name: 'memory',
    find: async () =>
      given.map(({ manifest, definition }, at) => ({
        origin: `memory[${at}]`,
        manifest,
        code: { kind: 'object', definition },
      })),
  }
}
