import {
  type AggregateMapper,
  type AggregateMeta,
  type AggregateNotFound,
  type AggregateRoot,
  type AlreadyExists,
  aggregateNotFound,
  alreadyExists,
  markStored,
  metaOfAdded,
  metaOfRemoved,
  metaOfSaved,
  type RecordEvents,
  type Repository,
  type VersionConflict,
  versionConflict,
} from '@ashlar/domain'
import { type Clock, type Context, type Json, portOf } from '@ashlar/kernel'
import { type AnyFailure, err, ok, type Result } from '@ashlar/result'
import type { SqliteConnection, SqliteStorage } from '@ashlar/sqlite'
import type { Table } from './schema.ts'

type Row = {
  readonly version: number
  readonly is_deleted: number
  readonly meta: string
  readonly state: string
}

type Snapshot = { readonly id: string; readonly version: number; readonly state: string }

type Options<Aggregate extends AggregateRoot, State extends Json> = AggregateMapper<Aggregate, State> & {
  readonly storage: SqliteStorage
  readonly table: Table
  readonly clock: Clock
  readonly recordEvents?: RecordEvents<Aggregate['domainEvents'][number]>
  /** What no two rows may share. */
  readonly uniqueKey?: (aggregate: Aggregate) => string
}

/** Keeps aggregates as rows; writes join the transaction of the context, or make one of their own. */
export class SqliteRepository<Aggregate extends AggregateRoot, State extends Json>
  implements Repository<Aggregate>
{
  readonly #options: Options<Aggregate, State>

  constructor(options: Options<Aggregate, State>) {
    this.#options = options
  }

  async get(id: Aggregate['id'], context: Context): Promise<Result<Aggregate, AggregateNotFound>> {
    context.signal.throwIfAborted()
    return this.#find(portOf(context, 'connection', this.#options.storage.connection), id).map(
      ({ meta, state }) => this.#options.restore(JSON.parse(state), JSON.parse(meta)),
    )
  }

  add(aggregate: Aggregate, context: Context): Promise<Result<void, AlreadyExists>> {
    return this.#write(aggregate, context, (connection, { id, state }, within) => {
      const meta = metaOfAdded(within, this.#options.clock)
      const { table, uniqueKey } = this.#options
      const { changes } = connection
        .prepare(
          `INSERT INTO ${table} (id, unique_key, version, is_deleted, meta, state) VALUES (?, ?, ?, 0, ?, ?)
           ON CONFLICT DO NOTHING`,
        )
        .run([id, uniqueKey?.(aggregate) ?? null, meta.version, JSON.stringify(meta), state])
      return Number(changes) === 1 ? ok(meta) : err(alreadyExists(this.#options.name, id))
    })
  }

  save(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#update(aggregate, context, metaOfSaved)
  }

  remove(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#update(aggregate, context, metaOfRemoved)
  }

  /** True when a row has this unique key. */
  has(uniqueKey: string, context: Context): boolean {
    const sql = `SELECT 1 FROM ${this.#options.table} WHERE unique_key = ?`
    return (
      portOf(context, 'connection', this.#options.storage.connection).prepare(sql).all([uniqueKey]).length > 0
    )
  }

  #update(
    aggregate: Aggregate,
    context: Context,
    metaOf: typeof metaOfSaved,
  ): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#write(aggregate, context, (connection, { id, version, state }, within) => {
      const { name, table, clock } = this.#options
      return this.#find(connection, id).andThen((stored) => {
        if (stored.version !== version)
          return err(versionConflict(name, id, { expected: version, actual: stored.version }))
        const meta = metaOf(JSON.parse(stored.meta), within, clock)
        connection
          .prepare(`UPDATE ${table} SET version = ?, is_deleted = ?, meta = ?, state = ? WHERE id = ?`)
          .run([meta.version, meta.isDeleted, JSON.stringify(meta), state, id])
        return ok(meta)
      })
    })
  }

  #find(connection: SqliteConnection, id: string): Result<Row, AggregateNotFound> {
    const sql = `SELECT version, is_deleted, meta, state FROM ${this.#options.table} WHERE id = ?`
    const [row] = connection.prepare(sql).all([id]) as [Row?]
    return row === undefined || row.is_deleted === 1
      ? err(aggregateNotFound(this.#options.name, id))
      : ok(row)
  }

  /**
   * State, version and events are taken at the call, so that what the caller does afterwards is no part of it.
   *
   * In a transaction of its own the aggregate counts as stored after the commit; in one that it joins at once, since that
   * goes on with it.
   */
  async #write<Fails extends AnyFailure>(
    aggregate: Aggregate,
    context: Context,
    change: (
      connection: SqliteConnection,
      snapshot: Snapshot,
      context: Context,
    ) => Result<AggregateMeta, Fails>,
  ): Promise<Result<void, Fails>> {
    context.signal.throwIfAborted()
    const { id, version } = aggregate
    const events: Aggregate['domainEvents'] = aggregate.domainEvents
    const state = JSON.stringify(this.#options.toState(aggregate))
    const { storage, recordEvents } = this.#options

    const within = async (inner: Context): Promise<Result<AggregateMeta, Fails>> => {
      const changed = change(portOf(inner, 'connection', storage.connection), { id, version, state }, inner)
      if (changed.isOk() && events.length > 0) await recordEvents?.(events, inner)
      return changed
    }
    const written = await (context.storage === undefined
      ? storage.transaction((tx) => within({ ...context, storage: tx }))
      : within(context))
    return written.map((meta) => markStored(aggregate, meta, events))
  }
}
