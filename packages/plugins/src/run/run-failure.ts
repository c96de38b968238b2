import { type Failure, failure } from '@ashlar/result'
import type { Isolation } from '../manifest/plugin-manifest.ts'

/** A level of isolation that this machine does not enforce; `unmet` lists what was tried and not prevented. */
export type IsolationUnavailable = Failure<
  'IsolationUnavailable',
  { isolation: Isolation; unmet: readonly string[] }
>

/** How a plugin ended that nobody had stopped. */
export type CrashCause = 'exit' | 'memory' | 'flood' | 'message-size' | 'protocol' | 'unresponsive'

/** A plugin's thread or process has ended by itself, or had to be ended. */
export type PluginCrashed = Failure<'PluginCrashed', { plugin: string; cause: CrashCause; detail: string }>

/** A plugin's code can't be loaded, or its `activate` threw; `reason` is the text of it. */
export type PluginBroken = Failure<'PluginBroken', { plugin: string; reason: string }>

/** A plugin did not start in time. */
export type PluginStartTimedOut = Failure<'PluginStartTimedOut', { plugin: string; timeoutMs: number }>

/** The configuration does not fit the plugin's own schema. */
export type PluginConfigInvalid = Failure<'PluginConfigInvalid', { plugin: string; reason: string }>

/** A plugin did not add a contribution that its manifest lists. */
export type ContributionMissing = Failure<
  'ContributionMissing',
  { plugin: string; points: readonly string[] }
>

/** Why the code of a plugin is not running. */
export type PluginStartFailure =
  | IsolationUnavailable
  | PluginBroken
  | PluginStartTimedOut
  | PluginConfigInvalid
  | ContributionMissing
  | PluginCrashed

export function isolationUnavailable(isolation: Isolation, unmet: readonly string[]): IsolationUnavailable {
  return failure(
    'IsolationUnavailable',
    `isolation "${isolation}" is not enforced here: ${unmet.join('; ')}`,
    { isolation, unmet },
  )
}

export function pluginCrashed(plugin: string, cause: CrashCause, detail: string): PluginCrashed {
  return failure('PluginCrashed', `plugin "${plugin}" has ended: ${detail}`, { plugin, cause, detail })
}

export function pluginBroken(plugin: string, reason: string): PluginBroken {
  return failure('PluginBroken', `plugin "${plugin}" can't be started: ${reason}`, { plugin, reason })
}

export function pluginStartTimedOut(plugin: string, timeoutMs: number): PluginStartTimedOut {
  const message = `plugin "${plugin}" should have started within ${timeoutMs} ms and has not`
  return failure('PluginStartTimedOut', message, { plugin, timeoutMs })
}

export function pluginConfigInvalid(plugin: string, reason: string): PluginConfigInvalid {
  return failure('PluginConfigInvalid', `the configuration of plugin "${plugin}" does not fit: ${reason}`, {
    plugin,
    reason,
  })
}

export function contributionMissing(plugin: string, points: readonly string[]): ContributionMissing {
  const message = `plugin "${plugin}" should contribute to ${points.join(', ')} by its manifest and does not`
  return failure('ContributionMissing', message, { plugin, points })
}
