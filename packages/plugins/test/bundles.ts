import type { PluginSource } from '../src/load/plugin-source.ts'

/** A bundle that is in memory: its manifest, completed, and its text. */
export interface Bundle {
  readonly id: string
  readonly version?: string
  readonly points: readonly string[]
  readonly manifest?: object
  readonly source: string
}

/** A source of bundles, as the list has them at the time. */
export function bundleSource(bundles: readonly Bundle[]): PluginSource {
  return {
    name: 'bundles',
    find: async () =>
      bundles.map(({ id, version = '1.0.0', points, manifest, source }) => ({
        origin: `bundles/${id}`,
        manifest: {
          id,
          version,
          engine: '^1.0.0',
          api: 'demo/1',
          entry: 'plugin.cjs',
          contributes: Object.fromEntries(points.map((point) => [point, {}])),
          ...manifest,
        },
        code: { kind: 'bundle', file: `/bundles/${id}/plugin.cjs`, source },
      })),
  }
}
