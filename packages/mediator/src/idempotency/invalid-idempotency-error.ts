/** A store was given a key that it can't keep, a moment that is none, or a limit of nothing. */
export class InvalidIdempotencyError extends RangeError {
  override readonly name = 'InvalidIdempotencyError'
  readonly code = 'ASHLAR_MEDIATOR_INVALID_IDEMPOTENCY'

  /**
   * @param subject - what was looked at, such as `leaseUntil`
   * @param expected - what it should be
   * @param found - what it is
   */
  constructor(subject: string, expected: string, found: unknown) {
    super(`${subject} must be ${expected}, found ${String(found)}`)
  }
}
