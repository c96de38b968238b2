import { maxManifestBytes } from '../manifest/manifest-json.ts'
import { shownText } from '../manifest/shown.ts'
import {
  type DiscoveryFailure,
  type ManifestInvalid,
  manifestInvalid,
  pluginUnreadable,
} from './discovery-failure.ts'
import type { PluginCode } from './plugin-code.ts'
import type { FoundPlugin } from './plugin-source.ts'
import { noFile, readPluginFile, textOf } from './read-plugin-file.ts'
import { folderFailure, type PathFailure } from './safe-path.ts'

/** What a plugin's folder calls its manifest. */
const manifestName = 'plugin.json'

/**
 * Looks at a folder that may hold a plugin.
 *
 * @param folder - its real path
 * @param maxEntryBytes - the most bytes of its code; the loader's own limit unless told
 * @returns undefined when it has no `plugin.json`
 */
export async function lookAtFolder(
  folder: string,
  origin: string,
  maxEntryBytes: number | undefined,
): Promise<FoundPlugin | undefined> {
  const json = await manifestIn(folder, origin)
  if (json === undefined) return undefined
  if ('failure' in json) return { origin, failure: json.failure }
  return {
    origin,
    manifest: json.value,
    read: (entry, options) => readCode(folder, entry, maxEntryBytes ?? options.maxEntryBytes),
  }
}

/** What the `plugin.json` of a folder holds, not checked yet; undefined when there is none. */
export async function manifestIn(
  folder: string,
  origin: string,
): Promise<{ readonly value: unknown } | { readonly failure: ManifestInvalid | PathFailure } | undefined> {
  const unsafe = await folderFailure(folder)
  if (unsafe !== undefined) return { failure: unsafe }
  const file = await readPluginFile(folder, manifestName, maxManifestBytes)
  if (file === noFile) return undefined
  if ('type' in file) return { failure: file }
  const text = textOf(file)
  return typeof text === 'string' ? parsedJson(text, origin) : { failure: text }
}

/** An editor may have put a byte order mark before it. */
function parsedJson(
  text: string,
  origin: string,
): { readonly value: unknown } | { readonly failure: ManifestInvalid } {
  try {
    return { value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch {
    const finding = { path: '', expected: 'JSON', found: `the text ${shownText(text)}` }
    return { failure: manifestInvalid(origin, Object.freeze([Object.freeze(finding)]), 0) }
  }
}

async function readCode(
  folder: string,
  entry: string,
  maxBytes: number,
): Promise<PluginCode | DiscoveryFailure> {
  const unsafe = await folderFailure(folder)
  if (unsafe !== undefined) return unsafe
  const file = await readPluginFile(folder, entry, maxBytes)
  if (file === noFile) return pluginUnreadable(`${folder}/${entry}`, 'there is no such file')
  if ('type' in file) return file
  const source = textOf(file)
  if (typeof source !== 'string') return source
  if (entry.endsWith('.mjs')) return { kind: 'module', file: file.path }
  return { kind: 'bundle', file: file.path, source }
}
