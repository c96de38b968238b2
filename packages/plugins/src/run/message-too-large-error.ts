/** What a runner's handler throws when a message to the plugin would be larger than its limits allow. */
export class MessageTooLargeError extends Error {
  override readonly name = 'MessageTooLargeError'
  readonly limit: number

  constructor(limit: number) {
    super(`a message must be at most ${limit} bytes`)
    this.limit = limit
  }
}
