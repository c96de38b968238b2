import type { Timer } from '@ashlar/kernel'

/** Something that expires, unless it ends before. */
export interface Deadline {
  before: Deadline | undefined
  after: Deadline | undefined
  readonly atMs: number
  readonly expire: () => void
}

/** How long a timer with nothing left to do may keep a process alive. */
const longestWaitMs = 1_000

/**
 * The deadlines of calls that all have the same time: they expire in the order in which they began, so that one timer is
 * enough for all of them. A timer and a signal of its own for each call would cost more than the rest of the client.
 */
export class Deadlines {
  readonly #ms: number
  readonly #timer: Timer
  #first: Deadline | undefined
  #last: Deadline | undefined
  #callOff: (() => void) | undefined
  #isClosing = false

  constructor(ms: number, timer: Timer) {
    this.#ms = ms
    this.#timer = timer
  }

  /** Begins one; `expire` is called once its time is over, and throws nothing. */
  begin(expire: () => void): Deadline {
    const before = this.#last
    const deadline = { before, after: undefined, atMs: this.#timer.now() + this.#ms, expire }
    if (before === undefined) this.#first = deadline
    else before.after = deadline
    this.#last = deadline
    if (this.#callOff === undefined) this.#wait(this.#ms)
    return deadline
  }

  /** Ends one that has not expired; twice is as good as once. */
  end(deadline: Deadline): void {
    const { before, after } = deadline
    if (before !== undefined) before.after = after
    else if (this.#first === deadline) this.#first = after
    if (after !== undefined) after.before = before
    else if (this.#last === deadline) this.#last = before
    deadline.before = undefined
    deadline.after = undefined
    if (this.#isClosing) this.#rest()
  }

  /** Ends the timer as soon as nothing is left that could expire. */
  close(): void {
    this.#isClosing = true
    this.#rest()
  }

  #rest(): void {
    if (this.#first !== undefined) return
    this.#callOff?.()
    this.#callOff = undefined
  }

  /** It goes on over calls that end: to stop it each time would cost as much as one for each. */
  #wait(ms: number): void {
    this.#callOff = this.#timer.after(Math.min(ms, longestWaitMs), () => this.#ring())
  }

  #ring(): void {
    this.#callOff = undefined
    const now = this.#timer.now()
    for (let first = this.#first; first !== undefined && first.atMs <= now; first = this.#first) {
      this.end(first)
      first.expire()
    }
    if (this.#first !== undefined && this.#callOff === undefined)
      this.#wait(Math.max(1, Math.ceil(this.#first.atMs - now)))
  }
}
