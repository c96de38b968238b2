import type { Timer } from '@ashlar/kernel'

/** A timer whose time passes by hand. */
export class ManualTimer implements Timer {
  #nowMs = 0
  readonly #alarms = new Set<{ readonly atMs: number; readonly run: () => void }>()

  /** How long until each alarm, soonest first. */
  get alarms(): readonly number[] {
    return [...this.#alarms].map(({ atMs }) => atMs - this.#nowMs).sort((a, b) => a - b)
  }

  now(): number {
    return this.#nowMs
  }

  after(ms: number, run: () => void): () => void {
    const alarm = { atMs: this.#nowMs + ms, run }
    this.#alarms.add(alarm)
    return () => this.#alarms.delete(alarm)
  }

  /** Lets time pass, and everything happen that follows from it. */
  async pass(ms: number): Promise<void> {
    this.#nowMs += ms
    for (const alarm of [...this.#alarms])
      if (alarm.atMs <= this.#nowMs && this.#alarms.delete(alarm)) alarm.run()
    await settled()
  }
}

/** Waits until all that follows from what was settled has happened. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
