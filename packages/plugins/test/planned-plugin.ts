import type { Json, Logger } from '@ashlar/kernel'
import type { PluginCode } from '../src/load/plugin-code.ts'
import { defaultLimits } from '../src/plan/plugin-limits.ts'
import type { PlannedPlugin } from '../src/plan/plugin-plan.ts'
import type { HostSide } from '../src/run/runner.ts'

interface Wishes {
  /** What its manifest contributes to; one point unless told. */
  readonly points?: readonly string[]
  readonly config?: Json
}

/** A plugin that may start, of any code. */
export function plannedPlugin(
  code: PluginCode,
  { points = ['demo.numbers'], config }: Wishes = {},
): PlannedPlugin {
  return {
    manifest: {
      id: 'demo.plugin',
      version: '1.0.0',
      engine: '*',
      api: 'demo/1',
      entry: 'plugin.cjs',
      dependsOn: new Map(),
      optional: new Map(),
      isolation: undefined,
      needs: [],
      contributes: new Map(points.map((point) => [point, {}])),
      integrity: undefined,
      signature: undefined,
    },
    origin: '/plugins/demo',
    code,
    isolation: 'trusted',
    grants: [],
    config,
    limits: defaultLimits,
    after: [],
  }
}

/** A plugin that may start, of the text of a bundle. */
export function plannedBundle(source: string, wishes: Wishes = {}): PlannedPlugin {
  return plannedPlugin({ kind: 'bundle', file: '/plugins/demo/plugin.cjs', source }, wishes)
}

/** A host that offers no services and keeps what it is told. */
export function hostSide(): HostSide & { readonly lines: unknown[][] } {
  const lines: unknown[][] = []
  const write =
    (level: string) =>
    (...line: unknown[]) =>
      void lines.push([level, ...line])
  const log: Logger = {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
  }
  return {
    lines,
    log,
    services: new Set(),
    serve: () => Promise.reject(new Error('no service')),
    denied: (what) => void lines.push(['denied', what]),
    crashed: (failure) => void lines.push(['crashed', failure]),
  }
}
