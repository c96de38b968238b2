import type { Context, Json } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import type { AggregateMeta } from './aggregate-meta.ts'
import type { AggregateRoot } from './aggregate-root.ts'
import type { DomainEvent } from './domain-event.ts'
import type { AggregateNotFound, AlreadyExists, VersionConflict } from './repository-failure.ts'

/**
 * Keeps the aggregates of one kind, each as a whole.
 *
 * What it hands out is always a new instance, and what it keeps is a copy: nothing changes in it but by `add`, `save` and
 * `remove`. Versions are optimistic: of those who loaded the same version, the first to save wins. The version, the audit
 * fields and the domain events of the instance that was passed change only when the write has succeeded. Every method
 * throws `context.signal`'s reason when it is aborted.
 *
 * Finding by a rule is no part of it; that is what criteria are for.
 * @see {@link InMemoryRepository} for an example
 */
export interface Repository<Aggregate extends AggregateRoot, Id extends string = Aggregate['id']> {
  /** Loads an aggregate, or answers `AggregateNotFound`, also for one that was removed. */
  get(id: Id, context: Context): Promise<Result<Aggregate, AggregateNotFound>>
  /** Stores a new aggregate at version 1, or answers `AlreadyExists`, also for the id of one that was removed. */
  add(aggregate: Aggregate, context: Context): Promise<Result<void, AlreadyExists>>
  /** Stores a changed aggregate at its next version, unless it was changed or removed since it was loaded. */
  save(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>>
  /** Saves an aggregate for the last time, marked as deleted: `get` does not find it any more. */
  remove(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>>
}

/**
 * Takes over the events of an aggregate, oldest first, before the change becomes visible; into an outbox, say, through
 * `context.storage`. It is not called without events. What it throws stops the write: nothing is stored, and the
 * aggregate keeps its events. It must not write the same aggregate.
 */
export type RecordEvents<Event extends DomainEvent = DomainEvent> = (
  events: readonly Event[],
  context: Context,
) => Promise<void>

/** How a repository takes an aggregate apart and puts it together. */
export interface AggregateMapper<Aggregate extends AggregateRoot, State extends Json> {
  /** The kind of aggregate, for failures: `Customer`. */
  readonly name: string
  /** Everything of the aggregate but version, audit fields and events, as JSON; the id included. */
  readonly toState: (aggregate: Aggregate) => State
  /** The aggregate as it was; trusts the state, which is deeply frozen, and makes no id, time or event. */
  readonly restore: (state: State, meta: AggregateMeta) => Aggregate
}
