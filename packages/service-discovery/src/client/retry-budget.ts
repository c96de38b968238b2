/** How many retries are let through at once before any call has paid for them. */
const reserve = 10
/** The retries of how many calls are put by: as many may break at once when an instance dies. */
const callsPutBy = 1_000

/**
 * Allows retries as a share of calls, so that retries never make a service's trouble much worse.
 *
 * @see https://finagle.github.io/blog/2016/02/08/retry-budgets/
 */
export class RetryBudget {
  readonly #share: number
  readonly #most: number
  #balance = reserve

  /** @param share - of the calls that may be retried, from 0 to 1 */
  constructor(share: number) {
    this.#share = share
    this.#most = reserve + callsPutBy * share
  }

  /** A call was made, and pays its share; no more is put by than the reserve and a thousand calls' retries. */
  deposit(): void {
    this.#balance = Math.min(this.#balance + this.#share, this.#most)
  }

  /** Takes one retry, where there is one. */
  take(): boolean {
    if (this.#share === 0 || this.#balance < 1) return false
    this.#balance--
    return true
  }
}
