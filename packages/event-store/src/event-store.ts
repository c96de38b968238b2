import type { Context } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { AppendFailure } from './append-failure.ts'
import type { ExpectedVersion, NewEvent, Position, RecordedEvent, StreamId, Version } from './event.ts'
import type { Boundary, EventQuery } from './event-query.ts'

/**
 * Keeps events for ever, in order, and hands them out as frozen copies.
 *
 * Whatever the signatures can't say is written down as tests: `eventStoreContract` of `@ashlar/event-store/testing`.
 */
export interface EventStore {
  /**
   * Adds events to the end of streams, all or none.
   *
   * The same event ids on the same stream again are recognised and change nothing; an empty append does nothing.
   *
   * @param request - stream, events and the version that the caller has seen; an array is one atomic append
   * @param context - of the request; its tenant must be the store's
   * @returns the new versions, or what stood in the way
   * @throws StoreClosedError after `close()`; the signal's reason when it is aborted before anything was written
   */
  append(
    request: AppendRequest | readonly AppendRequest[],
    context: Context,
  ): Promise<Result<AppendReceipt, AppendFailure>>

  /**
   * Reads one stream; a stream that was never written to has no events.
   *
   * @throws InvalidReadError for options that can't be; the signal's reason when it is aborted
   */
  read(stream: StreamId, options?: ReadOptions): AsyncIterable<RecordedEvent>

  /**
   * Reads events of many streams in the order of their positions, never beyond {@link EventStore.safePosition}.
   *
   * Events of archived streams are left out.
   * @throws InvalidReadError for options that can't be, and for what is no query; the signal's reason when it is aborted
   */
  query(query: EventQuery, options?: QueryOptions): AsyncIterable<RecordedEvent>

  /**
   * Folds the events of a query, and tells the boundary of what was seen, both from one snapshot.
   *
   * @throws InvalidReadError for what is no query
   */
  load<S>(query: EventQuery, fold: Fold<S>): Promise<Loaded<S>>

  /** Tells the position at or below which nothing can appear any more; 0 for an empty store. */
  safePosition(): Promise<Position>

  /**
   * Gives the safe position at once, then whenever it may have moved; several moves may be told as one.
   *
   * Ends when the store is closed; throws the signal's reason when it is aborted.
   */
  watch(options: WatchOptions): AsyncIterable<Position>

  /** Tells what is known of a stream, or undefined for one that was never touched. */
  streamInfo(stream: StreamId): Promise<StreamInfo | undefined>

  /**
   * Hides a stream's events from queries; it can still be read by its name, and written to.
   *
   * @throws InvalidNameError for what can't be a stream's name
   */
  archive(stream: StreamId, context: Context): Promise<void>

  /**
   * Closes a stream to appends for ever; its events stay.
   *
   * @throws InvalidNameError for what can't be a stream's name
   */
  tombstone(stream: StreamId, context: Context): Promise<void>

  /** Waits for what is under way, then refuses all else; closing again does nothing. */
  close(): Promise<void>
}

/** What to append to one stream. */
export interface AppendRequest {
  /** Where to. */
  readonly stream: StreamId
  /** What the stream must look like for the events to be taken. */
  readonly expected: ExpectedVersion
  /** What to add, in this order. */
  readonly events: readonly NewEvent[]
  /** Refuses the whole append when an event beyond this boundary was recorded; asked of requests without events too. */
  readonly failIf?: Boundary
}

/** What an append has done. */
export interface AppendReceipt {
  /** The version of each stream after the append, in the order of the requests. */
  readonly streams: readonly { readonly stream: StreamId; readonly version: Version }[]
  /** The position of the last event; of the last one in the store, when the append was empty. */
  readonly lastPosition: Position
  /** True when all events had been recorded before, by the same ids. */
  readonly deduplicated: boolean
}

/** How to read a stream. */
export interface ReadOptions {
  /** The lowest version wanted; 1 unless told. */
  readonly from?: Version
  /** The highest version wanted; the last unless told. */
  readonly to?: Version
  /** Oldest first unless told. */
  readonly direction?: 'forwards' | 'backwards'
  /** How many events at most. */
  readonly limit?: number
  /** Ends the reading. */
  readonly signal?: AbortSignal
}

/** How to read the events of a query. */
export interface QueryOptions {
  /** Only what comes after this position; 0 unless told. */
  readonly after?: Position
  /** How many events at most. */
  readonly limit?: number
  /** Ends the reading. */
  readonly signal?: AbortSignal
}

/** How to make a state of events; `evolve` may change the state that it was given. */
export interface Fold<S> {
  /** The state before the first event, a new one each time. */
  initialState(): S
  /** The state after one more event. */
  evolve(state: S, event: RecordedEvent): S
}

/** A state, and the boundary of the events that it was made of. */
export interface Loaded<S> {
  /** What the fold made. */
  readonly state: S
  /** Hand it back as `failIf` of the append that is based on the state. */
  readonly boundary: Boundary
}

/** How long to watch. */
export interface WatchOptions {
  /** Ends the watching. */
  readonly signal: AbortSignal
}

/** What is known of a stream. */
export interface StreamInfo {
  /** Its name. */
  readonly stream: StreamId
  /** How many events it has. */
  readonly version: Version
  /** When it was archived; ISO-8601, UTC. */
  readonly archivedAt?: string
  /** When it was tombstoned; ISO-8601, UTC. */
  readonly tombstonedAt?: string
}
