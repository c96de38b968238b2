import { readdir, realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { reasonOf } from '../run/reason-of.ts'
import { allOf } from './all-of.ts'
import { type DiscoveryFailure, pluginPathUnsafe, pluginUnreadable } from './discovery-failure.ts'
import { lookAtFolder } from './plugin-folder.ts'
import type { FoundPlugin, PluginSource } from './plugin-source.ts'
import { requireEntryLimit } from './require-entry-limit.ts'
import { folderFailure } from './safe-path.ts'

/** Options of {@link directorySource}. */
export interface DirectorySourceOptions {
  /** The most bytes of one plugin's code; what the loader says unless told. */
  readonly maxEntryBytes?: number
}

/**
 * The plugins of a directory: each of its direct subfolders that has a `plugin.json`, by their names.
 *
 * A plugin is refused when a path of its own is a symbolic link, leads out of its folder, or can be written by
 * everybody. Who may write to the directory decides what runs in the host.
 *
 * @param path - of the directory; a relative one begins where the host was started
 * @param options - `maxEntryBytes`
 * @returns the source, for a {@link PluginLoader}
 * @throws {@link InvalidPluginOptionError} for a number of bytes that is none
 * @example
 * ```ts
 * import { directorySource, PluginLoader } from '@ashlar/plugins'
 *
 * const { refusals } = await new PluginLoader({ sources: [directorySource('/no/plugins')] }).discover()
 * console.log(refusals.map(({ failure }) => failure.type)) // [ 'PluginUnreadable' ]
 * ```
 */
export function directorySource(path: string, options: DirectorySourceOptions = {}): PluginSource {
  const { maxEntryBytes } = options
  requireEntryLimit(maxEntryBytes)
  const directory = resolve(path)
  return { name: directory, find: ({ signal }) => find(directory, maxEntryBytes, signal) }
}

async function find(
  directory: string,
  maxEntryBytes: number | undefined,
  signal: AbortSignal | undefined,
): Promise<readonly FoundPlugin[] | DiscoveryFailure> {
  const listed = await listing(directory)
  if (!('names' in listed)) return listed
  const found = await allOf(listed.names, signal, ({ name, isLink }) => {
    const folder = join(listed.real, name)
    if (!isLink) return lookAtFolder(folder, folder, maxEntryBytes)
    return { origin: folder, failure: pluginPathUnsafe(folder, 'symlink') }
  })
  return found.filter((plugin) => plugin !== undefined)
}

interface Listing {
  readonly real: string
  readonly names: readonly { readonly name: string; readonly isLink: boolean }[]
}

/** The folders and links of a directory, by name. The directory itself may be reached over links: the host has named it. */
async function listing(directory: string): Promise<Listing | DiscoveryFailure> {
  try {
    const real = await realpath(directory)
    const unsafe = await folderFailure(real)
    if (unsafe !== undefined) return unsafe
    const names = (await readdir(real, { withFileTypes: true }))
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map((entry) => ({ name: entry.name, isLink: entry.isSymbolicLink() }))
    return { real, names: names.sort((one, other) => (one.name < other.name ? -1 : 1)) }
  } catch (thrown) {
    return pluginUnreadable(directory, reasonOf(thrown))
  }
}
