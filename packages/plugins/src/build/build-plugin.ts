import type { KeyObject } from 'node:crypto'
import { mkdir, realpath, rename, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Json, JsonObject } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { manifestInvalid, pluginUnreadable } from '../load/discovery-failure.ts'
import { integrityOf } from '../load/integrity.ts'
import { noFile, readPluginFile, textOf } from '../load/read-plugin-file.ts'
import { signManifest } from '../load/signature.ts'
import { maxManifestBytes } from '../manifest/manifest-json.ts'
import { parseManifest } from '../manifest/parse-manifest.ts'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import { reasonOf } from '../run/reason-of.ts'
import type { BuildFailure } from './build-failure.ts'
import { bundle } from './bundle.ts'

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

/** What a built plugin's code is called. */
const builtEntry = 'plugin.cjs'

/**
 * Builds a plugin: bundles its sources to one file, and writes it beside a manifest with its hash. The same sources give
 * the same bytes.
 *
 * @param options - `folder`, `outFolder`, `privateKey`, `conditions`, `signal`
 * @returns the plugin, or why it was not built: `PluginUnreadable`, `PluginPathUnsafe`, `ManifestInvalid`, `BundleFailed`
 * @throws {@link EsbuildMissingError}; `InvalidPluginOptionError` for a key that can't sign; the signal's reason
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
  const { outFolder, privateKey, conditions = [], signal } = options
  signal?.throwIfAborted()
  const source = await readSource(options.folder)
  if (source.isErr()) return err(source.error)
  const { folder, json, entry } = source.value
  const bundled = await bundle(folder, `./${entry}`, conditions)
  if (bundled.isErr()) return err(bundled.error)

  const { signature: _, ...unsigned } = json
  const hashed = { ...unsigned, entry: builtEntry, integrity: integrityOf(bundled.value) }
  const text = privateKey === undefined ? hashed : { ...hashed, signature: signManifest(hashed, privateKey) }
  const manifest = parseManifest(text, folder)
  if (manifest.isErr()) return err(manifest.error)
  signal?.throwIfAborted()
  const out = resolve(outFolder ?? join(folder, 'dist'))
  if (out === folder)
    return err(pluginUnreadable(out, 'the built plugin would take the place of its own sources'))
  const written = await write(out, text, bundled.value)
  if (written.isErr()) return err(written.error)
  return ok({ folder: out, manifest: manifest.value, bytes: Buffer.byteLength(bundled.value) })
}

/** A source manifest is one in all but its entry, which is no bundle yet. */
async function readSource(
  given: string,
): Promise<
  Result<{ readonly folder: string; readonly json: JsonObject; readonly entry: string }, BuildFailure>
> {
  let folder: string
  try {
    folder = await realpath(given)
  } catch (thrown) {
    return err(pluginUnreadable(resolve(given), reasonOf(thrown)))
  }
  const file = await readPluginFile(folder, 'plugin.json', maxManifestBytes)
  if (file === noFile) return err(pluginUnreadable(join(folder, 'plugin.json'), 'there is no such file'))
  if ('type' in file) return err(file)
  const text = textOf(file)
  if (typeof text !== 'string') return err(text)
  const json = parsed(text)
  const checked = parseManifest(isObject(json) ? { ...json, entry: builtEntry } : json, folder)
  if (checked.isErr()) return err(checked.error)
  const { entry } = json as { readonly entry?: Json }
  if (typeof entry !== 'string' || entry === '')
    return err(
      manifestInvalid(
        folder,
        [{ path: 'entry', expected: 'the first of its sources', found: typeof entry }],
        0,
      ),
    )
  const first = await readPluginFile(folder, entry.replace(/^\.\//, ''), Number.MAX_SAFE_INTEGER)
  if (first === noFile) return err(pluginUnreadable(join(folder, entry), 'there is no such file'))
  return 'type' in first
    ? err(first)
    : ok({ folder, json: json as JsonObject, entry: entry.replace(/^\.\//, '') })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (thrown) {
    return reasonOf(thrown)
  }
}

function isObject(json: unknown): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

/** Each file takes its place whole; between the two a reader finds a hash that does not fit, never a wrong plugin. */
async function write(folder: string, manifest: Json, code: string): Promise<Result<void, BuildFailure>> {
  const files = [
    [builtEntry, code],
    ['plugin.json', `${JSON.stringify(manifest, undefined, 2)}\n`],
  ] as const
  try {
    await mkdir(folder, { recursive: true, mode: 0o755 })
    for (const [name, text] of files) {
      const temporary = join(folder, `.${name}.${process.pid}`)
      await writeFile(temporary, text, { mode: 0o644 })
      await rename(temporary, join(folder, name))
    }
    return ok()
  } catch (thrown) {
    await Promise.allSettled(
      files.map(([name]) => rm(join(folder, `.${name}.${process.pid}`), { force: true })),
    )
    return err(pluginUnreadable(folder, reasonOf(thrown)))
  }
}
