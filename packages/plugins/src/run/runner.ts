import type { Json, Logger } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { CallContext } from '../contract/define-plugin.ts'
import type { Isolation } from '../manifest/plugin-manifest.ts'
import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import type { IsolationUnavailable, PluginCrashed, PluginStartFailure } from './run-failure.ts'
import type { UnloadProof } from './unload-proof.ts'

/** Runs the code of plugins at one level of isolation. */
export interface Runner {
  /** The level that it enforces. */
  readonly isolation: Isolation
  /** Tries whether this machine really enforces the level; asked once, before the first plugin. */
  verify(): Promise<Result<void, IsolationUnavailable>>
  /**
   * Loads and activates a plugin; on any failure nothing of it is left.
   *
   * @param options - `signal` is aborted when the time to start is over: what has begun is undone
   * @throws the signal's reason
   */
  start(
    plugin: PlannedPlugin,
    host: HostSide,
    options: { readonly signal: AbortSignal },
  ): Promise<Result<RunningPlugin, PluginStartFailure>>
  /** Frees what it keeps ready; running plugins go on. */
  close(): Promise<void>
}

/** What a running plugin reaches of its host. */
export interface HostSide {
  /** Writes under the plugin's name. */
  readonly log: Logger
  /** The ids of the services that the plugin may use. */
  readonly services: ReadonlySet<string>
  /** Does a service's work; rejects with what the plugin may know of the reason. */
  serve(service: string, method: string, args: readonly Json[], signal: AbortSignal): Promise<unknown>
  /** Notes that the plugin has tried what it may not. */
  denied(what: string): void
  /** Told once when the plugin has ended by itself or had to be ended; never after `stop` was called. */
  crashed(failure: PluginCrashed): void
}

/** One call, as a runner sees it. */
export interface RunningCall extends CallContext {
  /** Runs when the call is given up. */
  onCancel(cancel: () => void): void
}

/** Does a contribution's work; what it throws or rejects with is the plugin's fault. */
export type Handler = (input: Json, call: RunningCall) => unknown

/** A plugin that has been activated. */
export interface RunningPlugin {
  /** What it contributes, by the id of the point. */
  readonly contributions: ReadonlyMap<string, Handler>
  /** Runs the plugin's own probe; rejects with why it must not take over. */
  probe(): Promise<void>
  /** Whether it answers at all; false when not within the time. A trusted one always does. */
  isResponsive(timeoutMs: number): Promise<boolean>
  /**
   * Deactivates it, disposes of what it has registered and frees it, by force when it takes too long.
   *
   * @returns what did not go as it should, in words; nothing is thrown
   */
  stop(timeoutMs: number): Promise<readonly string[]>
  /** Settles after `stop`, or a crash, when it is known whether all of it is gone; it never rejects. */
  readonly unloaded: Promise<UnloadProof>
}
