import type { Json, JsonObject } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { type ManifestInvalid, manifestInvalid } from '../load/discovery-failure.ts'
import { capabilitiesAt } from './capabilities.ts'
import { mapAt, optionalTextAt, refuseOthers, textAt } from './fields.ts'
import { Findings } from './findings.ts'
import { manifestJson } from './manifest-json.ts'
import type { Isolation, PluginManifest } from './plugin-manifest.ts'
import {
  apiRule,
  entryRule,
  integrityRule,
  nameRule,
  rangeRule,
  signatureRule,
  versionRule,
} from './text-rule.ts'

/**
 * Checks the manifest of a plugin, all of it at once. Whatever comes in, nothing is thrown, and nothing of it is kept.
 *
 * @param json - what `plugin.json` holds; see `plugin.schema.json` of this package for all that may be written
 * @param origin - where it was found, for people
 * @returns the manifest, deeply frozen, or `ManifestInvalid` with all that was found
 * @example
 * ```ts
 * import { parseManifest } from '@ashlar/plugins'
 *
 * const parsed = parseManifest({ id: 'ten-percent', version: '1.0', engine: '^1.0.0', api: 'shop/1' }, 'plugins/ten-percent')
 * if (parsed.isErr())
 *   for (const { path, expected, found } of parsed.error.findings) console.log(`${path}: ${expected}, not ${found}`)
 * ```
 */
export function parseManifest(json: unknown, origin: string): Result<PluginManifest, ManifestInvalid> {
  return readManifest(json, origin, 'must name its code').map(({ manifest }) => manifest)
}

/** A manifest, and the JSON that it was read from: a frozen copy, so that both say the same. */
export interface ReadManifest {
  readonly manifest: PluginManifest
  readonly json: Json
}

/** Checks a manifest; it needs no `entry` when the host has the code already. */
export function readManifest(
  given: unknown,
  origin: string,
  entry: 'must name its code' | 'may name its code',
): Result<ReadManifest, ManifestInvalid> {
  const findings = new Findings()
  const json = manifestJson(given, findings)
  if (json !== undefined) {
    const manifest = manifestOf(json, entry === 'must name its code', findings)
    if (findings.kept.length === 0) return ok({ manifest, json })
  }
  return err(manifestInvalid(origin, Object.freeze(findings.kept), findings.more))
}

function manifestOf(raw: JsonObject, needsEntry: boolean, findings: Findings): PluginManifest {
  refuseOthers(raw, fields, '', findings)
  if (raw.$schema !== undefined && typeof raw.$schema !== 'string')
    findings.refuse('$schema', 'a text', raw.$schema)
  const rangeAt = (range: Json, path: string) => textAt(range, path, rangeRule, findings)
  return Object.freeze({
    id: textAt(raw.id, 'id', nameRule, findings),
    version: textAt(raw.version, 'version', versionRule, findings),
    engine: textAt(raw.engine, 'engine', rangeRule, findings),
    api: textAt(raw.api, 'api', apiRule, findings),
    entry: raw.entry === undefined && !needsEntry ? '' : textAt(raw.entry, 'entry', entryRule, findings),
    dependsOn: mapAt(raw.dependsOn, 'dependsOn', rangeAt, findings),
    optional: mapAt(raw.optional, 'optional', rangeAt, findings),
    isolation: isolationAt(raw.isolation, findings),
    needs: capabilitiesAt(raw.needs, 'needs', findings),
    contributes: mapAt(raw.contributes, 'contributes', (value) => value, findings),
    integrity: optionalTextAt(raw.integrity, 'integrity', integrityRule, findings),
    signature: optionalTextAt(raw.signature, 'signature', signatureRule, findings),
  })
}

const fields: ReadonlySet<string> = new Set([
  '$schema',
  'id',
  'version',
  'engine',
  'api',
  'entry',
  'dependsOn',
  'optional',
  'isolation',
  'needs',
  'contributes',
  'integrity',
  'signature',
])

function isolationAt(value: Json | undefined, findings: Findings): Isolation | undefined {
  switch (value) {
    case undefined:
    case 'trusted':
    case 'worker':
    case 'process':
    case 'sandbox':
      return value
    default:
      findings.refuse('isolation', 'one of trusted, worker, process, sandbox', value)
      return
  }
}
