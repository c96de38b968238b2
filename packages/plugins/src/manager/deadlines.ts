/** Something that ends when its time is over; a link of a chain. */
export interface Timed {
  before: Timed | undefined
  after: Timed | undefined
  /** The beat at which it was added. */
  beat: number
  /** Told once when its time is over, unless it was taken off before. */
  expire(): void
}

/** How often a chain is looked at: within its limit, and at least ten times a second. */
const beatsPerLimit = 8
const longestBeatMs = 100

/**
 * The time limits of many calls, without a timer or a look at the clock for each.
 *
 * Calls of one limit expire in the order in which they came, so each limit has a chain, and one timer that looks at its
 * head. A call ends at its limit, or up to a fourth of it later, and never more than a sixteenth and 100 ms. Limits that
 * differ by less than a sixteenth share a chain, so that there are never more than a few hundred.
 */
export class Deadlines {
  readonly #chains = new Map<number, Chain>()

  /** The chain of a limit: what is added to it expires after that time, unless it is taken off before. */
  of(limitMs: number): Chain {
    const rounded = limitMs <= fewMs ? Math.ceil(limitMs) : roundedUp(limitMs)
    let chain = this.#chains.get(rounded)
    if (chain === undefined) {
      chain = new Chain(rounded)
      this.#chains.set(rounded, chain)
    }
    return chain
  }

  /** All that has not ended. */
  *all(): Generator<Timed, void, undefined> {
    for (const chain of this.#chains.values()) yield* chain.all()
  }

  /** Keeps no timer where nothing is left. */
  rest(): void {
    for (const chain of this.#chains.values()) chain.rest()
  }
}

/** Everything that has one limit, the oldest first. */
export class Chain {
  readonly #beatMs: number
  readonly #beats: number
  #head: Timed | undefined
  #tail: Timed | undefined
  #beat = 0
  #timer: NodeJS.Timeout | undefined

  constructor(limitMs: number) {
    this.#beatMs = Math.min(longestBeatMs, Math.ceil(limitMs / beatsPerLimit))
    this.#beats = Math.ceil(limitMs / this.#beatMs)
  }

  add(timed: Timed): void {
    timed.beat = this.#beat
    timed.before = this.#tail
    timed.after = undefined
    if (this.#tail === undefined) this.#head = timed
    else this.#tail.after = timed
    this.#tail = timed
    this.#timer ??= setInterval(() => this.#look(), this.#beatMs)
  }

  /** Takes off what has ended in time. */
  remove(timed: Timed): void {
    const { before, after } = timed
    if (before === undefined) this.#head = after
    else before.after = after
    if (after === undefined) this.#tail = before
    else after.before = before
    timed.before = undefined
    timed.after = undefined
  }

  *all(): Generator<Timed, void, undefined> {
    for (let timed = this.#head; timed !== undefined; timed = timed.after) yield timed
  }

  rest(): void {
    if (this.#head !== undefined) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #look(): void {
    this.#beat++
    while (this.#head !== undefined && this.#beat - this.#head.beat > this.#beats) {
      const late = this.#head
      this.remove(late)
      late.expire()
    }
    this.rest()
  }
}

/** Limits up to here have a chain each. */
const fewMs = 16

/** The next number of five binary digits and zeros: at most a sixteenth more. */
function roundedUp(limitMs: number): number {
  const step = 2 ** (Math.floor(Math.log2(limitMs)) - 4)
  return Math.ceil(limitMs / step) * step
}
