/**
 * Flags for OpenFeature: a provider for its server SDK, and a hook that records exposures.
 *
 * @packageDocumentation
 */
export { AshlarProvider } from './openfeature/ashlar-provider.ts'
export { type ExposureLog, exposureHook } from './openfeature/exposure-hook.ts'
export type { FlagTeller, FollowedFlags, OpenFlags } from './openfeature/provided-flags.ts'
export { type AnyFlagDetails, flagDetailsOf } from './openfeature/resolution.ts'
