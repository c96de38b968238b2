import type { Json, JsonObject } from '@ashlar/kernel'

/** A stream's name: its category, a hyphen, and an id that may have hyphens of its own. */
export type StreamId = `${string}-${string}`

/** How many events a stream has; the first event has version 1, an empty stream 0. */
export type Version = number

/** An event's place among all events of a store: strictly increasing, with gaps allowed, below 2^48. */
export type Position = number

/**
 * What a writer expects of a stream: a version, `'none'` (0: no event yet), `'exists'` (at least one), or `'any'`, which
 * never conflicts.
 */
export type ExpectedVersion = Version | 'any' | 'none' | 'exists'

/** What is known about how an event came about: correlation, causation, user, trace. */
export type EventMetadata = JsonObject

/** An event on its way into a store; type, tags and subject are well-formed text without U+0000. */
export interface NewEvent {
  /** A UUID; handed in by those who want a retry to be recognised, made by the store otherwise. */
  readonly id?: string
  /** What happened, in the past tense; 1 to 200 characters. */
  readonly type: string
  /** Which shape `data` has; counts from 1, 1 unless told. */
  readonly schemaVersion?: number
  /** The facts. */
  readonly data: Json
  /** What boundaries and queries find the event by, such as `course:42`; each 1 to 200 characters. */
  readonly tags?: readonly string[]
  /** How it came about. */
  readonly metadata?: EventMetadata
  /** The person whose personal data it carries, for erasure. */
  readonly subject?: string
}

/** An event as a store keeps it, deeply frozen. */
export interface RecordedEvent {
  /** A UUID, unique in the store. */
  readonly id: string
  /** The stream that it belongs to. */
  readonly stream: StreamId
  /** Its number in the stream; counts from 1. */
  readonly version: Version
  /** Its place among all events. */
  readonly position: Position
  /** What happened. */
  readonly type: string
  /** Which shape `data` has; counts from 1. */
  readonly schemaVersion: number
  /** The facts. */
  readonly data: Json
  /** What it is found by. */
  readonly tags: readonly string[]
  /** How it came about. */
  readonly metadata: EventMetadata
  /** The person whose personal data it carries. */
  readonly subject?: string
  /** When the store took it; ISO-8601, UTC. */
  readonly recordedAt: string
}

/**
 * Joins a category and an id into a stream's name.
 *
 * @param category - without a hyphen
 * @param id - may have hyphens
 * @returns `category-id`
 * @example
 * ```ts
 * import { categoryOf, streamId } from '@ashlar/event-store'
 *
 * console.log(streamId('cart', '42'), categoryOf('cart-42'))
 * ```
 */
export function streamId(category: string, id: string): StreamId {
  return `${category}-${id}`
}

/**
 * Tells a stream's category: what stands before the first hyphen.
 *
 * @param stream - the stream's name
 * @returns the category
 * @example See {@link streamId}.
 */
export function categoryOf(stream: StreamId): string {
  return stream.slice(0, stream.indexOf('-'))
}
