import { realpath } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { JsonObject } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { type ManifestInvalid, manifestInvalid, pluginUnreadable } from '../load/discovery-failure.ts'
import { manifestIn } from '../load/plugin-folder.ts'
import { noFile, readPluginFile } from '../load/read-plugin-file.ts'
import { parseManifest } from '../manifest/parse-manifest.ts'
import { shown } from '../manifest/shown.ts'
import { reasonOf } from '../run/reason-of.ts'
import type { BuildFailure } from './build-failure.ts'
import { builtEntry, builtManifest } from './built-names.ts'

/** The most bytes of a plugin's first source. */
const maxSourceBytes = 10_485_760

/** The sources of a plugin. */
export interface Source {
  /** Its real path. */
  readonly folder: string
  /** What its `plugin.json` says, which is sound in all but its entry. */
  readonly json: JsonObject
  /** The path of the first source. */
  readonly entry: string
}

/** Reads the manifest of a plugin that is not built yet, and looks whether its first source is there. */
export async function readSource(given: string): Promise<Result<Source, BuildFailure>> {
  let folder: string
  try {
    folder = await realpath(given)
  } catch (thrown) {
    return err(pluginUnreadable(resolve(given), reasonOf(thrown)))
  }
  const found = await manifestIn(folder, given)
  if (found === undefined) return err(pluginUnreadable(join(folder, builtManifest), 'there is no such file'))
  if ('failure' in found) return err(found.failure)
  const manifest = found.value
  const checked = parseManifest(isObject(manifest) ? { ...manifest, entry: builtEntry } : manifest, given)
  if (checked.isErr()) return err(checked.error)
  const json = manifest as JsonObject
  if (typeof json.entry !== 'string' || json.entry === '') return err(entryInvalid(given, json.entry))
  const first = await readPluginFile(folder, json.entry, maxSourceBytes)
  if (first === noFile) return err(pluginUnreadable(join(folder, json.entry), 'there is no such file'))
  return 'type' in first ? err(first) : ok({ folder, json, entry: first.path })
}

function isObject(json: unknown): json is object {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function entryInvalid(origin: string, entry: unknown): ManifestInvalid {
  const finding = { path: 'entry', expected: "the path of the plugin's first source", found: shown(entry) }
  return manifestInvalid(origin, Object.freeze([Object.freeze(finding)]), 0)
}
