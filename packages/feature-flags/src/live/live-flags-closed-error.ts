/** Live flags were closed; their evaluator goes on telling by its last document, but nothing is loaded any more. */
export class LiveFlagsClosedError extends Error {
  override readonly name = 'LiveFlagsClosedError'
  readonly code = 'ASHLAR_FEATURE_FLAGS_CLOSED'

  /** @param operation - what was asked for */
  constructor(operation: string) {
    super(`${operation} on live flags that were closed`)
  }
}
