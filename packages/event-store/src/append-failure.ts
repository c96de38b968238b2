import type { Failure } from '@ashlar/result'
import type { ExpectedVersion, Position, StreamId, Version } from './event.ts'
import type { EventQuery } from './event-query.ts'

/** Another writer was faster, or the stream is not in the expected state; load again and decide again. */
export type VersionConflict = Failure<
  'VersionConflict',
  { readonly stream: StreamId; readonly expected: ExpectedVersion; readonly actual: Version }
>

/** An event that the decision did not know of lies inside of its boundary; load again and decide again. */
export type BoundaryConflict = Failure<
  'BoundaryConflict',
  { readonly query: EventQuery; readonly after: Position; readonly position: Position }
>

/** The stream was tombstoned: it takes no more events, for ever. */
export type StreamDeleted = Failure<'StreamDeleted', { readonly stream: StreamId }>

/** An event id was used before, in another stream or in another append. */
export type EventIdReused = Failure<'EventIdReused', { readonly id: string; readonly stream: StreamId }>

/** A part of the request can't be stored; `path` says which. */
export type PayloadInvalid = Failure<
  'PayloadInvalid',
  { readonly path: string; readonly expected: string; readonly found: string }
>

/** The connection broke after the request was sent; the same append with the same event ids finds out. */
export type OutcomeUnknown = Failure<'OutcomeUnknown', { readonly cause: unknown }>

/** All that can go wrong with an append and that a caller can act on. */
export type AppendFailure =
  | VersionConflict
  | BoundaryConflict
  | StreamDeleted
  | EventIdReused
  | PayloadInvalid
  | OutcomeUnknown
