import { type Failure, failure } from '@ashlar/result'
import type { ManifestInvalid, PluginPathUnsafe, PluginUnreadable } from '../load/discovery-failure.ts'

/** The sources of a plugin can't be bundled; `errors` are the bundler's own, each with its place. */
export type BundleFailed = Failure<'BundleFailed', { folder: string; errors: readonly string[] }>

/** Why a plugin was not built; what lay in the output folder lies there still. */
export type BuildFailure = ManifestInvalid | PluginUnreadable | PluginPathUnsafe | BundleFailed

export function bundleFailed(folder: string, errors: readonly string[]): BundleFailed {
  const message = `the plugin in ${folder} can't be bundled: ${errors[0] ?? 'the bundler gave no reason'}`
  return failure('BundleFailed', message, { folder, errors })
}
