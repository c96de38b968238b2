/** The token of a user, shared by all that asks in its name. */
export class EtcdToken {
  #token: string | undefined

  /** The one that is known, or a new one; empty where nobody needs one. */
  async get(authenticate: () => Promise<string>): Promise<string> {
    this.#token ??= await authenticate()
    return this.#token
  }

  /** It was refused; a newer one stays. */
  drop(token: string): void {
    if (this.#token === token) this.#token = undefined
  }
}
