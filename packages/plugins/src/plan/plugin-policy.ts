import type { Json } from '@ashlar/kernel'
import type { Capability, Isolation, PluginManifest } from '../manifest/plugin-manifest.ts'
import type { PluginLimits } from './plugin-limits.ts'

/** On which terms one plugin may run. */
export interface PluginTerms {
  /** The weakest isolation that it may have; a stronger one that its manifest asks for is kept. */
  readonly isolation: Isolation
  /** What it may do of what it asks for; nothing unless told. */
  readonly grants?: readonly Capability[]
  /** Handed to it as `context.config`. */
  readonly config?: Json
  /** What it may use; each has a default. */
  readonly limits?: Partial<PluginLimits>
}

/**
 * Decides on which terms a plugin may run, by its manifest; undefined refuses it.
 *
 * Without a policy, every plugin runs in a process of its own, and no capability is granted.
 */
export type PluginPolicy = (manifest: PluginManifest) => PluginTerms | undefined
