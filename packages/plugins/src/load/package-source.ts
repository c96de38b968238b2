import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { shown } from '../manifest/shown.ts'
import { reasonOf } from '../run/reason-of.ts'
import { allOf } from './all-of.ts'
import { pluginUnreadable } from './discovery-failure.ts'
import { lookAtFolder } from './plugin-folder.ts'
import type { FoundPlugin, PluginSource } from './plugin-source.ts'
import { requireEntryLimit } from './require-entry-limit.ts'
import { codeOf } from './safe-path.ts'

/** Options of {@link packageSource}. */
export interface PackageSourceOptions {
  /** The folder where the search for `node_modules` begins; it goes on in the folders above. */
  readonly from: string
  /** The most bytes of one plugin's code; what the loader says unless told. */
  readonly maxEntryBytes?: number
}

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/

/**
 * Plugins that were installed as packages, each with its `plugin.json` at the root of the package. Nothing of a package
 * is run, and its `package.json` is not read.
 *
 * @param names - of the packages; they are found as Node would find them
 * @param options - `from`, and `maxEntryBytes`
 * @returns the source, for a {@link PluginLoader}
 * @throws {@link InvalidPluginOptionError} for what is no name of a package, and a number of bytes that is none
 * @example
 * ```ts
 * import { packageSource, PluginLoader } from '@ashlar/plugins'
 *
 * const source = packageSource(['@demo/no-such-plugin'], { from: import.meta.dirname })
 * const { refusals } = await new PluginLoader({ sources: [source] }).discover()
 * console.log(refusals.map(({ failure }) => failure.type)) // [ 'PluginUnreadable' ]
 * ```
 */
export function packageSource(names: readonly string[], options: PackageSourceOptions): PluginSource {
  for (const name of names)
    if (typeof name !== 'string' || name.length > 214 || !packageName.test(name))
      throw new InvalidPluginOptionError(`a plugin's package must have a name of npm, found ${shown(name)}`)
  requireEntryLimit(options.maxEntryBytes)
  const all = [...names]
  const from = resolve(options.from)
  return {
    name: `packages of ${from}`,
    find: ({ signal }) => allOf(all, signal, (name) => findPackage(name, from, options.maxEntryBytes)),
  }
}

async function findPackage(
  name: string,
  from: string,
  maxEntryBytes: number | undefined,
): Promise<FoundPlugin> {
  try {
    const folder = await folderOf(name, from)
    if (folder === undefined)
      return {
        origin: name,
        failure: pluginUnreadable(name, `there is no such package from ${from} upwards`),
      }
    const found = await lookAtFolder(folder, name, maxEntryBytes)
    return found ?? { origin: name, failure: pluginUnreadable(folder, 'it has no plugin.json') }
  } catch (thrown) {
    return { origin: name, failure: pluginUnreadable(name, reasonOf(thrown)) }
  }
}

/** Package managers put links into `node_modules`, so these are followed. */
async function folderOf(name: string, from: string): Promise<string | undefined> {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name)
    if (basename(folder) !== 'node_modules' && (await isFolder(candidate))) return realpath(candidate)
    if (folder === dirname(folder)) return undefined
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (thrown) {
    const code = codeOf(thrown)
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw thrown
  }
}
