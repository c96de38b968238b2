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
    return this.#write(context, async (connection, within) => {
      const meta = metaOfAdded(within, this.#options.clock)
      const inserted = this.#insert(connection, aggregate, meta)
      return inserted
        ? this.#record(aggregate, meta, within)
        : err(alreadyExists(this.#options.name, aggregate.id))
    })
  }

  save(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#update(aggregate, context, (stored, within) =>
      metaOfSaved(stored, within, this.#options.clock),
    )
  }

  remove(aggregate: Aggregate, context: Context): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#update(aggregate, context, (stored, within) =>
      metaOfRemoved(stored, within, this.#options.clock),
    )
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
    metaOf: (stored: AggregateMeta, context: Context) => AggregateMeta,
  ): Promise<Result<void, VersionConflict | AggregateNotFound>> {
    return this.#write<VersionConflict | AggregateNotFound>(context, async (connection, within) => {
      const { id, version } = aggregate
      const found = this.#find(connection, id)
      if (found.isErr()) return err(found.error)
      if (found.value.version !== version)
        return err(
          versionConflict(this.#options.name, id, { expected: version, actual: found.value.version }),
        )
      const meta = metaOf(JSON.parse(found.value.meta), within)
      connection
        .prepare(
          `UPDATE ${this.#options.table} SET version = ?, is_deleted = ?, meta = ?, state = ? WHERE id = ?`,
        )
        .run([
          meta.version,
          meta.isDeleted,
          JSON.stringify(meta),
          JSON.stringify(this.#options.toState(aggregate)),
          id,
        ])
      return this.#record(aggregate, meta, within)
    })
  }

  #find(connection: SqliteConnection, id: string): Result<Row, AggregateNotFound> {
    const sql = `SELECT version, is_deleted, meta, state FROM ${this.#options.table} WHERE id = ?`
    const [row] = connection.prepare(sql).all([id]) as [Row?]
    return row === undefined || row.is_deleted === 1
      ? err(aggregateNotFound(this.#options.name, id))
      : ok(row)
  }

  #insert(connection: SqliteConnection, aggregate: Aggregate, meta: AggregateMeta): boolean {
    const { table, toState, uniqueKey } = this.#options
    const { changes } = connection
      .prepare(
        `INSERT INTO ${table} (id, unique_key, version, is_deleted, meta, state) VALUES (?, ?, ?, 0, ?, ?)
         ON CONFLICT DO NOTHING`,
      )
      .run([
        aggregate.id,
        uniqueKey?.(aggregate) ?? null,
        meta.version,
        JSON.stringify(meta),
        JSON.stringify(toState(aggregate)),
      ])
    return Number(changes) === 1
  }

  async #record(aggregate: Aggregate, meta: AggregateMeta, context: Context): Promise<Result<void, never>> {
    const events: Aggregate['domainEvents'] = aggregate.domainEvents
    if (events.length > 0) await this.#options.recordEvents?.(events, context)
    markStored(aggregate, meta, events)
    return ok()
  }

  async #write<Fails extends AnyFailure>(
    context: Context,
    work: (connection: SqliteConnection, context: Context) => Promise<Result<void, Fails>>,
  ): Promise<Result<void, Fails>> {
    context.signal.throwIfAborted()
    if (context.storage !== undefined)
      return work(portOf(context, 'connection', this.#options.storage.connection), context)
    return this.#options.storage.transaction((tx) => work(tx.connection, { ...context, storage: tx }))
  }
}
