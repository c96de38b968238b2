import { type Failure, failure } from '@ashlar/result'
import type { ManifestInvalid, PluginPathUnsafe, PluginUnreadable } from '../load/discovery-failure.ts'

/** The sources of a plugin can't be bundled; `errors` are the bundler's own, each with its place. */
export type BundleFailed = Failure<'BundleFailed', { folder: string; errors: readonly string[] }>

/** A folder that a built plugin can't be written to; `reason` is the system's own, or names what would be lost. */
export type PluginUnwritable = Failure<'PluginUnwritable', { path: string; reason: string }>

/** Why a plugin was not built; nothing was written, unless it is `PluginUnwritable`. */
export type BuildFailure =
  | ManifestInvalid
  | PluginUnreadable
  | PluginPathUnsafe
  | BundleFailed
  | PluginUnwritable

export function bundleFailed(folder: string, errors: readonly string[]): BundleFailed {
  const message = `the plugin in ${folder} can't be bundled: ${errors[0] ?? 'the bundler gave no reason'}`
  return failure('BundleFailed', message, { folder, errors })
}

export function pluginUnwritable(path: string, reason: string): PluginUnwritable {
  return failure('PluginUnwritable', `${path} can't be written: ${reason}`, { path, reason })
}
