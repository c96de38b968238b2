/** What an agent refuses: a status, and one line of text. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number

  /**
   * @param status - of HTTP
   * @param text - as the agent says it
   */
  constructor(status: number, text: string) {
    super(text)
    this.status = status
  }
}
