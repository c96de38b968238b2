import { type Json, silentLogger, systemClock, systemRandom } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { ExtensionPoint, GivenTo } from '../contract/extension-point.ts'
import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import type { PluginLoader } from '../load/plugin-loader.ts'
import { planPlugins } from '../plan/plan-plugins.ts'
import type { PlannedPlugin, PluginPlan } from '../plan/plugin-plan.ts'
import type { PluginPolicy } from '../plan/plugin-policy.ts'
import { ProcessRunner } from '../run/process/process-runner.ts'
import { TrustedRunner } from '../run/trusted/trusted-runner.ts'
import { WorkerRunner } from '../run/worker/worker-runner.ts'
import { type CallFailure, pluginNotActive, pointInputInvalid } from './call-failure.ts'
import { type CallResult, callPoint } from './call-point.ts'
import { Contributions, type Contributor } from './contributions.ts'
import { Deadlines } from './deadlines.ts'
import { EventFeed } from './event-feed.ts'
import { guarded } from './guarded-logger.ts'
import {
  moduleNotUnloadable,
  pluginInUse,
  pluginNotFound,
  type ReloadFailure,
  type StartAborted,
  startAborted,
  type UnloadFailure,
} from './manage-failure.ts'
import { ManagedPlugin } from './managed-plugin.ts'
import { PluginManagerClosedError } from './manager-closed-error.ts'
import type {
  CallOptions,
  PluginManagerOptions,
  Reloaded,
  StartOptions,
  Unloaded,
} from './manager-options.ts'
import type { PluginEvent } from './plugin-event.ts'
import type { PluginInfo } from './plugin-info.ts'
import { PluginInstruments } from './plugin-instruments.ts'
import type { PluginState } from './plugin-state.ts'
import { type StartReport, startAll, stopAll } from './start-plan.ts'
import type { Surroundings } from './surroundings.ts'
import { VerifiedRunner } from './verified-runner.ts'

/**
 * Loads plugins, starts them in the order in which they need each other, calls them, and stops, replaces and unloads them
 * while the host goes on.
 *
 * What a plugin does to itself stays its own matter: it is told apart by id, contained by its level of isolation, started
 * again after a crash with a growing rest, and put into quarantine when it crashes too often.
 *
 * @example
 * ```ts
 * import { objectSource, PluginLoader, PluginManager } from '@ashlar/plugins'
 * import { definePlugin, extensionPoint } from '@ashlar/plugins/plugin'
 * import * as v from 'valibot'
 *
 * const greetings = extensionPoint('demo.greetings', { input: v.string(), output: v.string(), mode: 'first' })
 * const polite = definePlugin({
 *   activate(context) {
 *     context.contribute(greetings, (name) => `Good day, ${name}`)
 *   },
 * })
 *
 * const loader = new PluginLoader({
 *   sources: [
 *     objectSource([
 *       {
 *         manifest: { id: 'polite', version: '1.0.0', engine: '^1.0.0', api: 'demo/1', contributes: { 'demo.greetings': {} } },
 *         definition: polite,
 *       },
 *     ]),
 *   ],
 * })
 * const manager = new PluginManager({
 *   loader,
 *   engine: '1.4.0',
 *   apis: ['demo/1'],
 *   points: [greetings],
 *   policy: () => ({ isolation: 'trusted' }),
 * })
 * await manager.loadPlugins()
 * const greeting = await manager.call(greetings, 'Ada')
 * console.log(greeting.isOk() && greeting.value) // Good day, Ada
 * await manager.dispose()
 * ```
 */
export class PluginManager implements AsyncDisposable {
  readonly #options: PluginManagerOptions
  readonly #points: ReadonlyMap<string, ExtensionPoint>
  readonly #around: Surroundings
  readonly #plugins = new Map<string, ManagedPlugin>()
  readonly #closing = new AbortController()
  /** Where those stand that were not started yet, by the last plan. */
  #seen: ReadonlyMap<string, PluginState> = new Map()
  #disposing: Promise<void> | undefined

  /** @throws {@link InvalidPluginOptionError} for two points, services or runners of one name */
  constructor(options: PluginManagerOptions) {
    const { clock = systemClock, random = systemRandom, logger = silentLogger } = options
    const { points = [], services = [], runners = [], telemetry } = options
    this.#options = options
    this.#points = byName('extension point', points, ({ id }) => id)
    const all = [new TrustedRunner(), new WorkerRunner(), new ProcessRunner(), ...runners]
    this.#around = {
      contributions: new Contributions(),
      deadlines: new Deadlines(),
      events: new EventFeed(clock),
      instruments: new PluginInstruments(telemetry),
      logger: guarded(logger),
      random,
      runners: new Map(all.map((runner) => [runner.isolation, new VerifiedRunner(runner)])),
      services: byName('service', services, ({ id }) => id),
    }
  }

  /**
   * Finds the plugins and decides which can start, on which terms and in which order; none of their code runs.
   *
   * @param options - `signal` gives up
   * @returns the plan; what can't start is among its refusals
   * @throws the signal's reason; {@link PluginManagerClosedError}
   */
  async plan(options: { readonly signal?: AbortSignal } = {}): Promise<PluginPlan> {
    this.#refuseWhenClosed('plan')
    const plan = this.#planned(await this.#options.loader.discover(options))
    this.#seen = statesIn(plan)
    return plan
  }

  /**
   * Starts the plugins of a plan, each after those that it waits for, the others at the same time.
   *
   * @param plan - from {@link PluginManager.plan}; plugins that are active go on as they are
   * @param options - `onFailure`, `signal`
   * @returns which are active, and why the others are not; with `onFailure: 'abort'`, `StartAborted` when there is any
   *   such, with all that this call had started stopped again
   * @throws the signal's reason; {@link PluginManagerClosedError}
   */
  async start(plan: PluginPlan, options: StartOptions = {}): Promise<Result<StartReport, StartAborted>> {
    this.#refuseWhenClosed('start')
    const { onFailure = 'continue', signal } = options
    signal?.throwIfAborted()
    const { plugins, refusals } = plan
    const aborts = onFailure === 'abort'
    if (aborts && refusals.length > 0) return err(startAborted(refusals, []))
    const before = new Set(this.#active())
    const begun = plugins.filter(({ manifest }) => !before.has(manifest.id))
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    try {
      const problems = await startAll(plugins, (planned) => this.#managed(planned), stop, aborts)
      if (aborts && problems.length > 0) {
        await this.#stop(begun)
        return err(startAborted([], problems))
      }
      const active = new Set(this.#active())
      const ids = plugins.map(({ manifest }) => manifest.id)
      return ok({ active: ids.filter((id) => active.has(id)), refusals, problems })
    } catch (reason) {
      await this.#stop(begun)
      throw reason
    }
  }

  /**
   * Plans and starts: all plugins that are there and not yet active.
   *
   * @param options - `onFailure`, `signal`
   * @returns as {@link PluginManager.start}
   * @throws the signal's reason; {@link PluginManagerClosedError}
   */
  async loadPlugins(options: StartOptions = {}): Promise<Result<StartReport, StartAborted>> {
    const { signal } = options
    return this.start(await this.plan(signal === undefined ? {} : { signal }), options)
  }

  /**
   * Calls a point: what its plugins make of an input.
   *
   * With mode `first`, plugins are asked one after the other until one answers with something; a failure ends the call,
   * since a plugin that failed may have done its work. With `all`, they are asked side by side, and each has a result of
   * its own. With `pipeline`, each gets what the one before has made, and a failure ends the call.
   *
   * @param point - one of the manager's
   * @param input - what the plugins get, once the point's schema has checked it
   * @param options - `plugin`, `timeoutMs`, `signal`
   * @returns what the point's schema made of the answer, or with mode `all` the answers of all plugins;
   *   `PointInputInvalid` before any plugin is asked; `NoContribution` when none answers; `PluginNotActive` for a plugin
   *   that was asked by name; `PluginBusy`, `PluginCallTimedOut`, `PluginCallThrew`, `PluginAnswerInvalid` or
   *   `PluginGone` for the plugin that is to blame
   * @throws the signal's reason; {@link InvalidPluginOptionError} for a point that is not the manager's;
   *   {@link PluginManagerClosedError}
   */
  call<Point extends ExtensionPoint>(
    point: Point,
    input: GivenTo<Point>,
    options?: CallOptions,
  ): Promise<CallResult<Point>>
  call(
    point: ExtensionPoint,
    input: unknown,
    options: CallOptions = {},
  ): Promise<Result<unknown, CallFailure>> {
    try {
      this.#refuseWhenClosed('call')
      options.signal?.throwIfAborted()
      if (options.timeoutMs !== undefined) requireTimeout(options.timeoutMs)
      if (this.#points.get(point.id) !== point) throw unknownPoint(point)
      const checked = point.input['~standard'].validate(input)
      return checked instanceof Promise
        ? checked.then((later) => this.#call(point, later, options))
        : this.#call(point, checked, options)
    } catch (reason) {
      return Promise.reject(reason)
    }
  }

  /**
   * Looks for the plugin's present version, starts it beside the running one, lets it probe itself, and lets calls go to
   * it from then on; calls in flight end where they began. Until the new one is ready, and if it is not, the old one goes
   * on.
   *
   * @param id - the plugin's id
   * @param options - `signal` gives up; the old version goes on
   * @returns the versions, and the proof that the old one is gone; `PluginNotFound`, `ModuleNotUnloadable` for a module
   *   of Node's own loader, why the new version can't start, or one that waits for it could not go on with it, or `ProbeFailed`
   * @throws the signal's reason; {@link PluginManagerClosedError}
   */
  async reload(
    id: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Reloaded, ReloadFailure>> {
    this.#refuseWhenClosed('reload')
    const managed = this.#plugins.get(id)
    if (managed === undefined) return err(pluginNotFound(id))
    if (managed.plan?.code.kind === 'module') return err(moduleNotUnloadable(id))
    const planned = await this.#replan(id, options)
    if (planned.isErr()) return err(planned.error)
    this.#refuseWhenClosed('reload')
    const from = managed.plan?.manifest.version
    const { signal } = options
    const stop = signal === undefined ? this.#closing.signal : AbortSignal.any([signal, this.#closing.signal])
    const replaced = await managed.replace(planned.value, stop)
    if (replaced.isErr()) return err(replaced.error)
    const { problems, proof } = replaced.value ?? nothingToEnd
    return ok({ from, to: planned.value.manifest.version, problems, proof })
  }

  /**
   * Lets a plugin's calls end, stops it, and frees its code.
   *
   * @param id - the plugin's id
   * @returns when it is stopped; whether it is really gone is told by `proof` later. `PluginNotFound`; `PluginInUse` when
   *   active plugins wait for it, and nothing is done; `ModuleNotUnloadable` when it is stopped, but can't be freed
   * @throws {@link PluginManagerClosedError}
   */
  async unloadPlugin(id: string): Promise<Result<Unloaded, UnloadFailure>> {
    this.#refuseWhenClosed('unloadPlugin')
    const managed = this.#plugins.get(id)
    if (managed?.plan === undefined) return err(pluginNotFound(id))
    const users = this.#usersOf(id)
    if (users.length > 0) return err(pluginInUse(id, users))
    const isModule = managed.plan.code.kind === 'module'
    const ended = await managed.stop()
    if (isModule) return err(moduleNotUnloadable(id))
    return ok(ended ?? nothingToEnd)
  }

  /** What is known of a plugin; undefined when no plan with it was started. */
  getPlugin(id: string): PluginInfo | undefined {
    const managed = this.#plugins.get(id)
    return managed && infoOf(managed)
  }

  /** What is known of all plugins, in the order in which they were first started. */
  getAllPlugins(): readonly PluginInfo[] {
    return [...this.#plugins.values()].map(infoOf)
  }

  /** Where a plugin stands; `discovered` or `resolved` by the last plan before it is started, undefined when unknown. */
  state(id: string): PluginState | undefined {
    return this.#plugins.get(id)?.state ?? this.#seen.get(id)
  }

  /**
   * Everything that happens to plugins from now on. A reader that is more than 1 000 events behind misses the oldest, and
   * is told how many.
   *
   * @param options - `signal` ends the reading
   * @returns events, until the manager is disposed of
   * @throws the signal's reason
   */
  events(options: { readonly signal: AbortSignal }): AsyncIterable<PluginEvent> {
    return this.#around.events.read(options.signal)
  }

  /**
   * Stops all plugins, each after those that wait for it, whatever any of them throws; ends threads and processes.
   * Disposing again does nothing.
   */
  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose()
    return this.#disposing
  }

  /** Disposes at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose()
  }

  #planned(discovery: Awaited<ReturnType<PluginLoader['discover']>>): PluginPlan {
    const { engine, apis, policy = inProcesses } = this.#options
    return planPlugins(discovery, {
      engine,
      apis,
      policy,
      points: new Set(this.#points.keys()),
      services: new Set(this.#around.services.keys()),
      isolations: new Set(this.#around.runners.keys()),
    })
  }

  /** Plans one plugin anew among those that are running. */
  async #replan(
    id: string,
    options: { readonly signal?: AbortSignal },
  ): Promise<Result<PlannedPlugin, ReloadFailure>> {
    const { plugins, refusals } = await this.#options.loader.discover(options)
    const others = this.#running().filter(({ manifest }) => manifest.id !== id)
    const plan = this.#planned({
      plugins: [...others, ...plugins.filter(({ manifest }) => manifest.id === id)],
      refusals: refusals.filter(({ plugin }) => plugin === id),
    })
    const planned = plan.plugins.find(({ manifest }) => manifest.id === id)
    const refusal = plan.refusals.find(({ plugin }) => plugin === id) ?? plan.refusals[0]
    if (refusal !== undefined) return err(refusal.failure)
    return planned === undefined ? err(pluginNotFound(id)) : ok(planned)
  }

  #call(
    point: ExtensionPoint,
    checked: StandardSchemaV1.Result<unknown>,
    { plugin, timeoutMs, signal }: CallOptions,
  ): Promise<Result<unknown, CallFailure>> {
    if (checked.issues !== undefined) return Promise.resolve(err(pointInputInvalid(point.id, checked)))
    let contributors: readonly Contributor[] = this.#around.contributions.at(point.id)
    if (plugin !== undefined) {
      contributors = contributors.filter(({ id }) => id === plugin)
      if (contributors.length === 0)
        return Promise.resolve(err(pluginNotActive(plugin, point.id, this.state(plugin) ?? 'unknown')))
    }
    const { deadlines } = this.#around
    return callPoint(point, contributors, checked.value as Json, { deadlines, timeoutMs, signal })
  }

  #managed({ manifest }: PlannedPlugin): ManagedPlugin {
    let managed = this.#plugins.get(manifest.id)
    if (managed === undefined) {
      managed = new ManagedPlugin(manifest, this.#plugins.size, this.#around)
      this.#plugins.set(manifest.id, managed)
    }
    return managed
  }

  #active(): string[] {
    return [...this.#plugins.values()].flatMap(({ id, state }) => (state === 'active' ? [id] : []))
  }

  #usersOf(id: string): string[] {
    const all = [...this.#plugins.values()].filter(({ plan }) => plan?.manifest.dependsOn.has(id) === true)
    return all.map((user) => user.id)
  }

  #stop(plans: readonly PlannedPlugin[]): Promise<void> {
    return stopAll(plans, (id) => this.#plugins.get(id)?.stop())
  }

  async #dispose(): Promise<void> {
    this.#closing.abort(new PluginManagerClosedError('start'))
    await this.#stop(this.#running())
    // Those that were waiting for their turn to start had no plan yet.
    await Promise.allSettled([...this.#plugins.values()].map((managed) => managed.stop()))
    await Promise.allSettled([...this.#around.runners.values()].map((runner) => runner.close()))
    this.#around.deadlines.rest()
    this.#around.events.close()
  }

  #running(): readonly PlannedPlugin[] {
    return [...this.#plugins.values()].flatMap(({ plan }) => (plan === undefined ? [] : [plan]))
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#disposing !== undefined) throw new PluginManagerClosedError(operation)
  }
}

/** The longest that a timer can wait. */
const longestTimeoutMs = 2 ** 31 - 1

const nothingToEnd: Unloaded = {
  problems: [],
  proof: Promise.resolve({ collected: true, leaked: [] }),
}

const inProcesses: PluginPolicy = () => ({ isolation: 'process' })

/** Those that may start are resolved, the others are no more than discovered. */
function statesIn({ plugins, refusals }: PluginPlan): ReadonlyMap<string, PluginState> {
  const refused = refusals.flatMap(({ plugin }) => (plugin === undefined ? [] : [plugin]))
  return new Map<string, PluginState>([
    ...refused.map((id) => [id, 'discovered'] as const),
    ...plugins.map(({ manifest }) => [manifest.id, 'resolved'] as const),
  ])
}

function infoOf(managed: ManagedPlugin): PluginInfo {
  const { id, manifest, state, plan, lastFailure, counts } = managed
  return Object.freeze({
    id,
    version: manifest.version,
    manifest,
    state,
    isolation: plan?.isolation,
    unloadable: plan?.code.kind !== 'module',
    lastFailure,
    metrics: counts.copy(),
  })
}

function byName<Thing>(
  kind: string,
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
): ReadonlyMap<string, Thing> {
  const named = new Map<string, Thing>()
  for (const thing of things) {
    const name = nameOf(thing)
    if (named.has(name))
      throw new InvalidPluginOptionError(`the ${kind} "${name}" must be given once, found twice`)
    named.set(name, thing)
  }
  return named
}

function requireTimeout(timeoutMs: number): void {
  if (timeoutMs >= 1 && timeoutMs <= longestTimeoutMs) return
  throw new InvalidPluginOptionError(`timeoutMs must be from 1 to ${longestTimeoutMs}, found ${timeoutMs}`)
}

function unknownPoint({ id }: ExtensionPoint): InvalidPluginOptionError {
  return new InvalidPluginOptionError(
    `the extension point "${id}" must be one of the manager's, found another`,
  )
}
