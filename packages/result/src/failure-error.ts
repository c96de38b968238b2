import type { AnyFailure } from './failure.ts'

/** A failure on its way through code that throws; made by `orThrow`. */
export class FailureError<F extends AnyFailure = AnyFailure> extends Error {
  override readonly name = 'FailureError'
  readonly code = 'ASHLAR_RESULT_FAILURE'
  /** The failure that the Result carried. */
  readonly failure: F

  /** @param failure - what the Result carried; also the `cause` */
  constructor(failure: F) {
    super(`${failure.type}: ${failure.message}`, { cause: failure })
    this.failure = failure
  }
}
