import { clearInterval, setInterval } from 'node:timers'
import type { Wakeup } from '@ashlar/kernel'
import type { Connection } from './connection.ts'

const pollMs = 25

/** Wakes those who watch, after commits of this process at once, after those of others by looking now and then. */
export class Changes {
  readonly #writer: Connection
  readonly #watching = new Set<Wakeup>()
  #poll: NodeJS.Timeout | undefined
  #seen: unknown
  #isTouched = false

  constructor(writer: Connection) {
    this.#writer = writer
  }

  /** Comes round at once, then after each change, until the wakeup or the changes are closed. */
  async *follow(wakeup: Wakeup, options: { readonly signal: AbortSignal }): AsyncGenerator<void, void> {
    this.#join(wakeup)
    try {
      yield* wakeup.waits(options)
    } finally {
      this.#leave(wakeup)
    }
  }

  /** Notes that the transaction that is under way has changed something. */
  touch(): void {
    this.#isTouched = true
  }

  /** Tells that the transaction has ended; a rollback tells nobody. */
  settle({ committed }: { readonly committed: boolean }): void {
    if (this.#isTouched && committed) this.#wake()
    this.#isTouched = false
  }

  /** Lets all who watch go. */
  close(): void {
    for (const wakeup of this.#watching) wakeup.close()
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  #wake(): void {
    for (const wakeup of this.#watching) wakeup.wake()
  }

  #join(wakeup: Wakeup): void {
    this.#watching.add(wakeup)
    if (this.#poll !== undefined) return
    this.#seen = this.#dataVersion()
    this.#poll = setInterval(() => this.#look(), pollMs)
  }

  #leave(wakeup: Wakeup): void {
    this.#watching.delete(wakeup)
    if (this.#watching.size > 0) return
    clearInterval(this.#poll)
    this.#poll = undefined
  }

  #look(): void {
    const version = this.#dataVersion()
    if (version === this.#seen) return
    this.#seen = version
    this.#wake()
  }

  /**
   * Changes when another connection has committed; asked of the writer, so that our own commits don't count. Where it
   * can't be told, those who watch are woken, and see the reason when they read.
   */
  #dataVersion(): unknown {
    try {
      return this.#writer.row('pragma data_version')?.[0]
    } catch (error) {
      return error
    }
  }
}
