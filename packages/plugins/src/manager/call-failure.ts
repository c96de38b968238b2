import { type Failure, failure } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { PluginState } from './plugin-state.ts'

/** What a schema has found, as text: where, and what. */
export interface SchemaIssue {
  /** Where it stands, such as `lines[2].sku`; empty for the value itself. */
  readonly path: string
  /** What the schema says. */
  readonly message: string
}

/** What a caller gave does not fit the point; no plugin has seen it. */
export type PointInputInvalid = Failure<
  'PointInputInvalid',
  { point: string; issues: readonly SchemaIssue[] }
>

/** No active plugin contributes to the point, or each that does has declined. */
export type NoContribution = Failure<'NoContribution', { point: string }>

/** The plugin that was asked for by name is not active, or does not contribute to the point. */
export type PluginNotActive = Failure<
  'PluginNotActive',
  { plugin: string; point: string; state: PluginState | 'unknown' }
>

/** The plugin has as many calls in flight as it may. */
export type PluginBusy = Failure<'PluginBusy', { plugin: string; point: string; limit: number }>

/** The plugin did not answer in time; whether it has done its work is unknown. */
export type PluginCallTimedOut = Failure<
  'PluginCallTimedOut',
  { plugin: string; point: string; timeoutMs: number }
>

/** The plugin threw; `reason` is the text of it. */
export type PluginCallThrew = Failure<'PluginCallThrew', { plugin: string; point: string; reason: string }>

/** The plugin's answer does not fit the point. */
export type PluginAnswerInvalid = Failure<
  'PluginAnswerInvalid',
  { plugin: string; point: string; issues: readonly SchemaIssue[] }
>

/** The plugin ended while it was being called; whether it has done its work is unknown. */
export type PluginGone = Failure<'PluginGone', { plugin: string; point: string; reason: string }>

/** What a caller gave is larger than one message to the plugin may be; the plugin has not seen it. */
export type PluginInputTooLarge = Failure<
  'PluginInputTooLarge',
  { plugin: string; point: string; limit: number }
>

/** Why one plugin gave no answer. */
export type PluginCallFailure =
  | PluginBusy
  | PluginInputTooLarge
  | PluginCallTimedOut
  | PluginCallThrew
  | PluginAnswerInvalid
  | PluginGone

/** Why a call of a point gave no answer. */
export type CallFailure = PluginCallFailure | PointInputInvalid | NoContribution | PluginNotActive

export function pointInputInvalid(point: string, found: StandardSchemaV1.FailureResult): PointInputInvalid {
  const issues = issuesOf(found)
  return failure('PointInputInvalid', `what was given to "${point}" does not fit: ${shown(issues)}`, {
    point,
    issues,
  })
}

export function noContribution(point: string): NoContribution {
  return failure('NoContribution', `no active plugin answers at "${point}"`, { point })
}

export function pluginNotActive(
  plugin: string,
  point: string,
  state: PluginState | 'unknown',
): PluginNotActive {
  const message = `plugin "${plugin}" must be active and contribute to "${point}"; it is ${state}`
  return failure('PluginNotActive', message, { plugin, point, state })
}

export function pluginBusy(plugin: string, point: string, limit: number): PluginBusy {
  const message = `plugin "${plugin}" takes ${limit} calls at a time and has as many`
  return failure('PluginBusy', message, { plugin, point, limit })
}

export function pluginInputTooLarge(plugin: string, point: string, limit: number): PluginInputTooLarge {
  const message = `what was given to "${point}" must be at most ${limit} bytes for plugin "${plugin}", found more`
  return failure('PluginInputTooLarge', message, { plugin, point, limit })
}

export function pluginCallTimedOut(plugin: string, point: string, timeoutMs: number): PluginCallTimedOut {
  const message = `plugin "${plugin}" should have answered at "${point}" within ${timeoutMs} ms and has not`
  return failure('PluginCallTimedOut', message, { plugin, point, timeoutMs })
}

export function pluginCallThrew(plugin: string, point: string, reason: string): PluginCallThrew {
  return failure('PluginCallThrew', `plugin "${plugin}" failed at "${point}": ${reason}`, {
    plugin,
    point,
    reason,
  })
}

export function pluginAnswerInvalid(
  plugin: string,
  point: string,
  found: StandardSchemaV1.FailureResult,
): PluginAnswerInvalid {
  const issues = issuesOf(found)
  const message = `the answer of plugin "${plugin}" at "${point}" does not fit: ${shown(issues)}`
  return failure('PluginAnswerInvalid', message, { plugin, point, issues })
}

export function pluginGone(plugin: string, point: string, reason: string): PluginGone {
  const message = `plugin "${plugin}" ended while it was called at "${point}": ${reason}`
  return failure('PluginGone', message, { plugin, point, reason })
}

function issuesOf({ issues }: StandardSchemaV1.FailureResult): readonly SchemaIssue[] {
  return issues.map(({ path = [], message }) => ({ path: pathText(path), message }))
}

function pathText(path: readonly (PropertyKey | StandardSchemaV1.PathSegment)[]): string {
  let text = ''
  for (const step of path) {
    const key = typeof step === 'object' ? step.key : step
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`
  }
  return text
}

function shown(issues: readonly SchemaIssue[]): string {
  const some = issues.slice(0, 3).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  return some.join('; ').slice(0, 500)
}
