/** The saga store was closed; nothing can be read or written any more. */
export class SagaStoreClosedError extends Error {
  override readonly name = 'SagaStoreClosedError'
  readonly code = 'ASHLAR_SAGA_STORE_CLOSED'

  constructor(operation: string) {
    super(`${operation} on a saga store that was closed`)
  }
}
