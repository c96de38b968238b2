/** What the other side of a channel has thrown: the text of it. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
}
