import {
  type Clock,
  type Context,
  type IdGenerator,
  systemClock,
  TransactionEndedError,
  uuidv7,
  verifyTenant,
  Wakeup,
  type WriteTurns,
} from '@ashlar/kernel'
import { ok, type Result } from '@ashlar/result'
import { decideAppend } from '../adapter/decide-append.ts'
import { frozenQuery } from '../adapter/frozen-query.ts'
import { type PreparedAppend, prepareAppend } from '../adapter/prepare-append.ts'
import { checkQueryOptions, checkReadOptions } from '../adapter/read-range.ts'
import { requireStreamId, requireTenantId } from '../adapter/storable-name.ts'
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
  /** Makes the port refuse all work, after the commit or instead of it, and lets those who watch it go. */
  end(): void
}

/** What the handles of one store have in common, and how the writes of one wait. */
type Inner = { readonly log: EventLog; readonly wakeup: Wakeup; readonly turns?: WriteTurns }

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
  readonly #wakeup: Wakeup
  readonly #turns: WriteTurns | undefined
  #isClosed = false
  #hasEnded = false
  #recordedMs = Number.NaN
  #recordedAt = ''

  /**
   * @param options - clock, ids and tenant; all have defaults
   * @throws InvalidNameError for what can be no tenant's id
   */
  constructor(options?: InMemoryEventStoreOptions)
  /** @internal */
  constructor(options: InMemoryEventStoreOptions, inner: Inner)
  constructor(
    options: InMemoryEventStoreOptions = {},
    { log, wakeup, turns }: Inner = { log: new EventLog(), wakeup: new Wakeup() },
  ) {
    if (options.tenantId !== undefined) requireTenantId(options.tenantId)
    this.#clock = options.clock ?? systemClock
    this.#ids = options.ids ?? uuidv7
    this.#tenantId = options.tenantId
    this.#log = log
    this.#wakeup = wakeup
    this.#turns = turns
  }

  /** {@inheritDoc EventStore.append} */
  async append(
    request: AppendRequest | readonly AppendRequest[],
    context: Context,
  ): Promise<Result<AppendReceipt, AppendFailure>> {
    this.#admit('append', context)
    const prepared = prepareAppend(request, { ids: this.#ids })
    if (prepared.isErr()) return prepared as never
    if (this.#turns === undefined) return this.#record(prepared.value)
    return this.#turns.take('append', async () => this.#record(prepared.value), context.signal)
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
      if (this.#hasEnded) throw new TransactionEndedError('read')
      yield events[backwards ? end - 1 - index : first + index] as RecordedEvent
    }
  }

  /** {@inheritDoc EventStore.query} */
  async *query(query: EventQuery, options?: QueryOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    const { after, limit } = checkQueryOptions(options)
    const wanted = frozenQuery(query)
    this.#refuseWhenClosed('query')
    let left = limit
    for (const event of this.#log.select(wanted, after)) {
      options?.signal?.throwIfAborted()
      if (this.#hasEnded) throw new TransactionEndedError('query')
      yield event
      if (--left === 0) return
    }
  }

  /** {@inheritDoc EventStore.load} */
  async load<S>(query: EventQuery, fold: Fold<S>): Promise<Loaded<S>> {
    this.#refuseWhenClosed('load')
    const wanted = frozenQuery(query)
    const after = this.#log.lastPosition()
    const events = this.#log.list(wanted) // before the fold runs, which may itself write
    let state = fold.initialState()
    for (const event of events) state = fold.evolve(state, event)
    return { state, boundary: { query: wanted, after } }
  }

  /** {@inheritDoc EventStore.safePosition} */
  async safePosition(): Promise<Position> {
    this.#refuseWhenClosed('safePosition')
    return this.#log.lastPosition()
  }

  /** {@inheritDoc EventStore.watch} */
  async *watch({ signal }: WatchOptions): AsyncGenerator<Position, void, undefined> {
    this.#refuseWhenClosed('watch')
    for await (const _ of this.#wakeup.waits({ signal })) {
      if (this.#isOver) return
      yield this.#log.lastPosition()
    }
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
    requireStreamId(stream)
    const archive = async () => this.#log.archive(stream, this.#now())
    await (this.#turns === undefined ? archive() : this.#turns.take('archive', archive, context.signal))
  }

  /** {@inheritDoc EventStore.tombstone} */
  async tombstone(stream: StreamId, context: Context): Promise<void> {
    this.#admit('tombstone', context)
    requireStreamId(stream)
    const tombstone = async () => this.#log.tombstone(stream, this.#now())
    await (this.#turns === undefined ? tombstone() : this.#turns.take('tombstone', tombstone, context.signal))
  }

  /** {@inheritDoc EventStore.close} */
  async close(): Promise<void> {
    if (this.#isOver) return
    if (this.#turns === undefined) {
      this.#isClosed = true
      this.#wakeup.close()
      return
    }
    this.#turns.admit('close')
    this.#isClosed = true
    this.#wakeup.wake()
    await this.#turns.idle('close')
  }

  /**
   * Gives a handle on this store whose writes wait for their turn; closing it closes nothing else.
   *
   * @param turns - of the storage that the store belongs to
   * @returns a store of the same events
   */
  takingTurns(turns: WriteTurns): EventStore {
    return new InMemoryEventStore(this.#options(), { log: this.#log, wakeup: this.#wakeup, turns })
  }

  /**
   * Lays a store over this one, for one transaction; only one fork may write at a time.
   *
   * @returns the store as the transaction sees it, and its commit
   */
  fork(): EventStoreFork {
    const log = new EventLog(this.#log)
    const wakeup = new Wakeup()
    const port = new InMemoryEventStore(this.#options(), { log, wakeup })
    return {
      port,
      commit: () => {
        log.merge()
        this.#wakeup.wake()
      },
      end: () => {
        port.#hasEnded = true
        wakeup.close()
      },
    }
  }

  #record(requests: readonly PreparedAppend[]): Result<AppendReceipt, AppendFailure> {
    const decision = decideAppend(requests, this.#log)
    if (decision.isErr()) return decision as never
    if (!decision.value.write) return ok(decision.value.receipt)
    const receipt = this.#log.record(requests, decision.value.versions, this.#now())
    this.#wakeup.wake()
    return ok(receipt)
  }

  #options(): InMemoryEventStoreOptions {
    const tenant = this.#tenantId === undefined ? {} : { tenantId: this.#tenantId }
    return { clock: this.#clock, ids: this.#ids, ...tenant }
  }

  #admit(operation: string, context: Context): void {
    this.#refuseWhenClosed(operation)
    this.#turns?.admit(operation)
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#hasEnded) throw new TransactionEndedError(operation)
    if (this.#isOver) throw new StoreClosedError(operation)
  }

  get #isOver(): boolean {
    return this.#isClosed || this.#turns?.isClosed === true
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
