import { setImmediate, setInterval, setTimeout } from 'node:timers/promises'
import type { Traces } from './traces.ts'

/** What callers of Node's own may say. */
interface DelayOptions {
  readonly signal?: AbortSignal
  readonly ref?: boolean
}

/** The functions of `timers/promises`; what they begin leaves a trace, and never settles once the plugin has ended. */
export interface Delays {
  setTimeout(delayMs?: number, value?: unknown, options?: DelayOptions): Promise<unknown>
  setImmediate(value?: unknown, options?: DelayOptions): Promise<unknown>
  setInterval(delayMs?: number, value?: unknown, options?: DelayOptions): AsyncIterable<unknown>
}

export function delays(traces: Traces): Delays {
  return {
    setTimeout: (delayMs = 1, value, options) =>
      traced(traces, `setTimeout of ${delayMs} ms`, options, (own) => setTimeout(delayMs, value, own)),
    setImmediate: (value, options) =>
      traced(traces, 'setImmediate', options, (own) => setImmediate(value, own)),
    setInterval: (delayMs = 1, value, options) =>
      ticks(traces, `setInterval of ${delayMs} ms`, options, (own) => setInterval(delayMs, value, own)),
  }
}

async function traced(
  traces: Traces,
  what: string,
  options: DelayOptions | undefined,
  begin: (own: DelayOptions) => Promise<unknown>,
): Promise<unknown> {
  const trace = new DelayTrace(what, options)
  traces.add(trace)
  try {
    return await begin(trace.options)
  } catch (thrown) {
    return trace.throwUnlessEnded(thrown)
  } finally {
    trace.settle()
  }
}

async function* ticks(
  traces: Traces,
  what: string,
  options: DelayOptions | undefined,
  begin: (own: DelayOptions) => AsyncIterable<unknown>,
): AsyncGenerator<unknown> {
  const trace = new DelayTrace(what, options)
  traces.add(trace)
  try {
    yield* begin(trace.options)
  } catch (thrown) {
    await trace.throwUnlessEnded(thrown)
  } finally {
    trace.settle()
  }
}

class DelayTrace {
  readonly kind = 'timer'
  readonly what: string
  readonly options: DelayOptions
  readonly #end = new AbortController()
  #isOpen = true

  constructor(what: string, options: DelayOptions = {}) {
    const { signal } = options
    this.what = what
    this.options = {
      ...options,
      signal: signal === undefined ? this.#end.signal : AbortSignal.any([signal, this.#end.signal]),
    }
  }

  isOpen(): boolean {
    return this.#isOpen
  }

  end(): void {
    this.#end.abort()
  }

  settle(): void {
    this.#isOpen = false
  }

  /** A plugin that has ended is not told: it may have nobody who would catch it. */
  throwUnlessEnded(thrown: unknown): Promise<never> {
    if (this.#end.signal.aborted) return new Promise(() => {})
    throw thrown
  }
}
