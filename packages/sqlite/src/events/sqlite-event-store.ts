import {
  type AppendFailure,
  type AppendReceipt,
  type AppendRequest,
  type EventQuery,
  type EventStore,
  type Fold,
  type Loaded,
  type Position,
  type QueryOptions,
  type ReadOptions,
  type RecordedEvent,
  StoreClosedError,
  type StreamId,
  type StreamInfo,
  type WatchOptions,
} from '@ashlar/event-store'
import {
  checkQueryOptions,
  checkReadOptions,
  frozenQuery,
  isStreamId,
  prepareAppend,
  requireStreamId,
} from '@ashlar/event-store/adapter'
import { type Context, verifyTenant, Wakeup } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import { breath } from '../file/breath.ts'
import type { Connection } from '../file/connection.ts'
import type { Lane } from '../file/lane.ts'
import { appendEvents } from './append-events.ts'
import { archiveStream, findStream, lastPosition, tombstoneStream } from './find-stream.ts'
import { readStream } from './read-stream.ts'
import { allMatches, pages } from './select-events.ts'

/** The event store of one tenant, or of none, in a file. */
export class SqliteEventStore implements EventStore {
  readonly #lane: Lane
  readonly #tenantId: string | undefined
  readonly #tenant: string
  readonly #watching = new Set<Wakeup>()
  #isClosed = false

  constructor(lane: Lane, tenantId: string | undefined) {
    this.#lane = lane
    this.#tenantId = tenantId
    this.#tenant = tenantId ?? ''
  }

  async append(
    request: AppendRequest | readonly AppendRequest[],
    context: Context,
  ): Promise<Result<AppendReceipt, AppendFailure>> {
    this.#admitWrite('append', context)
    const { file } = this.#lane
    const prepared = prepareAppend(request, file.options)
    if (prepared.isErr()) return prepared as never
    return this.#lane.write((connection) => {
      const result = appendEvents(connection, this.#tenant, prepared.value, file.now())
      if (result.isOk()) file.events.touch()
      return result
    }, context.signal)
  }

  async *read(stream: StreamId, options?: ReadOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    let range = checkReadOptions(options)
    while (range.limit > 0) {
      const page = await this.#read('read', (file) => readStream(file, this.#tenant, stream, range))
      for (const event of page.events) {
        options?.signal?.throwIfAborted()
        yield event
      }
      if (page.rest === undefined) return
      range = page.rest
      await breath()
    }
  }

  async *query(wanted: EventQuery, options?: QueryOptions): AsyncGenerator<RecordedEvent, void, undefined> {
    const { after, limit } = checkQueryOptions(options)
    const query = frozenQuery(wanted)
    const upTo = await this.#read('query', lastPosition)
    for (const page of pages(query, { after, upTo, limit }, this.#tenant)) {
      options?.signal?.throwIfAborted()
      for (const event of await this.#read('query', page)) {
        options?.signal?.throwIfAborted()
        yield event
      }
      await breath()
    }
  }

  async load<S>(wanted: EventQuery, fold: Fold<S>): Promise<Loaded<S>> {
    const query = frozenQuery(wanted)
    return this.#read('load', (file) =>
      file.snapshot(() => {
        const after = lastPosition(file)
        let state = fold.initialState()
        for (const event of allMatches(file, this.#tenant, query, { after: 0, upTo: after }))
          state = fold.evolve(state, event)
        return { state, boundary: { query, after } }
      }),
    )
  }

  safePosition(): Promise<Position> {
    return this.#read('safePosition', lastPosition)
  }

  async *watch({ signal }: WatchOptions): AsyncGenerator<Position, void, undefined> {
    this.#refuseWhenClosed('watch')
    const wakeup = new Wakeup()
    this.#watching.add(wakeup)
    try {
      let told = -1
      for await (const _ of this.#lane.file.events.follow(wakeup, { signal })) {
        if (this.#isClosed || this.#lane.isClosed) return
        const position = await this.safePosition()
        if (position !== told) yield position
        told = position
      }
    } finally {
      this.#watching.delete(wakeup)
    }
  }

  streamInfo(stream: StreamId): Promise<StreamInfo | undefined> {
    return this.#read('streamInfo', (file) => {
      const found = isStreamId(stream) ? findStream(file, this.#tenant, stream) : undefined
      if (found === undefined) return undefined
      const { version, archivedAt, tombstonedAt } = found
      return {
        stream,
        version,
        ...(archivedAt !== null && { archivedAt }),
        ...(tombstonedAt !== null && { tombstonedAt }),
      }
    })
  }

  async archive(stream: StreamId, context: Context): Promise<void> {
    this.#admitWrite('archive', context)
    requireStreamId(stream)
    const { file } = this.#lane
    await this.#lane.write(
      (connection) => archiveStream(connection, this.#tenant, stream, file.now()),
      context.signal,
    )
  }

  async tombstone(stream: StreamId, context: Context): Promise<void> {
    this.#admitWrite('tombstone', context)
    requireStreamId(stream)
    const { file } = this.#lane
    await this.#lane.write(
      (connection) => tombstoneStream(connection, this.#tenant, stream, file.now()),
      context.signal,
    )
  }

  async close(): Promise<void> {
    if (this.#isClosed || this.#lane.isClosed) return
    this.#lane.admitWrite('close')
    this.#isClosed = true
    this.release()
    await this.#lane.idle()
  }

  /** Lets those who watch go. */
  release(): void {
    for (const wakeup of this.#watching) wakeup.close()
  }

  async #read<T>(operation: string, work: (file: Connection) => T): Promise<T> {
    return this.#lane.read((file) => {
      this.#refuseWhenClosed(operation)
      return work(file)
    })
  }

  #admitWrite(operation: string, context: Context): void {
    this.#refuseWhenClosed(operation)
    this.#lane.admitWrite(operation)
    verifyTenant(this.#tenantId, context)
    context.signal.throwIfAborted()
  }

  #refuseWhenClosed(operation: string): void {
    this.#lane.admit(operation)
    if (this.#isClosed || this.#lane.isClosed) throw new StoreClosedError(operation)
  }
}
