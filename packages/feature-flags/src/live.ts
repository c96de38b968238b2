/**
 * Flags that are kept in step with a source.
 *
 * @packageDocumentation
 */
export type { FlagsReloaded } from './live/document-in-force.ts'
export type {
  FlagRevisionReused,
  FlagSourceUnavailable,
  ReloadFailure,
  StaleFlagRevision,
} from './live/live-failure.ts'
export { LiveFlags, type LiveFlagsOptions, type LiveFlagsStatus } from './live/live-flags.ts'
export { LiveFlagsClosedError } from './live/live-flags-closed-error.ts'
export type {
  FlagsChanged,
  FlagsRecovered,
  FlagsRefused,
  LiveFlagsEvent,
  LiveFlagsListener,
} from './live/live-reports.ts'
export { InvalidFlagOptionError } from './sources/invalid-option-error.ts'
