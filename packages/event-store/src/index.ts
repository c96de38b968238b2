/**
 * The event store: its port, its words, and a complete implementation in memory.
 *
 * @packageDocumentation
 */

export type {
  AppendFailure,
  BoundaryConflict,
  EventIdReused,
  OutcomeUnknown,
  PayloadInvalid,
  StreamDeleted,
  VersionConflict,
} from './append-failure.ts'
export {
  categoryOf,
  type EventMetadata,
  type ExpectedVersion,
  type NewEvent,
  type Position,
  type RecordedEvent,
  type StreamId,
  streamId,
  type Version,
} from './event.ts'
export type { Boundary, EventQuery, EventQueryItem } from './event-query.ts'
export type {
  AppendReceipt,
  AppendRequest,
  EventStore,
  Fold,
  Loaded,
  QueryOptions,
  ReadOptions,
  StreamInfo,
  WatchOptions,
} from './event-store.ts'
export {
  type EventStoreFork,
  InMemoryEventStore,
  type InMemoryEventStoreOptions,
} from './memory/in-memory-event-store.ts'
export { InvalidNameError, InvalidReadError, StoreClosedError } from './store-error.ts'
