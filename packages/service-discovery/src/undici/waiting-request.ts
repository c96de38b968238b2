import type { Dispatcher } from 'undici'

/** Controls a request that can't be sent yet, as it is not known to whom. */
export class WaitingRequest implements Dispatcher.DispatchController {
  readonly paused = false
  readonly rawHeaders = null
  readonly rawTrailers = null
  readonly #stop = new AbortController()

  /** Aborted when the caller waits no longer. */
  get signal(): AbortSignal {
    return this.#stop.signal
  }

  get aborted(): boolean {
    return this.#stop.signal.aborted
  }

  get reason(): Error | null {
    return this.aborted ? this.#stop.signal.reason : null
  }

  abort(reason: Error): void {
    this.#stop.abort(reason)
  }

  /** Nothing flows yet. */
  pause(): void {}

  /** Nothing flows yet. */
  resume(): void {}
}
