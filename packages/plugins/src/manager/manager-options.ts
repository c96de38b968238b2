import type { Clock, Logger, Random, Telemetry } from '@ashlar/kernel'
import type { ExtensionPoint } from '../contract/extension-point.ts'
import type { ProvidedService } from '../contract/service.ts'
import type { PluginLoader } from '../load/plugin-loader.ts'
import type { PluginPolicy } from '../plan/plugin-policy.ts'
import type { Runner } from '../run/runner.ts'
import type { UnloadProof } from '../run/unload-proof.ts'

/** Options of PluginManager. */
export interface PluginManagerOptions {
  /** Finds the plugins. */
  readonly loader: PluginLoader
  /** The host's own version, which manifests name under `engine`. */
  readonly engine: string
  /** The interfaces that the host offers, which manifests name under `api`. */
  readonly apis: readonly string[]
  /** Where plugins may add something. */
  readonly points?: readonly ExtensionPoint[]
  /** What plugins may ask for; made by {@link provide}. */
  readonly services?: readonly ProvidedService[]
  /** On which terms each plugin runs; a process of its own and no capability unless told. */
  readonly policy?: PluginPolicy
  /** Runners beside, or in place of, those for `trusted`, `worker` and `process`. */
  readonly runners?: readonly Runner[]
  /** Tells the time of events; the machine's unless told. */
  readonly clock?: Clock
  /** Spreads the rests before restarts; the machine's chance unless told. */
  readonly random?: Random
  /** Told of faults and of what plugins log; silent unless told. */
  readonly logger?: Logger
  /** Counts starts and faults, where there is a meter. */
  readonly telemetry?: Telemetry
}

/** Options of PluginManager's start and loadPlugins. */
export interface StartOptions {
  /** Whether the others go on when one can't be started, or all are stopped again; `continue` unless told. */
  readonly onFailure?: 'continue' | 'abort'
  /** Gives up starting; what has begun is undone. */
  readonly signal?: AbortSignal
}

/** Options of PluginManager's call. */
export interface CallOptions {
  /** Asks this plugin alone. */
  readonly plugin?: string
  /** How long each plugin may take for its answer, from 1 to 2^31 − 1 ms; its own limit unless told. */
  readonly timeoutMs?: number
  /** Gives up the call; the plugin's signal is aborted. */
  readonly signal?: AbortSignal
}

/** A plugin that was stopped. */
export interface Unloaded {
  /** What did not go as it should, in words: a `deactivate` that threw or took too long, calls that had to be ended. */
  readonly problems: readonly string[]
  /** Settles when it is known whether the plugin is gone, or what is left of it; it never rejects. */
  readonly proof: Promise<UnloadProof>
}

/** A plugin that was replaced by another version while it was running. */
export interface Reloaded extends Unloaded {
  /** The version that was running; undefined when none was. */
  readonly from: string | undefined
  /** The version that is running. */
  readonly to: string
}
