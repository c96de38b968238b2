import type { Target } from '../pool/target.ts'
import { weightsOf } from './weights-of.ts'

/** How much dearer one is whose calls all fail. */
const failureCost = 16
/** Of how many calls the share of failures is taken, and of how many what is usual. */
const failureCalls = 8
const usualCalls = 64
/** How often those are looked at that nobody called. */
const sweepMs = 100
/** What a latency is taken for at least, so that open calls count even where nothing takes time, and at most. */
const leastMs = 0.01
const mostMs = 3_600_000

/** Places of the numbers that belong to no target. */
const usual = 0
const mean = 1
const sweptAt = 2

/**
 * What one call to each target costs, by what was seen of it: how long its calls take, dearer the more of them fail, over
 * its weight. Rises at once with a call that takes longer, falls slowly; a target that nobody calls gets cheaper until
 * somebody does.
 *
 * All numbers are in typed arrays: those in fields may be put on the heap anew with each change.
 */
export class LatencyCosts {
  readonly #decayMs: number
  #places: ReadonlyMap<Target, number> = new Map()
  #weights: Float64Array = new Float64Array()
  #peaks: Float64Array = new Float64Array()
  #failing: Float64Array = new Float64Array()
  #seenAt: Float64Array = new Float64Array()
  #costs: Float64Array = new Float64Array()
  /** What a call takes usually, the mean of all peaks, and when all were looked at. */
  readonly #shared: Float64Array = Float64Array.of(0, 1, Number.NEGATIVE_INFINITY)

  constructor(decayMs: number) {
    this.#decayMs = decayMs
  }

  /** What a call to each costs, in the order of the last update. */
  get costs(): Float64Array {
    return this.#costs
  }

  /** The weights in the same order. */
  get weights(): Float64Array {
    return this.#weights
  }

  /** Keeps what is known of those that stay; a new one begins as the mean of the others. */
  update(targets: readonly Target[], now: number): void {
    const before = { places: this.#places, peaks: this.#peaks, failing: this.#failing, seenAt: this.#seenAt }
    this.#mean(targets.map((target) => before.places.get(target)))
    this.#places = new Map(targets.map((target, at) => [target, at]))
    this.#weights = weightsOf(targets)
    this.#peaks = new Float64Array(targets.length).fill(this.#shared[mean] as number)
    this.#failing = new Float64Array(targets.length)
    this.#seenAt = new Float64Array(targets.length).fill(now)
    this.#costs = new Float64Array(targets.length)
    targets.forEach((target, at) => {
      const place = before.places.get(target)
      if (place !== undefined) {
        this.#peaks[at] = before.peaks[place] as number
        this.#failing[at] = before.failing[place] as number
        this.#seenAt[at] = before.seenAt[place] as number
      }
      this.#reckon(at)
    })
  }

  /** Counts a call that has ended. */
  report(target: Target, latencyMs: number, isFailure: boolean, now: number): void {
    const at = this.#places.get(target)
    if (at === undefined) return
    const isMeasured = latencyMs >= 0 && latencyMs < Number.POSITIVE_INFINITY
    if (isMeasured) this.#observe(at, Math.min(Math.max(latencyMs, leastMs), mostMs), isFailure, now)
    const failing = this.#failing[at] as number
    this.#failing[at] = failing + ((isFailure ? 1 : 0) - failing) / failureCalls
    this.#reckon(at)
    if (now - (this.#shared[sweptAt] as number) >= sweepMs) this.#sweep(now)
  }

  #observe(at: number, measuredMs: number, isFailure: boolean, now: number): void {
    const shared = this.#shared
    if (shared[usual] === 0) this.#begin(measuredMs)
    // what fails quickly is not quick
    const latencyMs = isFailure ? Math.max(measuredMs, shared[mean] as number) : measuredMs
    if (!isFailure) this.#usually(latencyMs)
    const peak = this.#peaks[at] as number
    const keep = Math.exp(((this.#seenAt[at] as number) - now) / this.#decayMs)
    this.#peaks[at] = latencyMs > peak ? latencyMs : latencyMs + (peak - latencyMs) * keep
    this.#seenAt[at] = now
  }

  /** One call that takes for ever says little of what is usual. */
  #usually(latencyMs: number): void {
    const before = this.#shared[usual] as number
    this.#shared[usual] = before + (Math.min(latencyMs, 4 * before) - before) / usualCalls
  }

  /** The first call that ends tells of all, or those not yet heard of would seem the quickest. */
  #begin(latencyMs: number): void {
    this.#shared[usual] = latencyMs
    this.#shared[mean] = latencyMs
    this.#peaks.fill(latencyMs)
    for (let at = 0; at < this.#peaks.length; at++) this.#reckon(at)
  }

  /** Lets all fade to half of what is usual: below the others, so that it is tried again even while they are idle. */
  #sweep(now: number): void {
    const rest = (this.#shared[usual] as number) / 2
    let logs = 0
    for (let at = 0; at < this.#peaks.length; at++) {
      const keep = Math.exp(((this.#seenAt[at] as number) - now) / this.#decayMs)
      const peak = Math.max(leastMs, rest + ((this.#peaks[at] as number) - rest) * keep)
      this.#peaks[at] = peak
      this.#failing[at] = (this.#failing[at] as number) * keep
      this.#seenAt[at] = now
      this.#reckon(at)
      logs += Math.log(peak)
    }
    this.#shared[mean] = Math.exp(logs / this.#peaks.length)
    this.#shared[sweptAt] = now
  }

  /** The geometric mean, which one that is slow beyond all measure moves little. */
  #mean(places: readonly (number | undefined)[]): void {
    const known = places.filter((place) => place !== undefined)
    if (known.length === 0) return
    const logs = known.reduce((sum, place) => sum + Math.log(this.#peaks[place] as number), 0)
    this.#shared[mean] = Math.exp(logs / known.length)
  }

  #reckon(at: number): void {
    const failing = 1 + failureCost * (this.#failing[at] as number)
    this.#costs[at] = ((this.#peaks[at] as number) * failing) / (this.#weights[at] as number)
  }
}
