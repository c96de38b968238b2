import type { CallFailure } from './call-failure.ts'

/** A `fetch` to a service got no answer. */
export class ServiceCallError extends Error {
  override readonly name = 'ServiceCallError'
  readonly code = 'ASHLAR_SERVICE_DISCOVERY_CALL'
  /** Why. */
  readonly failure: CallFailure

  /** @param failure - why there was no answer; what an attempt threw is the `cause` */
  constructor(failure: CallFailure) {
    super(failure.message, { cause: 'cause' in failure ? failure.cause : failure })
    this.failure = failure
  }
}
