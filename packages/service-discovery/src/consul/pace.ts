import { pause, type Timer } from '@ashlar/kernel'

/** Two rounds at once, then one each half second: a service that changes all the time costs no more than that. */
export class Pace {
  readonly #timer: Timer
  #rounds = 2
  #atMs: number

  /** @param timer - measures and waits */
  constructor(timer: Timer) {
    this.#timer = timer
    this.#atMs = timer.now()
  }

  /**
   * Waits until another round may begin.
   *
   * @throws the signal's reason when it is aborted
   */
  async take(signal: AbortSignal): Promise<void> {
    const nowMs = this.#timer.now()
    this.#rounds = Math.min(2, this.#rounds + (nowMs - this.#atMs) / roundMs)
    this.#atMs = nowMs
    // what is owed is waited for at once, so that nobody has to look again
    this.#rounds--
    if (this.#rounds < 0) await pause(-this.#rounds * roundMs, this.#timer, signal)
  }
}

const roundMs = 500
