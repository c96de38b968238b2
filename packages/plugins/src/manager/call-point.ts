import type { Json } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { ExtensionPoint, OutputOf } from '../contract/extension-point.ts'
import {
  type CallFailure,
  noContribution,
  type PluginCallFailure,
  type PointInputInvalid,
} from './call-failure.ts'
import type { Contributor } from './contributions.ts'
import { type Asked, type AskOptions, ask } from './plugin-call.ts'

/** What one of several plugins has answered. */
export interface PluginAnswer<Output> {
  /** The plugin's id. */
  readonly plugin: string
  /** Its answer, or why there is none. */
  readonly result: Result<Output, PluginCallFailure>
}

/** What a call of a point gives: one answer, or with mode `all` those of all plugins. */
export type CallResult<Point extends ExtensionPoint> = Point['mode'] extends 'all'
  ? Result<readonly PluginAnswer<OutputOf<Point>>[], PointInputInvalid>
  : Result<OutputOf<Point>, CallFailure>

/** Lets a call go through the contributions to a point, by its mode. */
export function callPoint(
  point: ExtensionPoint,
  contributors: readonly Contributor[],
  input: Json,
  options: AskOptions,
): Promise<Result<unknown, CallFailure>> {
  switch (point.mode) {
    case 'first':
      return first(point, contributors, input, options)
    case 'all':
      return all(point, contributors, input, options)
    case 'pipeline':
      return pipeline(point, contributors, input, options)
    default:
      return point.mode satisfies never
  }
}

function first(
  point: ExtensionPoint,
  contributors: readonly Contributor[],
  input: Json,
  options: AskOptions,
): Promise<Asked> {
  const only = contributors[0]
  if (only === undefined) return Promise.resolve(err(noContribution(point.id)))
  return contributors.length === 1
    ? ask(only, point, input, options)
    : firstOf(point, contributors, input, options)
}

/** A failure ends the call: the next plugin must not do again what this one may have done. */
async function firstOf(
  point: ExtensionPoint,
  contributors: readonly Contributor[],
  input: Json,
  options: AskOptions,
): Promise<Asked> {
  for (const contributor of contributors) {
    const asked = await ask(contributor, point, input, options)
    if (asked.isOk() || asked.error.type !== 'NoContribution') return asked
    options.signal?.throwIfAborted()
  }
  return err(noContribution(point.id))
}

async function all(
  point: ExtensionPoint,
  contributors: readonly Contributor[],
  input: Json,
  options: AskOptions,
): Promise<Result<unknown, never>> {
  const answers = contributors.map(async (contributor) => ({
    plugin: contributor.id,
    result: await ask(contributor, point, input, options),
  }))
  return ok(await Promise.all(answers))
}

async function pipeline(
  point: ExtensionPoint,
  contributors: readonly Contributor[],
  input: Json,
  options: AskOptions,
): Promise<Asked> {
  let value: unknown = input
  for (const contributor of contributors) {
    const asked = await ask(contributor, point, value as Json, options)
    if (asked.isErr()) return asked
    value = asked.value
    options.signal?.throwIfAborted()
  }
  return ok(value)
}
