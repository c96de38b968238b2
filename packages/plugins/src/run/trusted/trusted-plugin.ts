import { PluginRefusedError } from '../../contract/plugin-refused-error.ts'
import type { Activated, Activation } from '../activation.ts'
import type { Handler, RunningPlugin } from '../runner.ts'
import type { PluginLeak, UnloadProof } from '../unload-proof.ts'
import type { Traces } from './traces.ts'
import { whenCollected } from './when-collected.ts'

/** All that keeps a plugin in memory while it runs. */
interface Parts {
  readonly activation: Activation
  readonly traces: Traces
  readonly newGlobals: () => readonly PluginLeak[]
}

/** What is left of a plugin once it has ended. */
interface Remains {
  readonly name: string
  readonly collected: Promise<void>
  readonly leaked: readonly PluginLeak[]
  readonly proofTimeoutMs: number
}

/** A plugin in the host's own process. */
export class TrustedPlugin implements RunningPlugin {
  readonly contributions: ReadonlyMap<string, Handler>
  readonly unloaded: Promise<UnloadProof>
  readonly #remains: Remains
  readonly #unloaded = Promise.withResolvers<UnloadProof>()
  #parts: Parts | undefined
  #stopping: Promise<readonly string[]> | undefined

  constructor(parts: Parts, remains: Omit<Remains, 'collected'> & { readonly collected?: Promise<void> }) {
    this.contributions = parts.activation.contributions
    this.unloaded = this.#unloaded.promise
    this.#parts = parts
    this.#remains = { ...remains, collected: remains.collected ?? whenCollected(parts.activation) }
  }

  async activate(): Promise<Activated> {
    return this.#running().activation.activate()
  }

  async probe(): Promise<void> {
    return this.#running().activation.probe()
  }

  async isResponsive(): Promise<boolean> {
    return true
  }

  stop(timeoutMs: number): Promise<readonly string[]> {
    this.#stopping ??= this.#stop(this.#running(), timeoutMs)
    return this.#stopping
  }

  async #stop(parts: Parts, timeoutMs: number): Promise<readonly string[]> {
    this.#parts = undefined
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    const problems = await parts.activation.end(deadline.signal)
    clearTimeout(timer)
    await turn()
    const leaked = [...this.#remains.leaked, ...parts.traces.end(), ...parts.newGlobals()]
    this.#unloaded.resolve(leaked.length > 0 ? { collected: false, leaked } : proof(this.#remains))
    return problems
  }

  #running(): Parts {
    if (this.#parts === undefined) throw new PluginRefusedError(`${this.#remains.name} has been stopped`)
    return this.#parts
  }
}

/** What has been closed says so a turn later. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

async function proof({ name, collected, proofTimeoutMs }: Remains): Promise<UnloadProof> {
  const { promise, resolve } = Promise.withResolvers<UnloadProof>()
  const what = `${name}, still reached by somebody after ${proofTimeoutMs} ms`
  const timer = setTimeout(
    () => resolve({ collected: false, leaked: [{ kind: 'reference', what }] }),
    proofTimeoutMs,
  )
  timer.unref()
  await Promise.race([collected, promise])
  clearTimeout(timer)
  resolve({ collected: true, leaked: [] })
  return promise
}
