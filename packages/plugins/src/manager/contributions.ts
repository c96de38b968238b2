import type { Handler } from '../run/runner.ts'
import type { Incarnation } from './incarnation.ts'

/** What one plugin contributes to one point now. */
export interface Contributor {
  readonly id: string
  /** The place among the others: the one that was planned first answers first. */
  readonly rank: number
  readonly incarnation: Incarnation
  readonly handler: Handler
}

/** Who contributes to which point; a list is replaced, never changed, so that a call in flight keeps the one it has. */
export class Contributions {
  readonly #points = new Map<string, readonly Contributor[]>()

  /** Those who contribute to a point, in the order in which they are asked. */
  at(point: string): readonly Contributor[] {
    return this.#points.get(point) ?? none
  }

  /** Puts everything that a plugin contributes in the place of what it contributed before. */
  put(id: string, rank: number, incarnation: Incarnation): void {
    this.take(id)
    for (const [point, handler] of incarnation.running.contributions) {
      const others = this.at(point)
      const all = [...others, { id, rank, incarnation, handler }]
      this.#points.set(point, all.sort(byRank))
    }
  }

  /** Takes away everything that a plugin contributes. */
  take(id: string): void {
    for (const [point, all] of this.#points) {
      const others = all.filter((contributor) => contributor.id !== id)
      if (others.length === 0) this.#points.delete(point)
      else if (others.length < all.length) this.#points.set(point, others)
    }
  }
}

const none: readonly Contributor[] = []

function byRank(one: Contributor, other: Contributor): number {
  return one.rank - other.rank
}
