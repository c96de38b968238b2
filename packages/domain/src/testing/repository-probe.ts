import type { Clock, Json } from '@ashlar/kernel'
import type { AggregateRoot } from '../aggregate-root.ts'
import type { RecordEvents, Repository } from '../repository.ts'

/** A repository under test, and how to deal with its aggregates. */
export interface RepositoryProbe<Aggregate extends AggregateRoot> {
  /** Empty. */
  readonly repository: Repository<Aggregate>
  /** A new aggregate with a new id, and at least one event. */
  newAggregate(): Aggregate
  /** Changes the aggregate's state, and raises at least one event. */
  change(aggregate: Aggregate): void
  /** All of the aggregate's state, for comparing. */
  stateOf(aggregate: Aggregate): Json
  /** Lets go of what the repository holds. */
  close?(): Promise<void>
}

/** What the contract hands to the repository under test. */
export interface RepositoryProbeOptions {
  /** Stands still unless the contract moves it. */
  readonly clock: Clock
  /** Notes what it was given, or throws when the contract wants it. */
  readonly recordEvents: RecordEvents
}
