import type { PluginStartFailure } from '../run/run-failure.ts'
import type { UnloadProof } from '../run/unload-proof.ts'
import type { PluginCallTimedOut } from './call-failure.ts'
import type { PluginState } from './plugin-state.ts'

/** Something that has happened to a plugin; `at` is the time of it, in ISO 8601 by the manager's clock. */
export type PluginEvent =
  | PluginStateChanged
  | PluginFaulted
  | PluginDenied
  | PluginReloaded
  | PluginUnloaded
  | PluginEventsMissed

/** A plugin stands elsewhere now. */
export type PluginStateChanged = {
  /** Tells the events from each other. */
  readonly type: 'state'
  /** When. */
  readonly at: string
  /** Which plugin. */
  readonly plugin: string
  /** Where it stood. */
  readonly from: PluginState
  /** Where it stands. */
  readonly to: PluginState
}

/** A plugin has crashed, has not started, or has not answered in time. */
export type PluginFaulted = {
  /** Tells the events from each other. */
  readonly type: 'fault'
  /** When. */
  readonly at: string
  /** Which plugin. */
  readonly plugin: string
  /** What it has done. */
  readonly failure: PluginFault
}

/** A plugin has tried what it may not; it was prevented. */
export type PluginDenied = {
  /** Tells the events from each other. */
  readonly type: 'denied'
  /** When. */
  readonly at: string
  /** Which plugin. */
  readonly plugin: string
  /** What it has tried, such as `use the service "shop.points"`. */
  readonly what: string
}

/** Another version has taken the place of a running one. */
export type PluginReloaded = {
  /** Tells the events from each other. */
  readonly type: 'reloaded'
  /** When. */
  readonly at: string
  /** Which plugin. */
  readonly plugin: string
  /** The version that was running. */
  readonly from: string
  /** The version that is running. */
  readonly to: string
}

/** It is known whether a stopped plugin is really gone. */
export type PluginUnloaded = {
  /** Tells the events from each other. */
  readonly type: 'unloaded'
  /** When. */
  readonly at: string
  /** Which plugin. */
  readonly plugin: string
  /** Whether it is gone, or what is left of it. */
  readonly proof: UnloadProof
}

/** The reader was too slow: so many events were dropped here. */
export type PluginEventsMissed = {
  /** Tells the events from each other. */
  readonly type: 'missed'
  /** When the reader was told. */
  readonly at: string
  /** How many. */
  readonly count: number
}

/** A fault that counts towards quarantine. */
export type PluginFault = PluginStartFailure | PluginCallTimedOut
