import type { PlannedPlugin } from '../plan/plugin-plan.ts'
import type { RunningPlugin } from '../run/runner.ts'
import type { PluginCallTimedOut } from './call-failure.ts'
import type { Chain } from './deadlines.ts'
import type { PluginCounts } from './plugin-metrics.ts'

/** One run of a plugin's code, from its activation to its end. */
export class Incarnation {
  readonly plugin: PlannedPlugin
  readonly running: RunningPlugin
  readonly counts: PluginCounts
  /** The deadlines of calls whose caller has named no time. */
  readonly chain: Chain
  /** Told when a call was not answered in time. */
  readonly onTimeout: (incarnation: Incarnation, failure: PluginCallTimedOut) => void
  /** Whether it is being asked whether it is alive. */
  isBeingAsked = false
  /** Why it ended, where it did so by itself. */
  endedBy: string | undefined
  #inFlight = 0
  #drained: (() => void) | undefined

  constructor(
    plugin: PlannedPlugin,
    running: RunningPlugin,
    counts: PluginCounts,
    chain: Chain,
    onTimeout: (incarnation: Incarnation, failure: PluginCallTimedOut) => void,
  ) {
    this.plugin = plugin
    this.running = running
    this.counts = counts
    this.chain = chain
    this.onTimeout = onTimeout
  }

  get isFull(): boolean {
    return this.#inFlight >= this.plugin.limits.maxConcurrentCalls
  }

  begin(): void {
    this.#inFlight++
    this.counts.calls++
    this.counts.inFlight++
  }

  end(): void {
    this.counts.inFlight--
    if (--this.#inFlight === 0) this.#drained?.()
  }

  /** Resolves to true when the last call in flight has ended, to false when the time is over before. */
  drain(timeoutMs: number): Promise<boolean> {
    if (this.#inFlight === 0) return Promise.resolve(true)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), timeoutMs)
      this.#drained = () => {
        clearTimeout(timer)
        resolve(true)
      }
    })
  }
}
