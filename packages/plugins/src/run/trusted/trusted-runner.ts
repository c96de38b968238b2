import { err, ok, type Result } from '@ashlar/result'
import { InvalidPluginOptionError } from '../../contract/invalid-plugin-option-error.ts'
import type { PlannedPlugin } from '../../plan/plugin-plan.ts'
import { type Activated, Activation } from '../activation.ts'
import {
  contributionMissing,
  type IsolationUnavailable,
  type PluginStartFailure,
  pluginBroken,
  pluginConfigInvalid,
} from '../run-failure.ts'
import type { HostSide, Runner, RunningPlugin } from '../runner.ts'
import type { PluginLeak } from '../unload-proof.ts'
import { untilAborted } from '../until-aborted.ts'
import { GlobalNames } from './global-names.ts'
import { type LoadedCode, loadCode } from './load-code.ts'
import { reasonWithLine } from './reason-with-line.ts'
import { Traces } from './traces.ts'
import { TrustedPlugin } from './trusted-plugin.ts'

/** The longest time that a timer of Node's can wait. */
const longestMs = 2_147_483_647

/**
 * How a {@link TrustedRunner} works.
 *
 * @see {@link TrustedRunner} for an example
 */
export interface TrustedRunnerOptions {
  /**
   * How long the garbage collector has before an unloaded plugin counts as still referenced, from 1 to 2 147 483 647 ms;
   * 60 000 unless told.
   */
  readonly proofTimeoutMs?: number
}

/**
 * Runs plugins in the host's own process: nothing keeps them from anything, and a call costs what a function does.
 *
 * A bundle can be unloaded, and the proof tells whether it was. What it has begun with the globals and modules that it
 * was given (timers, listeners of `process`, servers, sockets, files, threads, child processes) and not ended when it
 * stops is ended by the runner and named in the proof; so are names that appeared on the global object or on what all
 * code shares, such as `Object.prototype`, while it ran, by whomever. A module stays in memory for good, and its proof
 * says so. Of an object the code is the host's; its proof tells whether the context that it was handed is gone.
 *
 * @example
 * ```ts
 * import { TrustedRunner } from '@ashlar/plugins'
 *
 * const runner = new TrustedRunner({ proofTimeoutMs: 10_000 })
 * console.log(runner.isolation) // trusted
 * ```
 */
export class TrustedRunner implements Runner {
  /** The level that it enforces: none but what the plugin's author keeps to. */
  readonly isolation = 'trusted'
  readonly #proofTimeoutMs: number
  readonly #globals = new GlobalNames()

  /** @throws {@link InvalidPluginOptionError} for a time that can't be */
  constructor(options: TrustedRunnerOptions = {}) {
    const { proofTimeoutMs = 60_000 } = options
    if (!Number.isInteger(proofTimeoutMs) || proofTimeoutMs < 1 || proofTimeoutMs > longestMs)
      throw new InvalidPluginOptionError(
        `proofTimeoutMs must be a whole number from 1 to ${longestMs}, found ${String(proofTimeoutMs)}`,
      )
    this.#proofTimeoutMs = proofTimeoutMs
  }

  /** There is nothing that this machine could fail to enforce. */
  async verify(): Promise<Result<void, IsolationUnavailable>> {
    return ok()
  }

  /** {@inheritDoc Runner.start} */
  async start(
    plugin: PlannedPlugin,
    host: HostSide,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<Result<RunningPlugin, PluginStartFailure>> {
    signal.throwIfAborted()
    const { id } = plugin.manifest
    const traces = new Traces()
    const newGlobals = this.#globals.watch()
    let loaded: LoadedCode
    try {
      loaded = await untilAborted(loadCode(plugin.code, traces), signal)
    } catch (thrown) {
      traces.end()
      signal.throwIfAborted()
      return err(pluginBroken(id, reasonWithLine(thrown, fileOf(plugin))))
    }
    const running = this.#running(plugin, host, loaded, { traces, newGlobals })
    const activated = await settled(running, signal)
    if (activated?.outcome === 'active') return ok(running)
    await undo(running, host, activated === undefined ? 0 : plugin.limits.stopTimeoutMs)
    if (activated === undefined) throw signal.reason
    return err(failureOf(id, activated))
  }

  /** Keeps nothing ready, so there is nothing to free. */
  async close(): Promise<void> {}

  #running(
    { manifest, config }: PlannedPlugin,
    host: HostSide,
    { definition, leaked, collected }: LoadedCode,
    watched: { readonly traces: Traces; readonly newGlobals: () => readonly PluginLeak[] },
  ): TrustedPlugin {
    const activation = new Activation(definition, {
      id: manifest.id,
      version: manifest.version,
      config,
      points: new Set(manifest.contributes.keys()),
      services: host.services,
      log: host.log,
      serve: (service, method, args, signal) => host.serve(service, method, args, signal),
      denied: (what) => host.denied(what),
    })
    const name = `plugin "${manifest.id}" ${manifest.version}`
    const proofTimeoutMs = this.#proofTimeoutMs
    const remains = { name, leaked, proofTimeoutMs, ...(collected === undefined ? {} : { collected }) }
    return new TrustedPlugin({ activation, ...watched }, remains)
  }
}

/** How it was activated; undefined when the time was over before. */
async function settled(running: TrustedPlugin, signal: AbortSignal): Promise<Activated | undefined> {
  try {
    return await untilAborted(running.activate(), signal)
  } catch {
    return undefined
  }
}

async function undo(running: TrustedPlugin, host: HostSide, timeoutMs: number): Promise<void> {
  const problems = await running.stop(timeoutMs)
  if (problems.length > 0)
    host.log.warn({ problems }, 'a plugin that could not start did not end as it should')
  void running.unloaded.then(({ leaked }) => {
    if (leaked.length > 0) host.log.warn({ leaked }, 'a plugin that could not start has left something')
  })
}

function failureOf(
  id: string,
  activated: Exclude<Activated, { readonly outcome: 'active' }>,
): PluginStartFailure {
  switch (activated.outcome) {
    case 'config-invalid':
      return pluginConfigInvalid(id, activated.reason)
    case 'broken':
      return pluginBroken(id, activated.reason)
    case 'contribution-missing':
      return contributionMissing(id, activated.points)
    default:
      return activated satisfies never
  }
}

function fileOf({ code }: PlannedPlugin): string {
  return code.kind === 'object' ? '' : code.file
}
