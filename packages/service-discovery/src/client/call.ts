import type { PooledTarget } from '../pool/pooled-target.ts'
import { TooLate, WorkThrew } from './attempt-error.ts'
import type { AttemptWork, CallOptions } from './call-options.ts'
import type { Deadlines } from './deadlines.ts'

/** One call with all of its attempts. */
export class Call<T> {
  readonly options: CallOptions<T>
  /** Who was asked already. */
  readonly tried: Set<PooledTarget> = new Set()
  /** How many attempts have begun. */
  attempts = 0
  readonly #work: AttemptWork<T>
  /** What ends each attempt that runs. */
  readonly #running = new Set<(reason: unknown) => void>()
  #isOver = false

  constructor(work: AttemptWork<T>, options: CallOptions<T>) {
    this.#work = work
    this.options = options
  }

  /** Whether nobody waits for it any more. */
  get isOver(): boolean {
    return this.#isOver
  }

  /** Whether its caller has lost interest, which says nothing of the instance. */
  get isAborted(): boolean {
    return this.options.signal?.aborted === true
  }

  /**
   * Runs the whole call until its deadline, or until the caller has lost interest; then its attempts are aborted.
   *
   * @throws {@link TooLate}, the reason of the caller's signal, or what `run` throws
   */
  within(deadlines: Deadlines, run: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const { signal } = this.options
      const end = (reason: unknown) => {
        leave()
        this.#isOver = true
        for (const endAttempt of this.#running) endAttempt(reason)
        reject(reason)
      }
      const deadline = deadlines.begin(() => end(new TooLate()))
      const abort = () => end(signal?.reason)
      const leave = () => {
        deadlines.end(deadline)
        signal?.removeEventListener('abort', abort)
      }
      signal?.addEventListener('abort', abort)
      run().then(
        (value) => {
          leave()
          resolve(value)
        },
        (error: unknown) => {
          leave()
          reject(error)
        },
      )
    })
  }

  /**
   * Does the work once, until its deadline, or until it is called off.
   *
   * @param target - with whom
   * @param number - of the attempt, from 1
   * @param deadlines - of attempts
   * @param calledOff - by another attempt that has won
   * @throws {@link TooLate}, the reason why it was called off, or what the work throws
   */
  attempt(target: PooledTarget, number: number, deadlines: Deadlines, calledOff?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = new AbortController()
      const deadline = deadlines.begin(() => end(new TooLate()))
      const leave = () => {
        deadlines.end(deadline)
        this.#running.delete(end)
        calledOff?.removeEventListener('abort', abort)
      }
      // work that ignores its signal is waited for no longer
      const end = (reason: unknown) => {
        leave()
        stop.abort(reason)
        reject(reason)
      }
      const abort = () => end(calledOff?.reason)
      calledOff?.addEventListener('abort', abort)
      this.#running.add(end)
      const fail = (error: unknown) => {
        leave()
        reject(new WorkThrew(error))
      }
      try {
        // work need not return a promise
        Promise.resolve(this.#work(target.instance, { signal: stop.signal, number })).then((value) => {
          leave()
          resolve(value)
        }, fail)
      } catch (error) {
        fail(error)
      }
    })
  }
}
