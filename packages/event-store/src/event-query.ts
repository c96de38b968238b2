import type { Position } from './event.ts'

/** Selects events: all, those of one category, or those that at least one item describes. */
export type EventQuery = 'all' | { readonly category: string } | { readonly anyOf: readonly EventQueryItem[] }

/** Describes events: one of the types (any, where absent) and all of the tags (none needed, where absent). */
export interface EventQueryItem {
  /** At least one of these. */
  readonly types?: readonly string[]
  /** All of these. */
  readonly tags?: readonly string[]
}

/**
 * What a decision was based on: the events that a query selected up to a position.
 *
 * Handed back as `failIf`, it refuses an append when a further such event was recorded meanwhile (a dynamic
 * consistency boundary).
 * @see {@link https://dcb.events/specification/ | the DCB specification}
 */
export interface Boundary {
  /** What the decision looked at. */
  readonly query: EventQuery
  /** The last position that it had seen; 0 for nothing. */
  readonly after: Position
}
