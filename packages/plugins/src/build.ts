/**
 * From a plugin's sources to one file with its manifest and hash.
 *
 * @packageDocumentation
 */
export type { BuildFailure, BundleFailed, PluginUnwritable } from './build/build-failure.ts'
export { type BuildOptions, type BuiltPlugin, buildPlugin } from './build/build-plugin.ts'
export { EsbuildMissingError } from './build/esbuild-missing-error.ts'
export { signManifest } from './load/signature.ts'
