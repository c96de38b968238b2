import type { Chance } from './chance.ts'

/**
 * Draws places by weight, each draw at the same small cost whatever their number: the alias method.
 *
 * @see Michael D. Vose, "A Linear Algorithm for Generating Random Numbers with a Given Distribution", IEEE Transactions on
 *   Software Engineering 17 (9), 1991
 */
export class WeightedDraw {
  readonly #chance: Chance
  /** Of all draws that hit a place, the share that it keeps. */
  readonly #kept: Float64Array
  /** Who gets the draws that a place doesn't keep. */
  readonly #aliases: Int32Array

  /** @param weights - above 0; at least one */
  constructor(weights: Float64Array, chance: Chance) {
    this.#chance = chance
    this.#kept = new Float64Array(weights.length)
    this.#aliases = new Int32Array(weights.length)
    this.#share(weights)
  }

  /** A place, counted from 0. */
  next(): number {
    const scaled = (this.#chance.bits() >>> 0) * (this.#kept.length / 2 ** 32)
    const at = Math.floor(scaled)
    return scaled - at < (this.#kept[at] as number) ? at : (this.#aliases[at] as number)
  }

  /** Fills each place that has less than the mean from one that has more. */
  #share(weights: Float64Array): void {
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    const left = weights.map((weight) => (weight * weights.length) / total)
    const small: number[] = []
    const large: number[] = []
    left.forEach((share, at) => (share < 1 ? small : large).push(at))
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop() as number
      const rich = large.pop() as number
      const share = left[poor] as number
      this.#kept[poor] = share
      this.#aliases[poor] = rich
      left[rich] = (left[rich] as number) - (1 - share)
      const list = (left[rich] as number) < 1 ? small : large
      list.push(rich)
    }
    // what is left is 1 but for rounding
    for (const at of [...small, ...large]) this.#kept[at] = 1
  }
}
