/** The saga store was closed; nothing can be read or written any more. */
export class SagaStoreClosedError extends Error {
  override readonly name = 'SagaStoreClosedError'
  readonly code = 'ASHLAR_SAGA_STORE_CLOSED'

  constructor(operation: string) {
    super(`${operation} on a saga store that was closed`)
  }
}

/** By its code: the store may come with another copy of this package. */
export function isStoreClosed(error: unknown): boolean {
  return Object(error).code === 'ASHLAR_SAGA_STORE_CLOSED'
}
