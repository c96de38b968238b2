import { realpath } from 'node:fs/promises'
import type { Json, Logger } from '@ashlar/kernel'
import { FailureError } from '@ashlar/result'
import type { PluginDefinition } from '../contract/define-plugin.ts'
import type { ExtensionPoint, GivenTo } from '../contract/extension-point.ts'
import type { ProvidedService } from '../contract/service.ts'
import { objectSource } from '../load/object-source.ts'
import { lookAtFolder } from '../load/plugin-folder.ts'
import { PluginLoader } from '../load/plugin-loader.ts'
import type { PluginSource } from '../load/plugin-source.ts'
import type { CallResult } from '../manager/call-point.ts'
import type { CallOptions } from '../manager/manager-options.ts'
import { PluginManager } from '../manager/plugin-manager.ts'
import type { Isolation, PluginManifest } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from '../plan/plugin-limits.ts'
import type { UnloadProof } from '../run/unload-proof.ts'

/** Options of {@link openPluginHost}. */
export interface PluginHostOptions {
  /** The plugin under test: its definition, or the folder of a built one. */
  readonly plugin: PluginDefinition<unknown> | { readonly folder: string }
  /** The points of the host; a definition must contribute to each of them. */
  readonly points?: readonly ExtensionPoint[]
  /** The services of the host; all are granted. */
  readonly services?: readonly ProvidedService[]
  /** What the plugin is configured with. */
  readonly config?: Json
  /** How far away a built plugin runs; `trusted` unless told, as a definition always does. */
  readonly isolation?: Isolation
  /** What it may use. */
  readonly limits?: Partial<PluginLimits>
}

/** A line that a plugin has logged. */
export interface LoggedLine {
  /** How urgent it is. */
  readonly level: keyof Logger
  /** What it was about. */
  readonly fields: object
  /** What it says. */
  readonly message: string | undefined
}

/** A host with one plugin. */
export interface PluginHost extends AsyncDisposable {
  /** Calls a point, as a host would. */
  call<Point extends ExtensionPoint>(
    point: Point,
    input: GivenTo<Point>,
    options?: CallOptions,
  ): Promise<CallResult<Point>>
  /** What the plugin and its host have logged. */
  readonly lines: readonly LoggedLine[]
  /** What the plugin has tried and may not. */
  readonly denied: readonly string[]
  /**
   * Stops the plugin.
   *
   * @returns what did not go as it should, and whether the plugin is gone, which may take as long as the garbage
   *   collector does
   */
  unload(): Promise<{ readonly problems: readonly string[]; readonly proof: Promise<UnloadProof> }>
}

/**
 * Opens a host with one plugin, as an author's tests want it: whatever keeps the plugin from starting is thrown.
 *
 * @param options - `plugin`, `points`, `services`, `config`, `isolation`, `limits`
 * @returns the host; dispose of it when the test has finished
 * @throws FailureError of `@ashlar/result` with the failure for which the plugin did not start
 * @example
 * ```ts
 * import { definePlugin, extensionPoint } from '@ashlar/plugins/plugin'
 * import { openPluginHost } from '@ashlar/plugins/testing'
 * import * as v from 'valibot'
 *
 * const greetings = extensionPoint('demo.greetings', { input: v.string(), output: v.string(), mode: 'first' })
 * const plugin = definePlugin({
 *   activate: (context) => context.contribute(greetings, (name) => `Good day, ${name}`),
 * })
 *
 * await using host = await openPluginHost({ plugin, points: [greetings] })
 * console.log((await host.call(greetings, 'Ada')).unwrapOr('nobody answers')) // Good day, Ada
 * ```
 */
export async function openPluginHost(options: PluginHostOptions): Promise<PluginHost> {
  const { plugin, points = [], services = [], config, isolation = 'trusted', limits } = options
  const lines: LoggedLine[] = []
  const denied: string[] = []
  const source = 'folder' in plugin ? builtSource(plugin.folder) : definedSource(plugin, points, services)
  const manager = new PluginManager({
    loader: new PluginLoader({ sources: [source] }),
    engine: hostVersion,
    apis: [testApi],
    points,
    services,
    policy: ({ needs }) => ({
      isolation,
      grants: needs,
      ...(config !== undefined && { config }),
      ...(limits !== undefined && { limits }),
    }),
    logger: loggerOf(lines),
  })
  const reading = new AbortController()
  void keepDenied(manager, denied, reading.signal)
  const close = async () => {
    reading.abort()
    await manager.dispose()
  }

  const loaded = await manager.loadPlugins({ onFailure: 'abort' })
  if (loaded.isErr()) {
    await close()
    const { refusals, problems } = loaded.error
    throw new FailureError(refusals[0]?.failure ?? problems[0] ?? loaded.error)
  }
  const id = loaded.value.active[0] ?? ''
  return {
    call: (point, input, callOptions) => manager.call(point, input, callOptions),
    lines,
    denied,
    async unload() {
      const unloaded = await manager.unloadPlugin(id)
      if (unloaded.isErr()) throw new FailureError(unloaded.error)
      return unloaded.value
    },
    [Symbol.asyncDispose]: close,
  }
}

/** A plugin under test is written for whatever host tests it. */
const hostVersion = '1.0.0'
const testApi = 'test/1'

function definedSource(
  definition: PluginDefinition<unknown>,
  points: readonly ExtensionPoint[],
  services: readonly ProvidedService[],
): PluginSource {
  const manifest = {
    id: 'plugin-under-test',
    version: '1.0.0',
    engine: '*',
    api: testApi,
    needs: services.map(({ id }) => ({ kind: 'service', id })),
    contributes: Object.fromEntries(points.map(({ id }) => [id, {}])),
  }
  return objectSource([{ manifest, definition }])
}

/** The manifest's own engine and api are those of the host that it is meant for. */
function builtSource(folder: string): PluginSource {
  return {
    name: folder,
    async find() {
      const found = await lookAtFolder(await realpath(folder), folder, undefined)
      if (found === undefined) return []
      if (!('manifest' in found)) return [found]
      const manifest: unknown = found.manifest
      return [
        { ...found, manifest: isObject(manifest) ? { ...manifest, engine: '*', api: testApi } : manifest },
      ]
    },
  }
}

function isObject(value: unknown): value is Partial<PluginManifest> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function loggerOf(lines: LoggedLine[]): Logger {
  const write = (level: keyof Logger) => (fields: object, message?: string) =>
    void lines.push({ level, fields, message })
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') }
}

async function keepDenied(manager: PluginManager, denied: string[], signal: AbortSignal): Promise<void> {
  try {
    for await (const event of manager.events({ signal })) if (event.type === 'denied') denied.push(event.what)
  } catch {
    // The host has been disposed of.
  }
}
