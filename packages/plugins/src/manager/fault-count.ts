import type { PluginLimits } from '../plan/plugin-limits.ts'

/** The faults of one plugin within the time in which they count. */
export class FaultCount {
  #at: readonly number[] = []

  /** How many count now. */
  get size(): number {
    return this.#at.length
  }

  /** Adds one; true when there are too many. */
  add({ maxFaults, faultWindowMs }: PluginLimits): boolean {
    const now = performance.now()
    this.#at = [...this.#at.filter((at) => now - at < faultWindowMs), now]
    return this.#at.length >= maxFaults
  }

  /** Forgets them all. */
  clear(): void {
    this.#at = []
  }
}
