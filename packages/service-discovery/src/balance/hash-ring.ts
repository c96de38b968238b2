import type { Target } from '../pool/target.ts'
import { keyHash, mix } from './key-hash.ts'
import { weightsOf } from './weights-of.ts'

/** Seeds for an instance's id and for keys, and the golden ratio's bits, which lie far from each other's multiples. */
const idSeed = 0x51ed270b
const spreadSeed = 0x2127599b
const golden = 0x9e3779b9

/** A circle of points that belong to targets; each key belongs to the next point. */
export class HashRing {
  readonly #points: Int32Array
  readonly #owners: Int32Array

  /** @param virtualNodes - how many points a target of mean weight has, up to twice as many */
  constructor(targets: readonly Target[], virtualNodes: number) {
    const counts = pointCounts(weightsOf(targets), virtualNodes)
    const packed = new Float64Array(counts.reduce((sum, count) => sum + count, 0))
    let filled = 0
    targets.forEach(({ instance: { id } }, owner) => {
      const first = keyHash(id, idSeed)
      const spread = keyHash(id, spreadSeed)
      for (let at = 0; at < (counts[owner] as number); at++) {
        const point = mix(first ^ mix(spread + Math.imul(at, golden)))
        packed[filled++] = point * 2 ** 20 + owner
      }
    })
    packed.sort()
    this.#points = Int32Array.from(packed, (both) => Math.floor(both / 2 ** 20))
    this.#owners = Int32Array.from(packed, (both) => both - Math.floor(both / 2 ** 20) * 2 ** 20)
  }

  /** How many points there are. */
  get size(): number {
    return this.#points.length
  }

  /** The place of the first point that isn't before a hash; beyond the last one it is the first one's. */
  find(hash: number): number {
    const points = this.#points
    let low = 0
    let high = points.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((points[middle] as number) < hash) low = middle + 1
      else high = middle
    }
    return low === points.length ? 0 : low
  }

  /** Which target a point belongs to, as its place in the list. */
  ownerAt(place: number): number {
    return this.#owners[place] as number
  }
}

/** By weight over a power of two near the mean, which seldom changes, so that who comes or leaves moves nobody's points. */
function pointCounts(weights: Float64Array, virtualNodes: number): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length
  const unit = 2 ** Math.floor(Math.log2(mean))
  return weights.map((weight) => Math.max(1, Math.round((virtualNodes * weight) / unit)))
}
