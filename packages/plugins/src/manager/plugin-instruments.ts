import type { Counter, Telemetry } from '@ashlar/kernel'

/** Counts for an OpenTelemetry meter; nothing is done without one, and what an instrument throws stops nothing. */
export class PluginInstruments {
  readonly #faults: Counter | undefined
  readonly #starts: Counter | undefined

  constructor({ meter }: Telemetry = {}) {
    this.#faults = meter?.createCounter('ashlar.plugins.faults', {
      description: 'crashes, failed starts and calls that were not answered in time',
    })
    this.#starts = meter?.createCounter('ashlar.plugins.starts', {
      description: 'plugins that became active, restarts and reloads included',
    })
  }

  started(plugin: string, version: string): void {
    this.#add(this.#starts, { plugin, version })
  }

  faulted(plugin: string, type: string): void {
    this.#add(this.#faults, { plugin, type })
  }

  #add(counter: Counter | undefined, attributes: Parameters<Counter['add']>[1]): void {
    try {
      counter?.add(1, attributes)
    } catch {
      // What observes must not disturb what is observed.
    }
  }
}
