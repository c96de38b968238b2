/** Exposures could not be handed to their sink; the cause says why. They are kept and tried again, unless dropped. */
export class ExposuresUndeliveredError extends Error {
  override readonly name = 'ExposuresUndeliveredError'
  readonly code = 'ASHLAR_FEATURE_FLAGS_EXPOSURES_UNDELIVERED'
  /** How many still wait to be delivered. */
  readonly waiting: number
  /** How many of them were dropped meanwhile because too many waited. */
  readonly dropped: number

  /**
   * @param waiting - how many still wait
   * @param dropped - how many were dropped meanwhile
   * @param cause - what the sink threw
   */
  constructor(waiting: number, dropped: number, cause?: unknown) {
    super(`expected all exposures to be delivered, found ${waiting} waiting and ${dropped} dropped`, {
      cause,
    })
    this.waiting = waiting
    this.dropped = dropped
  }
}
