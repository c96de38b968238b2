import { err, type Result } from '@ashlar/result'
import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import { reasonOf } from '../run/reason-of.ts'
import {
  type IsolationUnavailable,
  isolationUnavailable,
  type PluginStartFailure,
  pluginBroken,
} from '../run/run-failure.ts'
import type { HostSide, Runner, RunningPlugin } from '../run/runner.ts'

/** A runner that starts nothing before it is known to enforce what it says. */
export class VerifiedRunner {
  readonly #runner: Runner
  #verified: Promise<Result<void, IsolationUnavailable>> | undefined

  constructor(runner: Runner) {
    this.#runner = runner
  }

  /** As the runner's own `start`; what it throws beside the signal's reason is the plugin's failure. */
  async start(
    plugin: PlannedPlugin,
    host: HostSide,
    options: { readonly signal: AbortSignal },
  ): Promise<Result<RunningPlugin, PluginStartFailure>> {
    const { signal } = options
    try {
      const verified = await this.#verify()
      signal.throwIfAborted()
      if (verified.isErr()) return err(verified.error)
      return await this.#runner.start(plugin, host, options)
    } catch (thrown) {
      signal.throwIfAborted()
      return err(pluginBroken(plugin.manifest.id, reasonOf(thrown)))
    }
  }

  close(): Promise<void> {
    return this.#runner.close()
  }

  #verify(): Promise<Result<void, IsolationUnavailable>> {
    this.#verified ??= this.#runner
      .verify()
      .catch((thrown) =>
        err(isolationUnavailable(this.#runner.isolation, [`the trial itself failed: ${reasonOf(thrown)}`])),
      )
    return this.#verified
  }
}
