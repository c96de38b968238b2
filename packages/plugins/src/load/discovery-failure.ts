import { type Failure, failure } from '@ashlar/result'
import type { ManifestFinding } from '../manifest/manifest-finding.ts'

/** A manifest that can't be used: what is wrong with it, part by part, and the number of findings that were not kept. */
export type ManifestInvalid = Failure<
  'ManifestInvalid',
  { origin: string; findings: readonly ManifestFinding[]; more: number }
>

/** A folder or file that can't be read; `reason` is the system's own. */
export type PluginUnreadable = Failure<'PluginUnreadable', { path: string; reason: string }>

/** A path that leaves the plugin's folder, or that others could change under our hands. */
export type PluginPathUnsafe = Failure<
  'PluginPathUnsafe',
  { path: string; danger: 'outside' | 'symlink' | 'world-writable' | 'not-a-file' | 'too-large' }
>

/** Code that is not what the manifest's hash says, or that no hash can vouch for. */
export type IntegrityMismatch = Failure<
  'IntegrityMismatch',
  { plugin: string; expected: string; found: string }
>

/** A manifest that nobody trusted has signed. */
export type SignatureInvalid = Failure<'SignatureInvalid', { plugin: string; reason: string }>

/** Why what was found is no plugin. */
export type DiscoveryFailure =
  | ManifestInvalid
  | PluginUnreadable
  | PluginPathUnsafe
  | IntegrityMismatch
  | SignatureInvalid

const dangers: { readonly [Danger in PluginPathUnsafe['danger']]: string } = {
  outside: 'leads out of its folder',
  symlink: 'is a symbolic link',
  'world-writable': 'can be written by everybody',
  'not-a-file': 'is no plain file',
  'too-large': 'is larger than plugins may be',
}

export function manifestInvalid(
  origin: string,
  findings: readonly ManifestFinding[],
  more: number,
): ManifestInvalid {
  const first = findings[0]
  const about =
    first === undefined ? '' : `: ${first.path || 'it'} must be ${first.expected}, found ${first.found}`
  return failure('ManifestInvalid', `the manifest of ${origin} can't be used${about}`, {
    origin,
    findings,
    more,
  })
}

export function pluginUnreadable(path: string, reason: string): PluginUnreadable {
  return failure('PluginUnreadable', `${path} can't be read: ${reason}`, { path, reason })
}

export function pluginPathUnsafe(path: string, danger: PluginPathUnsafe['danger']): PluginPathUnsafe {
  return failure(
    'PluginPathUnsafe',
    `${path} must be a file of the plugin's own folder, but ${dangers[danger]}`,
    {
      path,
      danger,
    },
  )
}

export function integrityMismatch(plugin: string, expected: string, found: string): IntegrityMismatch {
  const message = `the code of plugin "${plugin}" must have the hash ${expected}, found ${found}`
  return failure('IntegrityMismatch', message, { plugin, expected, found })
}

export function signatureInvalid(plugin: string, reason: string): SignatureInvalid {
  return failure('SignatureInvalid', `plugin "${plugin}" must be signed by a trusted key: ${reason}`, {
    plugin,
    reason,
  })
}
