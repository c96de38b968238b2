/** A source has no document to give; the message names the source and says why, `cause` is what it stumbled over. */
export class FlagSourceError extends Error {
  override readonly name = 'FlagSourceError'
  readonly code = 'ASHLAR_FEATURE_FLAGS_SOURCE'
  /** What the source is called. */
  readonly source: string

  /**
   * @param source - what the source is called
   * @param reason - what went wrong
   * @param cause - what it stumbled over
   */
  constructor(source: string, reason: string, cause?: unknown) {
    super(`${source}: ${reason}`, { cause })
    this.source = source
  }
}
