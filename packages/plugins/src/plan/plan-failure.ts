import { type Failure, failure } from '@ashlar/result'
import type { Capability, Isolation } from '../manifest/plugin-manifest.ts'

/** A plugin that is not written for this version of the host. */
export type EngineMismatch = Failure<'EngineMismatch', { plugin: string; wanted: string; engine: string }>

/** A plugin that is written for another interface. */
export type ApiMismatch = Failure<
  'ApiMismatch',
  { plugin: string; wanted: string; offered: readonly string[] }
>

/** Two plugins of one id; neither starts, since nothing says which is meant. */
export type PluginIdTaken = Failure<'PluginIdTaken', { plugin: string; origins: readonly string[] }>

/**
 * A plugin that is waited for is not there, or can't start itself; `path` leads there from the one that waits. Of a path
 * of more than fifty the middle is left out, with `…` in its place.
 */
export type DependencyMissing = Failure<'DependencyMissing', { plugin: string; path: readonly string[] }>

/** A plugin that is waited for has another version. */
export type DependencyVersionMismatch = Failure<
  'DependencyVersionMismatch',
  { plugin: string; dependency: string; wanted: string; found: string }
>

/**
 * Plugins that wait for each other; `path` begins and ends with the same one, this plugin itself where it has at most a
 * hundred.
 */
export type DependencyCycle = Failure<'DependencyCycle', { plugin: string; path: readonly string[] }>

/** A plugin asks for what the policy does not grant, or the host does not have. */
export type CapabilityDenied = Failure<'CapabilityDenied', { plugin: string; capability: Capability }>

/** A plugin contributes to a point that the host does not have. */
export type PointUnknown = Failure<'PointUnknown', { plugin: string; point: string }>

/** A plugin can't run as far from the host as the policy wants, or the policy refuses it altogether. */
export type IsolationRefused = Failure<
  'IsolationRefused',
  { plugin: string; wanted: Isolation | undefined; reason: string }
>

/** Why a plugin that is sound by itself can't start in this host. */
export type PlanFailure =
  | EngineMismatch
  | ApiMismatch
  | PluginIdTaken
  | DependencyMissing
  | DependencyVersionMismatch
  | DependencyCycle
  | CapabilityDenied
  | PointUnknown
  | IsolationRefused

export function engineMismatch(plugin: string, wanted: string, engine: string): EngineMismatch {
  const message = `plugin "${plugin}" works with versions ${wanted} of the host, which is ${engine}`
  return failure('EngineMismatch', message, { plugin, wanted, engine })
}

export function apiMismatch(plugin: string, wanted: string, offered: readonly string[]): ApiMismatch {
  const message = `plugin "${plugin}" is written for "${wanted}", the host offers ${offered.join(', ') || 'none'}`
  return failure('ApiMismatch', message, { plugin, wanted, offered })
}

export function pluginIdTaken(plugin: string, origins: readonly string[]): PluginIdTaken {
  const message = `the id "${plugin}" must be that of one plugin, found in ${origins.join(' and ')}`
  return failure('PluginIdTaken', message, { plugin, origins })
}

export function dependencyMissing(plugin: string, path: readonly string[]): DependencyMissing {
  const message = `plugin "${plugin}" can't start without "${path.at(-1)}", which is not to be had: ${shownPath(path)}`
  return failure('DependencyMissing', message, { plugin, path })
}

export function dependencyVersionMismatch(
  plugin: string,
  dependency: string,
  wanted: string,
  found: string,
): DependencyVersionMismatch {
  const message = `plugin "${plugin}" works with versions ${wanted} of "${dependency}", found ${found}`
  return failure('DependencyVersionMismatch', message, { plugin, dependency, wanted, found })
}

export function dependencyCycle(plugin: string, path: readonly string[]): DependencyCycle {
  const message = `plugin "${plugin}" waits for itself: ${shownPath(path)}`
  return failure('DependencyCycle', message, { plugin, path })
}

export function capabilityDenied(plugin: string, capability: Capability): CapabilityDenied {
  const message = `plugin "${plugin}" asks for ${shownCapability(capability)}, which is not granted`
  return failure('CapabilityDenied', message, { plugin, capability })
}

export function pointUnknown(plugin: string, point: string): PointUnknown {
  return failure(
    'PointUnknown',
    `plugin "${plugin}" contributes to "${point}", which the host does not have`,
    {
      plugin,
      point,
    },
  )
}

export function isolationRefused(
  plugin: string,
  wanted: Isolation | undefined,
  reason: string,
): IsolationRefused {
  return failure('IsolationRefused', `plugin "${plugin}" can't run here: ${reason}`, {
    plugin,
    wanted,
    reason,
  })
}

/** A path in one line; of a long one its ends. */
function shownPath(path: readonly string[]): string {
  const shown = path.length > 20 ? [...path.slice(0, 10), '…', ...path.slice(-10)] : path
  return shown.join(' → ')
}

function shownCapability(capability: Capability): string {
  switch (capability.kind) {
    case 'service':
      return `the service "${capability.id}"`
    case 'fs.read':
    case 'fs.write':
      return `${capability.kind} of ${capability.paths.join(', ')}`
    case 'env':
      return `the environment's ${capability.names.join(', ')}`
    case 'net':
      return 'the network'
    default:
      return capability satisfies never
  }
}
