import type { Context } from '@ashlar/kernel'
import { DeadlineContext } from './deadline-context.ts'

const wavesPerLimit = 64
const longestWaveMs = 100

/**
 * Watches over many deadlines of the same length with one timer, without a look at the clock for each.
 *
 * Messages that begin between two ticks of the timer are a wave, and share the deadline of the last of them: no
 * message is ended early. One that begins while nothing is under way is ended on time. The timer stops at the first
 * tick that finds nothing under way, so it holds the process no longer than a wave.
 */
export class Deadlines {
  readonly #limitMs: number
  readonly #waveMs: number
  /** In the order of their deadlines; without those in which nothing is under way any more. */
  readonly #waves = new Set<Wave>()
  #gathering: Wave | undefined
  #isTicking = false

  constructor(limitMs: number) {
    this.#limitMs = limitMs
    this.#waveMs = Math.min(longestWaveMs, Math.max(1, Math.ceil(limitMs / wavesPerLimit)))
  }

  /** Begins the deadline of a message, which is handed `deadline.context`; `expire` is called when it passes. */
  begin(context: Context, expire: () => void): Deadline {
    return this.#wave().begin(context, expire)
  }

  /** Ends the deadline of a message that came back; nothing happens where it had passed. */
  end(deadline: Deadline): void {
    const { wave } = deadline
    deadline.end()
    if (wave.first === undefined && wave !== this.#gathering) this.#waves.delete(wave)
  }

  #wave(): Wave {
    if (this.#gathering !== undefined) return this.#gathering
    if (this.#isTicking) {
      this.#gathering = this.#newWave(Number.POSITIVE_INFINITY)
      return this.#gathering
    }
    this.#tickAfter(Math.min(this.#waveMs, this.#limitMs))
    return this.#newWave(performance.now() + this.#limitMs)
  }

  #newWave(endsAt: number): Wave {
    const wave = new Wave(endsAt)
    this.#waves.add(wave)
    return wave
  }

  #tickAfter(ms: number): void {
    this.#isTicking = true
    setTimeout(() => this.#tick(), Math.ceil(ms))
  }

  #tick(): void {
    const now = performance.now()
    this.#closeGathering(now)
    for (const wave of this.#waves) {
      if (wave.endsAt > now) break
      this.#waves.delete(wave)
      wave.expire(this.#limitMs)
    }
    this.#isTicking = false
    for (const { endsAt } of this.#waves)
      return this.#tickAfter(Math.max(1, Math.min(this.#waveMs, endsAt - now)))
  }

  #closeGathering(now: number): void {
    if (this.#gathering === undefined) return
    this.#gathering.endsAt = now + this.#limitMs
    if (this.#gathering.first === undefined) this.#waves.delete(this.#gathering)
    this.#gathering = undefined
  }
}

/** Messages that have the same deadline, as a list in which each knows its neighbours. */
class Wave {
  endsAt: number
  first: Deadline | undefined
  last: Deadline | undefined
  #original: Context | undefined
  #context: DeadlineContext | undefined

  constructor(endsAt: number) {
    this.endsAt = endsAt
  }

  begin(original: Context, expire: () => void): Deadline {
    if (this.#context === undefined || this.#original !== original) {
      this.#original = original
      this.#context = new DeadlineContext(original)
    }
    return new Deadline(this, this.#context, expire)
  }

  /** Answers first, so that what a handler makes of the abort comes too late. */
  expire(limitMs: number): void {
    for (let late = this.first; late !== undefined; late = this.first) {
      late.end()
      late.expire()
      late.context.expire(limitMs)
    }
  }
}

/** One message that is under way. */
class Deadline {
  /** What the message is handed. */
  readonly context: DeadlineContext
  readonly wave: Wave
  readonly expire: () => void
  #before: Deadline | undefined
  #after: Deadline | undefined
  #isOver = false

  constructor(wave: Wave, context: DeadlineContext, expire: () => void) {
    this.context = context
    this.wave = wave
    this.expire = expire
    this.#before = wave.last
    this.#after = undefined
    if (wave.last === undefined) wave.first = this
    else wave.last.#after = this
    wave.last = this
    context.enter()
  }

  /** Takes the message off the list, if it still is there. */
  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    if (this.#before === undefined) this.wave.first = this.#after
    else this.#before.#after = this.#after
    if (this.#after === undefined) this.wave.last = this.#before
    else this.#after.#before = this.#before
    this.context.leave()
  }
}
