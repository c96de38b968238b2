import type { Isolation, PluginManifest } from '../manifest/plugin-manifest.ts'
import type { PluginFault } from './plugin-event.ts'
import type { PluginMetrics } from './plugin-metrics.ts'
import type { PluginState } from './plugin-state.ts'

/** What is known of a plugin of a manager; a still picture, never the plugin itself. */
export interface PluginInfo {
  /** Its id. */
  readonly id: string
  /** The version that runs, or ran last. */
  readonly version: string
  /** All that it says of itself. */
  readonly manifest: PluginManifest
  /** Where it stands. */
  readonly state: PluginState
  /** The level that it runs at; undefined while it is stopped. */
  readonly isolation: Isolation | undefined
  /** False while a module runs that Node reads itself, and which stays in memory when it is stopped. */
  readonly unloadable: boolean
  /** What it was at fault for last; undefined since it has become active. */
  readonly lastFailure: PluginFault | undefined
  /** What it has done. */
  readonly metrics: PluginMetrics
}
