import { type Timer, untilAborted } from '@ashlar/kernel'

/**
 * Looks whether something works. It does when the promise is kept, with anything but false.
 *
 * @param signal - aborted when nobody waits for the answer any more
 */
export type HealthCheck = (signal: AbortSignal) => Promise<unknown>

/** A check with limits of its own. */
export interface HealthCheckSettings {
  /** What is run. */
  readonly check: HealthCheck
  /** How long it may take, from 1; as the endpoints' unless told. */
  readonly timeoutMs?: number
  /** For how long its answer is good, from 0; as the endpoints' unless told. */
  readonly cacheMs?: number
}

/** How a check ended. */
export type CheckOutcome =
  | { readonly status: 'passing' }
  | { readonly status: 'failing'; readonly reason: string }

/** A check whose answers are kept for a while, and whose runs are shared by all who ask meanwhile. */
export class CachedCheck {
  readonly #settings: Required<HealthCheckSettings>
  readonly #timer: Timer
  #running: Promise<CheckOutcome> | undefined
  #last: { readonly outcome: CheckOutcome; readonly atMs: number } | undefined

  constructor(settings: Required<HealthCheckSettings>, timer: Timer) {
    this.#settings = settings
    this.#timer = timer
  }

  /** Never fails, and is never later than the time limit. */
  outcome(): Promise<CheckOutcome> {
    const last = this.#last
    if (last !== undefined && this.#timer.now() - last.atMs < this.#settings.cacheMs)
      return Promise.resolve(last.outcome)
    this.#running ??= this.#run()
    return this.#running
  }

  async #run(): Promise<CheckOutcome> {
    const outcome = await this.#outcomeOfOneRun()
    this.#last = { outcome, atMs: this.#timer.now() }
    this.#running = undefined
    return outcome
  }

  async #outcomeOfOneRun(): Promise<CheckOutcome> {
    const { check, timeoutMs } = this.#settings
    const limit = new AbortController()
    const late = new Error(`no answer within ${timeoutMs} ms`)
    const callOff = this.#timer.after(timeoutMs, () => limit.abort(late), { idle: true })
    // within an async function, so that one which throws at once is like one that rejects
    const checking = (async () => check(limit.signal))()
    try {
      const answer = await untilAborted(checking, limit.signal)
      return answer === false ? { status: 'failing', reason: 'answered false' } : { status: 'passing' }
    } catch (error) {
      return { status: 'failing', reason: reasonOf(error) }
    } finally {
      callOff()
    }
  }
}

/** The first line of what was thrown and no more, as the others may tell where it was thrown. */
function reasonOf(thrown: unknown): string {
  try {
    const message: unknown = thrown instanceof Error ? thrown.message : `threw ${String(thrown)}`
    const [line = ''] = String(message).split(/[\r\n]/, 1)
    return line.slice(0, 200) || 'failed without a word'
  } catch {
    return 'threw what has no text'
  }
}
