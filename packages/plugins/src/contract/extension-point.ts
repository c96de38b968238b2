import type { Json } from '@ashlar/kernel'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { requireName } from './name.ts'

/**
 * How a call goes through the contributions to a point: `first` that answers, `all` side by side, or `pipeline`, where
 * each gets what the one before has made.
 */
export type ExtensionMode = 'first' | 'all' | 'pipeline'

/** A schema whose value is told to plugins; values cross to other processes, so they are JSON. */
export type InputSchema = StandardSchemaV1<unknown, Json>

/** A schema of what a plugin answers, before it is checked. */
export type OutputSchema = StandardSchemaV1<Json | undefined, unknown>

/**
 * A place where plugins may add something to the host, with the shape of what goes in and comes out.
 *
 * @see {@link extensionPoint} for an example
 */
export interface ExtensionPoint<
  Input extends StandardSchemaV1 = StandardSchemaV1,
  Output extends StandardSchemaV1 = StandardSchemaV1,
  Mode extends ExtensionMode = ExtensionMode,
> {
  /** What manifests call it under `contributes`. */
  readonly id: string
  /** Checks and completes what a caller gives, before any plugin sees it. */
  readonly input: Input
  /** Checks what a plugin answers, before the caller sees it. */
  readonly output: Output
  /** How a call goes through the contributions. */
  readonly mode: Mode
}

/** What a caller of a point gives. */
export type GivenTo<Point extends ExtensionPoint> = StandardSchemaV1.InferInput<Point['input']>

/** What a contribution to a point gets. */
export type InputOf<Point extends ExtensionPoint> = StandardSchemaV1.InferOutput<Point['input']>

/** What a contribution to a point answers. */
export type AnswerTo<Point extends ExtensionPoint> = StandardSchemaV1.InferInput<Point['output']>

/** What a caller of a point gets from one contribution. */
export type OutputOf<Point extends ExtensionPoint> = StandardSchemaV1.InferOutput<Point['output']>

/**
 * Declares a place where plugins may add something.
 *
 * The declaration lives in a module of its own that the host and its plugins share. What goes in is checked by the
 * host before a plugin sees it, what comes out before the caller does. Both are JSON, since a plugin may run in another
 * process.
 *
 * @param id - what manifests call it: lower-case words joined by `.` and `-`, at most 100 characters
 * @param options - `input` and `output` are Standard Schemas; `mode` is how a call goes through several contributions;
 *   what a `pipeline` hands on must fit its own input
 * @returns the point, frozen
 * @throws {@link InvalidPluginOptionError} for an id that can't be
 * @example
 * ```ts
 * import { extensionPoint } from '@ashlar/plugins/plugin'
 * import * as v from 'valibot'
 *
 * export const priceRules = extensionPoint('shop.price-rules', {
 *   input: v.object({ sku: v.string(), pence: v.number() }),
 *   output: v.object({ sku: v.string(), pence: v.number() }),
 *   mode: 'pipeline',
 * })
 * ```
 */
export function extensionPoint<
  const Input extends InputSchema,
  const Output extends OutputSchema,
  const Mode extends ExtensionMode,
>(
  id: string,
  options: { readonly input: Input; readonly output: Output; readonly mode: Mode },
): ExtensionPoint<Input, Output, Mode> {
  requireName('extension point', id)
  return Object.freeze({ id, input: options.input, output: options.output, mode: options.mode })
}
