import { ok, type Result } from '@ashlar/result'
import { InvalidPluginOptionError } from '../../contract/invalid-plugin-option-error.ts'
import { IsolatedRunner } from '../isolated/isolated-runner.ts'
import type { IsolationUnavailable } from '../run-failure.ts'
import type { Runner } from '../runner.ts'
import { type QuickJsRuntimes, SandboxCarrier } from './sandbox-carrier.ts'

export type { QuickJsRuntimes } from './sandbox-carrier.ts'

/** Options of {@link quickJsRunner}. */
export interface QuickJsOptions {
  /**
   * How much a plugin may compute for one message: QuickJS looks up about every 10 000 instructions, and this is how often
   * it may; from 1, 1 000 unless told. The same call always takes the same number.
   */
  readonly maxSteps?: number
}

/**
 * Runs each plugin in a QuickJS runtime of its own, compiled to WebAssembly: it can compute, log, and use the services that
 * it was granted. There is no file, no network, no clock of Node's and no timer in there.
 *
 * A call runs in the host's own thread, so what it computes holds the host up for as long as it takes.
 *
 * @param quickjs - the module of `quickjs-emscripten`
 * @param options - `maxSteps`
 * @returns the runner, for the `runners` of a `PluginManager`
 * @throws `InvalidPluginOptionError` for a number of steps that can't be
 * @example
 * ```ts
 * import { quickJsRunner } from '@ashlar/plugins/quickjs'
 * import { getQuickJS } from 'quickjs-emscripten'
 *
 * const runner = quickJsRunner(await getQuickJS(), { maxSteps: 500 })
 * console.log(runner.isolation) // sandbox
 * ```
 */
export function quickJsRunner(quickjs: QuickJsRuntimes, options: QuickJsOptions = {}): Runner {
  const { maxSteps = 1_000 } = options
  if (!Number.isSafeInteger(maxSteps) || maxSteps < 1)
    throw new InvalidPluginOptionError(`maxSteps must be a whole number from 1, found ${String(maxSteps)}`)
  return new QuickJsRunner(quickjs, maxSteps)
}

class QuickJsRunner extends IsolatedRunner {
  constructor(quickjs: QuickJsRuntimes, maxSteps: number) {
    super(
      'sandbox',
      (terms, maxMessageBytes, listener) =>
        new SandboxCarrier(quickjs, terms, maxSteps, maxMessageBytes, listener),
      {},
    )
  }

  /** There is nothing in the engine that would have to be closed. */
  override async verify(): Promise<Result<void, IsolationUnavailable>> {
    return ok()
  }
}
