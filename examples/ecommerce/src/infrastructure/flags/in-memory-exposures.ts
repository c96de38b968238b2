import type { Exposure, ExposureSink } from '@ashlar/feature-flags'

/** Keeps who saw which variant for as long as the process lives; what arrives twice is kept once. */
export class InMemoryExposures implements ExposureSink {
  readonly #byKey = new Map<string, Exposure>()

  /** In the order in which they were seen. */
  get all(): readonly Exposure[] {
    return [...this.#byKey.values()]
  }

  async record(exposures: readonly Exposure[]): Promise<void> {
    for (const exposure of exposures) {
      const { flag, variant, reason, unit } = exposure
      const key = JSON.stringify([flag, variant, reason, unit])
      if (!this.#byKey.has(key)) this.#byKey.set(key, exposure)
    }
  }
}
