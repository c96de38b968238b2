import { type AggregateNotFound, aggregateNotFound, type DomainEvent } from '@ashlar/domain'
import {
  type EventStore,
  type NewEvent,
  type OutcomeUnknown,
  type RecordedEvent,
  type StreamDeleted,
  type StreamId,
  streamId,
  type VersionConflict,
} from '@ashlar/event-store'
import { type Context, type IdGenerator, metadataOf, portOf, Turns, uuidv7 } from '@ashlar/kernel'
import { type AnyFailure, err, FailureError, invariant, ok, type Result } from '@ashlar/result'
import type { AnyEventSourcedAggregate } from './event-sourced-aggregate.ts'
import { InvalidCategoryError } from './invalid-category-error.ts'

/** A class of event-sourced aggregates: what its streams are called, and how an empty one is made. */
export interface EventSourcedClass<Aggregate extends AnyEventSourcedAggregate> {
  /** The category of its streams; without a hyphen. */
  readonly category: string
  /** Its name, for messages. */
  readonly name: string
  /** Makes one to which nothing has happened. */
  new (id: Aggregate['id']): Aggregate
}

/** What can go wrong when an aggregate is saved and that a caller can act on. */
export type SaveFailure = VersionConflict | StreamDeleted | OutcomeUnknown

/** Options of {@link EventSourcedRepository}. */
export interface EventSourcedRepositoryOptions {
  /** Names events, so that a repeated save is recognised; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** How often `update` decides before it gives up on conflicts; from 1, 10 unless told. */
  readonly maxAttempts?: number
}

/**
 * Loads and saves event-sourced aggregates.
 *
 * Inside of a transaction it uses the event store of `context.storage`, else the one that it was made with.
 *
 * @example
 * ```ts
 * import { type DomainEvent, unknownEvent } from '@ashlar/domain'
 * import { EventSourcedAggregate, EventSourcedRepository } from '@ashlar/event-sourcing'
 * import { InMemoryEventStore } from '@ashlar/event-store'
 * import { createContext } from '@ashlar/kernel'
 * import { ok } from '@ashlar/result'
 *
 * type CounterEvent = DomainEvent<'Counted', { by: number }> | DomainEvent<'Reset', { to: number }>
 *
 * class Counter extends EventSourcedAggregate<CounterEvent> {
 *   static readonly category = 'counter'
 *   total = 0
 *
 *   count(by: number): void {
 *     this.raise('Counted', { by })
 *   }
 *
 *   protected apply(event: CounterEvent): void {
 *     switch (event.type) {
 *       case 'Counted':
 *         this.total += event.data.by
 *         return
 *       case 'Reset':
 *         this.total = event.data.to
 *         return
 *       default:
 *         return unknownEvent(event)
 *     }
 *   }
 * }
 *
 * const counters = new EventSourcedRepository(Counter, new InMemoryEventStore())
 * const counter = new Counter('visits')
 * counter.count(1)
 * const context = createContext()
 * const saved = await counters.save(counter, context)
 * const counted = await counters.update('visits', (loaded) => ok(loaded.count(2)), context)
 * const loaded = await counters.get('visits', context)
 * console.log(saved.isOk(), counted.isOk(), loaded.isOk() && loaded.value.total)
 * ```
 */
export class EventSourcedRepository<Aggregate extends AnyEventSourcedAggregate> {
  readonly #class: EventSourcedClass<Aggregate>
  readonly #events: EventStore
  readonly #ids: IdGenerator
  readonly #maxAttempts: number
  /** An event keeps its id from save to save, so that one whose outcome is unknown can be tried again. */
  readonly #idsOfEvents = new WeakMap<DomainEvent, string>()
  /** Up to which version an aggregate may have been stored, where an answer got lost. */
  readonly #inDoubt = new WeakMap<object, number>()
  /** One for each store: work inside of a transaction must not wait for work outside, which may wait for the transaction. */
  readonly #turns = new WeakMap<EventStore, Turns>()

  /**
   * @param aggregateClass - what is loaded and saved; names its category
   * @param events - the store outside of transactions
   * @param options - ids and the number of attempts; all have defaults
   * @throws InvalidCategoryError when the category is empty or has a hyphen; InvariantError when `maxAttempts` is no whole
   *   number from 1
   */
  constructor(
    aggregateClass: EventSourcedClass<Aggregate>,
    events: EventStore,
    options: EventSourcedRepositoryOptions = {},
  ) {
    const { category, name } = aggregateClass
    const { ids = uuidv7, maxAttempts = 10 } = options
    if (typeof category !== 'string' || category === '' || category.includes('-'))
      throw new InvalidCategoryError(name, category)
    invariant(
      Number.isSafeInteger(maxAttempts) && maxAttempts >= 1,
      `maxAttempts must be a whole number from 1, found ${maxAttempts}`,
    )
    this.#class = aggregateClass
    this.#events = events
    this.#ids = ids
    this.#maxAttempts = maxAttempts
  }

  /**
   * Loads an aggregate from its stream.
   *
   * @param id - of the aggregate
   * @param context - of the request
   * @returns the aggregate, or `AggregateNotFound` when nothing has happened to it
   * @throws the signal's reason when it is aborted
   */
  async get(id: Aggregate['id'], context: Context): Promise<Result<Aggregate, AggregateNotFound>> {
    const aggregate = new this.#class(id)
    const { signal } = context
    const history: RecordedEvent[] = []
    for await (const event of this.#store(context).read(this.#streamOf(id), { signal })) history.push(event)
    if (history.length === 0) return err(aggregateNotFound(this.#class.name, id))
    aggregate.loadFromHistory(history)
    return ok(aggregate)
  }

  /**
   * Stores what the aggregate has raised, if nobody else has stored something since it was loaded.
   *
   * Never tries again by itself: an aggregate that decided on an old state is wrong. Saves of one aggregate take turns.
   * After a transaction that was rolled back, load the aggregate anew.
   *
   * @param aggregate - its events count as committed afterwards
   * @param context - of the request; correlation, causation and user go into the events' metadata
   * @returns nothing, or why it was not stored; `OutcomeUnknown` is resolved by saving the same aggregate again, also when it
   *   has raised more since
   * @throws FailureError for any other failure of the store, which is a bug; the signal's reason when it is aborted
   */
  async save(aggregate: Aggregate, context: Context): Promise<Result<void, SaveFailure>> {
    const { version } = aggregate
    return this.#inTurn(aggregate, aggregate.id, context, async () => {
      const doubtful = this.#inDoubt.get(aggregate)
      if (doubtful !== undefined && doubtful < version) {
        const resolved = await this.#saveUpTo(doubtful, aggregate, context)
        if (resolved.isErr()) return resolved
      }
      return this.#saveUpTo(version, aggregate, context)
    })
  }

  /**
   * Loads an aggregate, lets it decide, and saves it; when another writer was faster, all that again.
   *
   * A save whose outcome is unknown is repeated once, which the store recognises by the events' ids. Updates of one
   * aggregate through one repository take turns, so that they don't come into conflict with each other.
   *
   * @param id - of the aggregate
   * @param decide - is called once for each attempt, with a newly loaded aggregate; Err stores nothing
   * @param context - of the request
   * @returns what the decision returned, `AggregateNotFound`, or why it could not be stored
   * @throws what `decide` throws; the signal's reason when it is aborted
   */
  async update<Value, Fails extends AnyFailure>(
    id: Aggregate['id'],
    decide: (aggregate: Aggregate) => Result<Value, Fails>,
    context: Context,
  ): Promise<Result<Value, Fails | AggregateNotFound | SaveFailure>> {
    return this.#inTurn(id, id, context, async () => {
      for (let attempt = 1; ; attempt++) {
        const loaded = await this.get(id, context)
        if (loaded.isErr()) return err(loaded.error)
        const decided = decide(loaded.value)
        if (decided.isErr()) return decided
        let saved = await this.save(loaded.value, context)
        if (saved.isErr() && saved.error.type === 'OutcomeUnknown')
          saved = await this.save(loaded.value, context)
        if (saved.isOk()) return decided
        if (saved.error.type !== 'VersionConflict' || attempt >= this.#maxAttempts) return err(saved.error)
      }
    })
  }

  async #saveUpTo(
    version: number,
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, SaveFailure>> {
    const { uncommittedEvents } = aggregate
    const stored = aggregate.version - uncommittedEvents.length
    if (version <= stored) return ok()
    const metadata = metadataOf(context)
    const appended = await this.#store(context).append(
      {
        stream: this.#streamOf(aggregate.id),
        expected: stored,
        events: uncommittedEvents
          .slice(0, version - stored)
          .map((event: DomainEvent): NewEvent => ({ ...event, id: this.#idOf(event), metadata })),
      },
      context,
    )
    this.#inDoubt.delete(aggregate)
    if (appended.isOk()) {
      aggregate.markEventsAsCommitted(version)
      return ok()
    }
    const refused = appended.error
    switch (refused.type) {
      case 'OutcomeUnknown':
        this.#inDoubt.set(aggregate, version)
        return err(refused)
      case 'VersionConflict':
      case 'StreamDeleted':
        return err(refused)
      default:
        throw new FailureError(refused)
    }
  }

  async #inTurn<T>(key: unknown, id: string, context: Context, work: () => Promise<T>): Promise<T> {
    const store = this.#store(context)
    const turns = this.#turns.get(store) ?? new Turns()
    this.#turns.set(store, turns)
    if (turns.isBusy(key)) await this.#refuseToWaitForItself(store, id, context)
    return turns.take(key, work, context.signal)
  }

  /** Those who come before may wait for the transaction from whose inside this comes; an append, even an empty one, throws then. */
  async #refuseToWaitForItself(store: EventStore, id: string, context: Context): Promise<void> {
    const asked = await store.append({ stream: this.#streamOf(id), expected: 'any', events: [] }, context)
    if (asked.isErr() && asked.error.type !== 'OutcomeUnknown') throw new FailureError(asked.error)
  }

  #store(context: Context): EventStore {
    return portOf(context, 'events', this.#events)
  }

  #streamOf(id: string): StreamId {
    return streamId(this.#class.category, id)
  }

  #idOf(event: DomainEvent): string {
    const known = this.#idsOfEvents.get(event)
    if (known !== undefined) return known
    const id = this.#ids.next()
    this.#idsOfEvents.set(event, id)
    return id
  }
}
