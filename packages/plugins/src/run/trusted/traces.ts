import type { PluginLeak } from '../unload-proof.ts'

/** Something that a plugin has begun in the host's process. */
export interface Trace {
  readonly kind: PluginLeak['kind']
  readonly what: string
  /** Whether it goes on. */
  isOpen(): boolean
  /** Ends it; throws where it has ended already. */
  end(): void
}

/** Traces after which those that have ended are looked for. */
const fewest = 64

/** What one plugin has begun and not ended. */
export class Traces {
  #traces: Trace[] = []
  #lookAt = fewest
  #hasEnded = false

  /** Keeps it in mind until it ends; after the plugin's end, ends it at once. */
  add(trace: Trace): void {
    if (this.#hasEnded) {
      endIfOpen(trace)
      return
    }
    this.#traces.push(trace)
    if (this.#traces.length < this.#lookAt) return
    this.#traces = this.#traces.filter((kept) => kept.isOpen())
    this.#lookAt = Math.max(fewest, 2 * this.#traces.length)
  }

  /** Ends everything that goes on, and whatever is begun later. */
  end(): readonly PluginLeak[] {
    this.#hasEnded = true
    return counted(this.#traces.splice(0).filter(endIfOpen))
  }
}

/** Whether it was still open. */
function endIfOpen(trace: Trace): boolean {
  try {
    if (!trace.isOpen()) return false
    trace.end()
    return true
  } catch {
    return false
  }
}

function counted(traces: readonly Trace[]): readonly PluginLeak[] {
  const leaks = new Map<string, { readonly trace: Trace; readonly times: number }>()
  for (const trace of traces) {
    const name = `${trace.kind} ${trace.what}`
    leaks.set(name, { trace, times: (leaks.get(name)?.times ?? 0) + 1 })
  }
  return [...leaks.values()].map(({ trace: { kind, what }, times }) => ({
    kind,
    what: times === 1 ? what : `${what} (${times} times)`,
  }))
}
