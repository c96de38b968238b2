import {
  type Clock,
  type Context,
  type IdGenerator,
  systemClock,
  uuidv7,
  verifyTenant,
  Wakeup,
} from '@ashlar/kernel'
import { ok, type Result } from '@ashlar/result'
import { decideAppend } from '../adapter/decide-append.ts'
import { prepareAppend } from '../adapter/prepare-append.ts'
import { checkQueryOptions, checkReadOptions } from '../adapter/read-range.ts'
import type { AppendFailure } from '../append-failure.ts'
import type { Position, RecordedEvent, StreamId } from '../event.ts'
import type { EventQuery } from '../event-query.ts'
import type {
  AppendReceipt,
  AppendRequest,
  EventStore,
  Fold,
  Loaded,
  QueryOptions,
  ReadOptions,
  StreamInfo,
  WatchOptions,
} from '../event-store.ts'
import { StoreClosedError } from '../store-error.ts'
import { EventLog } from './event-log.ts'

/** Options of {@link InMemoryEventStore}. */
export interface InMemoryEventStoreOptions {
  /** Tells when events were recorded; the machine's clock unless told. */
  readonly clock?: Clock
  /** Names events that come without an id; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** Whose events; contexts of another tenant are refused. */
  readonly tenantId?: string
}

/** Writes that nobody else sees before they are committed; dropping it rolls them back. */
export interface EventStoreFork {
  /** The store as the transaction sees it. */
  readonly port: EventStore
  /** Makes the writes part of the store. */
  commit(): void
}

/**
 * An event store in memory: the reference for what the port means.
 *
 * @example
 * ```ts
 * import { InMemoryEventStore } from '@ashlar/event-store'
 * import { createContext } from '@ashlar/kernel'
 *
 * const store = new InMemoryEventStore()
 * const opened = { type: 'CartOpened', data: { customerId: 'ada' } }
 * await store.append({ stream: 'cart-42', expected: 'none', events: [opened] }, createContext()).then(console.log)
 * for await (const event of store.read('cart-42')) console.log(event.version, event.type)
 * ```
 */
export class InMemoryEventStore implements EventStore {
  /** The methods that change the store; `InMemoryStorage` lets each wait for its turn. */
  readonly writes: readonly ['append', 'archive', 'tombstone'] = ['append', 'archive', 'tombstone']
  readonly #clock: Clock
  readonly #ids: IdGenerator
  readonly #tenantId: string | undefined
  readonly #log: EventLog
  readonly #wakeup = new Wakeup()
  #isClosed = false
  #recordedMs = Number.NaN
  #recordedAt = ''

  /** @param options - clock, ids and tenant; all have defaults */
  constructor(options?: InMemoryEventStoreOptions)
  /** @internal */
  constructor(options: InMemoryEventStoreOptions, log: EventLog)
  constructor(options: InMemoryEventStoreOptions = {}, log: EventLog = new EventLog()) {
    this.#clock = options.clock ?? systemClock
    this.#ids = options.ids ?? uuidv7
    this.#tenantId = options.tenantId
    this.#log = log
  }

  /** {@inheritDoc EventStore.append} */
  async append(
    request: AppendRequest | readonly AppendRequest[],
    context: Context,
  ): Promise<Result<AppendReceipt, AppendFailure>> {
    this.#admit('append', context)
    const prepared = prepareAppend(request, { ids: this.#ids })
    if (prepared.isErr()) return prepared as never
    const decision = decideAppend(prepared.value, this.#log)
    if (decision.isErr()) return decision as never
    if (!decision.value.write) return ok(decision.value.receipt)
    const receipt = this.#log.record(prepared.value, decision.value.versions, this.#now())
    this.#wakeup.wake()
    return ok(receipt)
  }

  /** {@inheritDoc EventStore.read} */
  async *read(stream: StreamId, options?: ReadOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    const { from, to, backwards, limit } = checkReadOptions(options)
    this.#refuseWhenClosed('read')
    const events = this.#log.eventsOf(stream)
    const first = from - 1
    const end = Math.min(to, events.length)
    const count = Math.min(limit, end - first)
    for (let index = 0; index < count; index++) {
      options?.signal?.throwIfAborted()
      yield events[backwards ? end - 1 - index : first + index] as RecordedEvent
    }
  }

  /** {@inheritDoc EventStore.query} */
  async *query(query: EventQuery, options?: QueryOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    const { after, limit } = checkQueryOptions(options)
    this.#refuseWhenClosed('query')
    let left = limit
    for (const event of this.#log.select(query, after)) {
      options?.signal?.throwIfAborted()
      yield event
      if (--left === 0) return
    }
  }

  /** {@inheritDoc EventStore.load} */
  async load<S>(query: EventQuery, fold: Fold<S>): Promise<Loaded<S>> {
    this.#refuseWhenClosed('load')
    let state = fold.initialState()
    const after = this.#log.lastPosition()
    for (const event of this.#log.select(query, 0)) state = fold.evolve(state, event)
    return { state, boundary: { query, after } }
  }

  /** {@inheritDoc EventStore.safePosition} */
  async safePosition(): Promise<Position> {
    this.#refuseWhenClosed('safePosition')
    return this.#log.lastPosition()
  }

  /** {@inheritDoc EventStore.watch} */
  async *watch({ signal }: WatchOptions): AsyncGenerator<Position, void, undefined> {
    this.#refuseWhenClosed('watch')
    for await (const _ of this.#wakeup.waits({ signal })) yield this.#log.lastPosition()
  }

  /** {@inheritDoc EventStore.streamInfo} */
  async streamInfo(stream: StreamId): Promise<StreamInfo | undefined> {
    this.#refuseWhenClosed('streamInfo')
    const log = this.#log.streamLog(stream)
    if (log === undefined) return undefined
    const { version, archivedAt, tombstonedAt } = log
    return {
      stream,
      version,
      ...(archivedAt !== undefined && { archivedAt }),
      ...(tombstonedAt !== undefined && { tombstonedAt }),
    }
  }

  /** {@inheritDoc EventStore.archive} */
  async archive(stream: StreamId, context: Context): Promise<void> {
    this.#admit('archive', context)
    this.#log.archive(stream, this.#now())
  }

  /** {@inheritDoc EventStore.tombstone} */
  async tombstone(stream: StreamId, context: Context): Promise<void> {
    this.#admit('tombstone', context)
    this.#log.tombstone(stream, this.#now())
  }

  /** {@inheritDoc EventStore.close} */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#wakeup.close()
  }

  /**
   * Lays a store over this one, for one transaction; only one fork may write at a time.
   *
   * @returns the store as the transaction sees it, and its commit
   */
  fork(): EventStoreFork {
    const log = new EventLog(this.#log)
    const tenant = this.#tenantId === undefined ? {} : { tenantId: this.#tenantId }
    return {
      port: new InMemoryEventStore({ clock: this.#clock, ids: this.#ids, ...tenant }, log),
      commit: () => {
        log.merge()
        this.#wakeup.wake()
      },
    }
  }

  #admit(operation: string, context: Context): void {
    this.#refuseWhenClosed(operation)
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#isClosed) throw new StoreClosedError(operation)
  }

  /** Writing a date costs more than writing an event, so it is done once per millisecond. */
  #now(): string {
    const now = this.#clock.now()
    const ms = now.getTime()
    if (ms !== this.#recordedMs) {
      this.#recordedMs = ms
      this.#recordedAt = now.toISOString()
    }
    return this.#recordedAt
  }
}
