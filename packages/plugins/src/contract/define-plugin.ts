import type { Logger } from '@ashlar/kernel'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { AnswerTo, ExtensionPoint, InputOf } from './extension-point.ts'
import { InvalidPluginOptionError } from './invalid-plugin-option-error.ts'
import type { Remote, ServiceRef } from './service.ts'

/** What a contribution is told about one call. */
export interface CallContext {
  /** Aborted when the caller has given up, the time is over, or the plugin is stopped. */
  readonly signal: AbortSignal
}

/** Does the work of a contribution; what it throws fails the call. */
export type Contribution<Point extends ExtensionPoint> = (
  input: InputOf<Point>,
  call: CallContext,
) => AnswerTo<Point> | Promise<AnswerTo<Point>>

/** What a plugin is handed when it starts; never the host itself. */
export interface PluginContext<Config = unknown> {
  /** Id and version by the manifest. */
  readonly plugin: { readonly id: string; readonly version: string }
  /** What the host's policy configured, after the plugin's own schema. */
  readonly config: Config
  /** Aborted when the plugin is to stop. */
  readonly signal: AbortSignal
  /** Writes to the host's log, under the plugin's id. */
  readonly log: Logger
  /**
   * Adds a contribution, while the plugin is activated.
   *
   * @param point - one that the manifest lists under `contributes`
   * @param contribution - one for each point
   * @throws {@link PluginRefusedError} for a point that the manifest does not list, twice for the same, or later
   */
  contribute<Point extends ExtensionPoint>(point: Point, contribution: NoInfer<Contribution<Point>>): void
  /**
   * A service of the host.
   *
   * @param ref - one that the manifest lists under `needs`
   * @returns the service; its methods reject with {@link PluginRefusedError} when the host refuses, and with what the
   *   host's own method threw
   * @throws {@link PluginRefusedError} for a service that the manifest does not list or the host does not grant
   */
  use<Service extends object>(ref: ServiceRef<Service>): Remote<Service>
  /** Runs when the plugin stops, last one first, after `deactivate`; also when it could not start. */
  onDispose(dispose: () => void | Promise<void>): void
}

/** A plugin's code. */
export interface PluginDefinition<Config = unknown> {
  /** Checks and completes the configuration before `activate`; without it, it is handed on as it is. */
  readonly config?: StandardSchemaV1<unknown, Config>
  /** Adds contributions and begins whatever the plugin has to do. */
  activate(context: PluginContext<Config>): void | Promise<void>
  /** Asked before a new version takes the place of an old one; throws to say that it must not. */
  probe?(): void | Promise<void>
  /** Ends what was begun; the signal is aborted when the time for it is over. */
  deactivate?(signal: AbortSignal): void | Promise<void>
}

/**
 * Defines a plugin; it is the default export of its module.
 *
 * @param definition - `activate`, and what else it has
 * @returns the definition, frozen
 * @throws {@link InvalidPluginOptionError} without `activate`
 * @example
 * ```ts
 * import { definePlugin, extensionPoint } from '@ashlar/plugins/plugin'
 * import * as v from 'valibot'
 *
 * const greetings = extensionPoint('demo.greetings', { input: v.string(), output: v.string(), mode: 'first' })
 *
 * export default definePlugin({
 *   activate(context) {
 *     context.contribute(greetings, (name) => `Good day, ${name}`)
 *   },
 * })
 * ```
 */
export function definePlugin<Config = unknown>(
  definition: PluginDefinition<Config>,
): PluginDefinition<Config> {
  if (typeof definition?.activate !== 'function')
    throw new InvalidPluginOptionError('a plugin must have a function "activate", found none')
  return Object.freeze({ ...definition })
}
