import { type Failure, failure } from '@ashlar/result'
import type { DiscoveryFailure } from '../load/discovery-failure.ts'
import type { PluginRefusal } from '../load/plugin-refusal.ts'
import type { PlanFailure } from '../plan/plan-failure.ts'
import type { PluginStartFailure } from '../run/run-failure.ts'

/** A plugin that this one waits for is not active. */
export type DependencyNotActive = Failure<'DependencyNotActive', { plugin: string; dependency: string }>

/** Why a planned plugin was not started. */
export type StartProblem = PluginStartFailure | DependencyNotActive

/** Some plugins could not be started, so none was; those that had started were stopped again. */
export type StartAborted = Failure<
  'StartAborted',
  { refusals: readonly PluginRefusal[]; problems: readonly StartProblem[] }
>

/** No plugin of this id was found, or none is running. */
export type PluginNotFound = Failure<'PluginNotFound', { plugin: string }>

/** A plugin that others wait for; they have to be unloaded before. */
export type PluginInUse = Failure<'PluginInUse', { plugin: string; by: readonly string[] }>

/** The plugin is stopped, but its module stays in memory until the process ends. */
export type ModuleNotUnloadable = Failure<'ModuleNotUnloadable', { plugin: string }>

/** The new version says that it must not take over. */
export type ProbeFailed = Failure<'ProbeFailed', { plugin: string; version: string; reason: string }>

/** Why a new version did not take over; the old one goes on. */
export type ReloadFailure =
  | PluginNotFound
  | ModuleNotUnloadable
  | ProbeFailed
  | PluginStartFailure
  | DiscoveryFailure
  | PlanFailure

/** Why a plugin was not unloaded, or not wholly. */
export type UnloadFailure = PluginNotFound | PluginInUse | ModuleNotUnloadable

export function dependencyNotActive(plugin: string, dependency: string): DependencyNotActive {
  const message = `plugin "${plugin}" waits for "${dependency}", which is not active`
  return failure('DependencyNotActive', message, { plugin, dependency })
}

export function startAborted(
  refusals: readonly PluginRefusal[],
  problems: readonly StartProblem[],
): StartAborted {
  const first = refusals[0]?.failure ?? problems[0]
  const count = refusals.length + problems.length
  const message = `${count} plugins can't be started, so none is: ${first?.message ?? 'no reason'}`
  return failure('StartAborted', message, { refusals, problems })
}

export function pluginNotFound(plugin: string): PluginNotFound {
  return failure('PluginNotFound', `there is no plugin "${plugin}"`, { plugin })
}

export function pluginInUse(plugin: string, by: readonly string[]): PluginInUse {
  return failure('PluginInUse', `plugin "${plugin}" is waited for by ${by.join(', ')}`, { plugin, by })
}

export function moduleNotUnloadable(plugin: string): ModuleNotUnloadable {
  const message = `plugin "${plugin}" is a module of Node's own loader, which never frees one: bundle it to be able to`
  return failure('ModuleNotUnloadable', message, { plugin })
}

export function probeFailed(plugin: string, version: string, reason: string): ProbeFailed {
  const message = `version ${version} of plugin "${plugin}" must not take over: ${reason}`
  return failure('ProbeFailed', message, { plugin, version, reason })
}
