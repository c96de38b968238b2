import { clearInterval, setInterval } from 'node:timers'
import type { Wakeup } from '@ashlar/kernel'
import type { Connection } from './connection.ts'

/** How changes are noticed. */
export interface ChangesOptions {
  /** How often to look for commits of other processes; 25 ms unless told. */
  readonly pollMs?: number
  /** Whether looking keeps the process alive; it does unless told. */
  readonly keepsAlive?: boolean
}

/** Wakes those who watch, after commits of this process at once, after those of others by looking now and then. */
export class Changes {
  readonly #writer: Pick<Connection, 'row'>
  readonly #pollMs: number
  readonly #keepsAlive: boolean
  readonly #watching = new Set<Wakeup>()
  #poll: NodeJS.Timeout | undefined
  #seen: unknown
  #isTouched = false

  constructor(writer: Pick<Connection, 'row'>, { pollMs = 25, keepsAlive = true }: ChangesOptions = {}) {
    this.#writer = writer
    this.#pollMs = pollMs
    this.#keepsAlive = keepsAlive
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
    this.#poll = setInterval(() => this.#look(), this.#pollMs)
    if (!this.#keepsAlive) this.#poll.unref()
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
