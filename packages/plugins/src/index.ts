/**
 * Load, order, start, call, unload and contain plugins by manifest.
 *
 * @packageDocumentation
 */
export { InvalidPluginOptionError } from './contract/invalid-plugin-option-error.ts'
export { PluginRefusedError } from './contract/plugin-refused-error.ts'
export { type ProvidedService, provide } from './contract/service.ts'
export { type DirectorySourceOptions, directorySource } from './load/directory-source.ts'
export type {
  DiscoveryFailure,
  IntegrityMismatch,
  ManifestInvalid,
  PluginPathUnsafe,
  PluginUnreadable,
  SignatureInvalid,
} from './load/discovery-failure.ts'
export { type GivenPlugin, objectSource } from './load/object-source.ts'
export { type PackageSourceOptions, packageSource } from './load/package-source.ts'
export type { PluginCode } from './load/plugin-code.ts'
export {
  type DiscoveredPlugin,
  type Discovery,
  PluginLoader,
  type PluginLoaderOptions,
} from './load/plugin-loader.ts'
export type { PluginRefusal } from './load/plugin-refusal.ts'
export type { FoundPlugin, PluginSource } from './load/plugin-source.ts'
export type {
  CallFailure,
  NoContribution,
  PluginAnswerInvalid,
  PluginBusy,
  PluginCallFailure,
  PluginCallThrew,
  PluginCallTimedOut,
  PluginGone,
  PluginInputTooLarge,
  PluginNotActive,
  PointInputInvalid,
  SchemaIssue,
} from './manager/call-failure.ts'
export type { CallResult, PluginAnswer } from './manager/call-point.ts'
export type {
  DependencyNotActive,
  ModuleNotUnloadable,
  PluginInUse,
  PluginNotFound,
  ProbeFailed,
  ReloadFailure,
  StartAborted,
  StartProblem,
  UnloadFailure,
} from './manager/manage-failure.ts'
export { PluginManagerClosedError } from './manager/manager-closed-error.ts'
export type {
  CallOptions,
  PluginManagerOptions,
  Reloaded,
  StartOptions,
  Unloaded,
} from './manager/manager-options.ts'
export type {
  PluginDenied,
  PluginEvent,
  PluginEventsMissed,
  PluginFault,
  PluginFaulted,
  PluginReloaded,
  PluginStateChanged,
  PluginUnloaded,
} from './manager/plugin-event.ts'
export type { PluginInfo } from './manager/plugin-info.ts'
export { PluginManager } from './manager/plugin-manager.ts'
export type { PluginMetrics } from './manager/plugin-metrics.ts'
export type { PluginState } from './manager/plugin-state.ts'
export type { StartReport } from './manager/start-plan.ts'
export type { ManifestFinding } from './manifest/manifest-finding.ts'
export { parseManifest } from './manifest/parse-manifest.ts'
export type { Capability, Isolation, PluginManifest } from './manifest/plugin-manifest.ts'
export type {
  ApiMismatch,
  CapabilityDenied,
  DependencyCycle,
  DependencyMissing,
  DependencyVersionMismatch,
  EngineMismatch,
  IsolationRefused,
  PlanFailure,
  PluginIdTaken,
  PointUnknown,
} from './plan/plan-failure.ts'
export { defaultLimits, type PluginLimits } from './plan/plugin-limits.ts'
export type { PlannedPlugin, PluginPlan } from './plan/plugin-plan.ts'
export type { PluginPolicy, PluginTerms } from './plan/plugin-policy.ts'
export { ProcessRunner, type ProcessRunnerOptions } from './run/process/process-runner.ts'
export type {
  ContributionMissing,
  CrashCause,
  IsolationUnavailable,
  PluginBroken,
  PluginConfigInvalid,
  PluginCrashed,
  PluginStartFailure,
  PluginStartTimedOut,
} from './run/run-failure.ts'
export type { Handler, HostSide, Runner, RunningCall, RunningPlugin } from './run/runner.ts'
export { TrustedRunner, type TrustedRunnerOptions } from './run/trusted/trusted-runner.ts'
export type { PluginLeak, UnloadProof } from './run/unload-proof.ts'
export { WorkerRunner, type WorkerRunnerOptions } from './run/worker/worker-runner.ts'
