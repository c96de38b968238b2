/** A distribution is not as expected; the message says which variant or user, what was expected and what was found. */
export class FlagExpectationError extends Error {
  override readonly name = 'FlagExpectationError'
  readonly code = 'ASHLAR_FEATURE_FLAGS_EXPECTATION'
}
