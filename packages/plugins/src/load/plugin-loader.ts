import type { KeyObject } from 'node:crypto'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { isName } from '../contract/name.ts'
import { readManifest } from '../manifest/parse-manifest.ts'
import type { PluginManifest } from '../manifest/plugin-manifest.ts'
import { reasonOf } from '../run/reason-of.ts'
import { untilAborted } from '../run/until-aborted.ts'
import { allOf } from './all-of.ts'
import { type DiscoveryFailure, pluginUnreadable } from './discovery-failure.ts'
import { integrityFailure } from './integrity.ts'
import type { PluginCode } from './plugin-code.ts'
import type { PluginRefusal } from './plugin-refusal.ts'
import type { FoundPlugin, PluginSource } from './plugin-source.ts'
import { requireEntryLimit } from './require-entry-limit.ts'
import { signatureFailure, trustedKeys } from './signature.ts'

/** Options of {@link PluginLoader}. */
export interface PluginLoaderOptions {
  /** Where plugins are looked for; those of all sources together. */
  readonly sources: readonly PluginSource[]
  /** The public Ed25519 keys, as keys or PEM, of those whose signatures count; none unless told. */
  readonly trust?: readonly (KeyObject | string)[]
  /**
   * Whether a plugin without a signature is refused; false unless told. Plugins that the host has in memory are its own
   * and need none.
   */
  readonly requireSignature?: boolean
  /** The most bytes of one plugin's code; 10 485 760 unless told. */
  readonly maxEntryBytes?: number
}

/** A plugin that is sound by itself. */
export interface DiscoveredPlugin {
  /** What it says of itself. */
  readonly manifest: PluginManifest
  /** Where it was found, for people. */
  readonly origin: string
  /** Its code, of which nothing has run. */
  readonly code: PluginCode
}

/** Everything that was found. */
export interface Discovery {
  /** Those that are sound by themselves; whether this host can start them is decided by its plan. */
  readonly plugins: readonly DiscoveredPlugin[]
  /** Those that are not, each with the reason. */
  readonly refusals: readonly PluginRefusal[]
}

/**
 * Finds plugins and checks each by itself: paths, manifest, signature, hash. No code of a plugin is run.
 *
 * @example
 * ```ts
 * import { directorySource, objectSource, PluginLoader } from '@ashlar/plugins'
 * import { definePlugin } from '@ashlar/plugins/plugin'
 *
 * const manifest = { id: 'quiet', version: '1.0.0', engine: '*', api: 'demo/1' }
 * const quiet = { manifest, definition: definePlugin({ activate() {} }) }
 * const loader = new PluginLoader({ sources: [directorySource('/no/plugins'), objectSource([quiet])] })
 * const { plugins, refusals } = await loader.discover()
 * for (const plugin of plugins) console.log(plugin.manifest.id, plugin.manifest.version) // quiet 1.0.0
 * for (const { origin, failure } of refusals) console.log(origin, failure.message)
 * ```
 */
export class PluginLoader {
  readonly #sources: readonly PluginSource[]
  readonly #keys: readonly KeyObject[]
  readonly #requireSignature: boolean
  readonly #maxEntryBytes: number

  /**
   * @throws {@link InvalidPluginOptionError} for a key that is none of Ed25519, for signatures that are required while
   *   no key is trusted, and for a number of bytes that is none
   */
  constructor({
    sources,
    trust = [],
    requireSignature = false,
    maxEntryBytes = 10_485_760,
  }: PluginLoaderOptions) {
    if (requireSignature && trust.length === 0)
      throw new InvalidPluginOptionError('requireSignature must come with a key in "trust", found none')
    requireEntryLimit(maxEntryBytes)
    this.#sources = [...sources]
    this.#keys = trustedKeys(trust)
    this.#requireSignature = requireSignature
    this.#maxEntryBytes = maxEntryBytes
  }

  /**
   * Looks at everything that is there now. What is wrong with one plugin, or one source, stops no other.
   *
   * @param options - `signal` gives up
   * @returns the plugins that are sound by themselves, and the others with `ManifestInvalid`, `PluginUnreadable`,
   *   `PluginPathUnsafe`, `IntegrityMismatch` or `SignatureInvalid`
   * @throws the signal's reason
   */
  async discover(options: { readonly signal?: AbortSignal } = {}): Promise<Discovery> {
    const { signal } = options
    const plugins: DiscoveredPlugin[] = []
    const refusals: PluginRefusal[] = []
    for (const source of this.#sources) {
      const found = await this.#find(source, signal)
      for (const looked of await allOf(found, signal, (plugin) => this.#lookAt(plugin, signal)))
        if ('failure' in looked) refusals.push(looked)
        else plugins.push(looked)
    }
    signal?.throwIfAborted()
    return Object.freeze({ plugins: Object.freeze(plugins), refusals: Object.freeze(refusals) })
  }

  async #find(source: PluginSource, signal: AbortSignal | undefined): Promise<readonly FoundPlugin[]> {
    const options = signal === undefined ? {} : { signal }
    const found = await attempt(source.name, signal, async () => source.find(options))
    return 'type' in found ? [{ origin: source.name, failure: found }] : found
  }

  async #lookAt(
    found: FoundPlugin,
    signal: AbortSignal | undefined,
  ): Promise<DiscoveredPlugin | PluginRefusal> {
    const { origin } = found
    if ('failure' in found) return refusal(undefined, origin, found.failure)
    const isGiven = 'code' in found
    const read = readManifest(found.manifest, origin, isGiven ? 'may name its code' : 'must name its code')
    if (read.isErr()) return refusal(idOf(found.manifest), origin, read.error)
    const { manifest, json } = read.value
    const unsigned = signatureFailure(manifest, json, this.#keys, this.#requireSignature && !isGiven)
    if (unsigned !== undefined) return refusal(manifest.id, origin, unsigned)
    const code = isGiven
      ? found.code
      : await attempt(origin, signal, async () =>
          found.read(manifest.entry, { maxEntryBytes: this.#maxEntryBytes }),
        )
    if ('type' in code) return refusal(manifest.id, origin, code)
    const mismatch = integrityFailure(manifest, code)
    if (mismatch !== undefined) return refusal(manifest.id, origin, mismatch)
    return Object.freeze({ manifest, origin, code })
  }
}

/** Asks a source, which may be anybody's, no longer than the signal allows. */
async function attempt<Answer>(
  what: string,
  signal: AbortSignal | undefined,
  work: () => Promise<Answer>,
): Promise<Answer | DiscoveryFailure> {
  signal?.throwIfAborted()
  try {
    return await (signal === undefined ? work() : untilAborted(work(), signal))
  } catch (thrown) {
    signal?.throwIfAborted()
    return pluginUnreadable(what, reasonOf(thrown))
  }
}

function refusal(plugin: string | undefined, origin: string, failure: DiscoveryFailure): PluginRefusal {
  return Object.freeze({ plugin, origin, failure })
}

/** The id of a manifest that can't be used, where it tells one. */
function idOf(manifest: unknown): string | undefined {
  try {
    const id: unknown =
      typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'id') : undefined
    return isName(id) ? id : undefined
  } catch {
    return undefined
  }
}
