import type { Json } from '@ashlar/kernel'
import type { PluginCode } from '../load/plugin-code.ts'
import type { PluginRefusal } from '../load/plugin-refusal.ts'
import type { Capability, Isolation, PluginManifest } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from './plugin-limits.ts'

/** A plugin that may start, and on which terms. */
export interface PlannedPlugin {
  /** What it says of itself. */
  readonly manifest: PluginManifest
  /** Where it was found. */
  readonly origin: string
  /** What will run. */
  readonly code: PluginCode
  /** The level that it will run at. */
  readonly isolation: Isolation
  /** What it asked for and was granted. */
  readonly grants: readonly Capability[]
  /** Handed to it as `context.config`; undefined where the policy has none. */
  readonly config: Json | undefined
  /** What it may use. */
  readonly limits: PluginLimits
  /** The plugins that are started before it. */
  readonly after: readonly string[]
}

/** Which plugins will start, in which order, and which will not. */
export interface PluginPlan {
  /** In an order in which each comes after all that it waits for. */
  readonly plugins: readonly PlannedPlugin[]
  /** Those that can't be started, each with the reason. */
  readonly refusals: readonly PluginRefusal[]
}
