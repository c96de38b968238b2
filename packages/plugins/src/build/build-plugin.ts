import type { KeyObject } from 'node:crypto'
import { join, resolve } from 'node:path'
import { err, ok, type Result } from '@ashlar/result'
import { integrityOf } from '../load/integrity.ts'
import { signManifest } from '../load/signature.ts'
import { parseManifest } from '../manifest/parse-manifest.ts'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import type { BuildFailure } from './build-failure.ts'
import { builtEntry, builtManifest } from './built-names.ts'
import { bundle } from './bundle.ts'
import { readSource } from './read-source.ts'
import { writePlugin } from './write-plugin.ts'

/** Options of {@link buildPlugin}. */
export interface BuildOptions {
  /** Where the plugin's sources lie, with a `plugin.json` whose `entry` names the first of them. */
  readonly folder: string
  /** Where the built plugin goes; the folder `dist` of its sources unless told. */
  readonly outFolder?: string
  /** Signs the manifest: an Ed25519 key, or its PEM. */
  readonly privateKey?: KeyObject | string
  /** Conditions of package.json's `exports` that count beside Node's own; none unless told. */
  readonly conditions?: readonly string[]
  /** Gives up; nothing is written then. */
  readonly signal?: AbortSignal
}

/** A plugin as hosts load it. */
export interface BuiltPlugin {
  /** Where it lies. */
  readonly folder: string
  /** What its `plugin.json` says, with hash and signature. */
  readonly manifest: PluginManifest
  /** The bytes of its code. */
  readonly bytes: number
}

/**
 * Builds a plugin: bundles its sources to one file, and writes it beside a manifest with its hash. The same sources give
 * the same bytes.
 *
 * @param options - `folder`, `outFolder`, `privateKey`, `conditions`, `signal`
 * @returns the plugin, or why it was not built: `PluginUnreadable`, `PluginPathUnsafe`, `ManifestInvalid`, `BundleFailed`,
 *   `PluginUnwritable`
 * @throws {@link EsbuildMissingError}; `InvalidPluginOptionError` for a key that can't sign; the signal's reason;
 *   what esbuild throws when it can't run
 * @example
 * ```ts
 * import { mkdtemp, writeFile } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { buildPlugin } from '@ashlar/plugins/build'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'plugin-'))
 * const manifest = { id: 'quiet', version: '1.0.0', engine: '*', api: 'demo/1', entry: 'main.ts' }
 * await writeFile(join(folder, 'plugin.json'), JSON.stringify(manifest))
 * await writeFile(join(folder, 'main.ts'), 'export default { activate(): void {} }')
 *
 * const built = await buildPlugin({ folder })
 * console.log(built.isOk() && built.value.manifest.entry) // plugin.cjs
 * ```
 */
export async function buildPlugin(options: BuildOptions): Promise<Result<BuiltPlugin, BuildFailure>> {
  const { privateKey, conditions = [], signal } = options
  signal?.throwIfAborted()
  const source = await readSource(options.folder)
  if (source.isErr()) return err(source.error)
  const { folder, json, entry } = source.value
  const bundled = await bundle(folder, entry, conditions)
  signal?.throwIfAborted()
  if (bundled.isErr()) return err(bundled.error)

  const { text, inputs } = bundled.value
  const { signature: _, ...unsigned } = json
  const hashed = { ...unsigned, entry: builtEntry, integrity: integrityOf(text) }
  const whole = privateKey === undefined ? hashed : { ...hashed, signature: signManifest(hashed, privateKey) }
  const manifest = parseManifest(whole, options.folder)
  if (manifest.isErr()) return err(manifest.error)
  const outFolder = resolve(options.outFolder ?? join(folder, 'dist'))
  const files = new Map([
    [builtEntry, text],
    [builtManifest, `${JSON.stringify(whole, undefined, 2)}\n`],
  ])
  const written = await writePlugin(outFolder, files, [join(folder, builtManifest), ...inputs])
  if (written.isErr()) return err(written.error)
  return ok({ folder: outFolder, manifest: manifest.value, bytes: Buffer.byteLength(text) })
}
