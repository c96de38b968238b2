/** A command with a key came into a transaction that keeps no keys; its answer would be kept even if that rolls back. */
export class TransactionWithoutKeysError extends Error {
  override readonly name = 'TransactionWithoutKeysError'
  readonly code = 'ASHLAR_MEDIATOR_TRANSACTION_WITHOUT_KEYS'
  /** The command's name. */
  readonly messageType: string

  /** @param messageType - the command's name */
  constructor(messageType: string) {
    super(`${messageType} has a key and is in a transaction: expected a port "idempotency" in it, found none`)
    this.messageType = messageType
  }
}
