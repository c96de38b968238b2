import {
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
  type VersionConflict,
  versionConflict,
} from '@ashlar/domain'
import { type Clock, type Context, systemClock, TenantMismatchError, type UnitOfWork, verifyTenant } from '@ashlar/kernel'
import { type AnyFailure, err, ok, type Result } from '@ashlar/result'
import { CompiledQuery, type Kysely } from 'kysely'
import type { KyselyUnitOfWork } from '../unit-of-work/kysely-unit-of-work.ts'
import { bindable, metaOfRow, type StoredRow } from './stored-row.ts'
import { Statements } from './statements.ts'
import { isUniqueViolation, KyselyUnnamedRuleError } from './unique-violation.ts'

/** What may stand in a column; a boolean becomes 0 or 1 on SQLite, a Date ISO-8601 text, undefined null. */
export type ColumnValue = string | number | bigint | boolean | null | undefined | Date | Uint8Array

/** A rule that no two rows may break, kept by a unique index of the table. */
export interface UniqueRule<in Aggregate, Row, out UniqueFailure extends AnyFailure> {
  /** The columns of the index. */
  readonly columns: readonly (keyof Row & string)[]
  /** What the one who comes second is told. */
  readonly failure: (aggregate: Aggregate) => UniqueFailure
}

/** Options of {@link KyselyRepository}. */
export interface KyselyRepositoryOptions<
  Aggregate extends AggregateRoot,
  Row extends { readonly [column: string]: ColumnValue },
  UniqueFailure extends AnyFailure = never,
> {
  /** Where its rows are read and written. */
  readonly unitOfWork: Pick<KyselyUnitOfWork, 'dialect' | 'queries'> & Transactions
  /** The table's name. */
  readonly table: string
  /** The kind of aggregate, for failures: `Customer`. */
  readonly name: string
  /** The aggregate's own columns, `id` included; each call gives the same ones. */
  readonly toRow: (aggregate: Aggregate) => Row
  /** The aggregate as it was; trusts the row, which has the values that the driver gives. */
  readonly restore: (row: Row, meta: AggregateMeta) => Aggregate
  /** The unique indexes of the table beside that of the id, and what breaking them means. */
  readonly unique?: readonly UniqueRule<Aggregate, Row, UniqueFailure>[]
  /** Takes over the events of an aggregate, in the transaction of its change. */
  readonly recordEvents?: RecordEvents<Aggregate['domainEvents'][number]>
  /** Tells when aggregates are added and changed; the machine's clock unless told. */
  readonly clock?: Clock
  /** The column that holds the tenant; without one, contexts of tenants are refused. */
  readonly tenantColumn?: string
}

type Transactions = UnitOfWork & { forTenant?(tenantId: string): UnitOfWork }

type Snapshot = { readonly id: string; readonly version: number; readonly values: Map<string, unknown> }
type Change = (
  kysely: Kysely<unknown>,
  snapshot: Snapshot,
  context: Context,
) => Promise<Result<AggregateMeta, AnyFailure>>

/** Keeps aggregates as rows; what it promises is `Repository` of `@ashlar/domain`. */
export class KyselyRepository<
  Aggregate extends AggregateRoot,
  Row extends { readonly [column: string]: ColumnValue },
  UniqueFailure extends AnyFailure = never,
> {
  readonly #options: KyselyRepositoryOptions<Aggregate, Row, UniqueFailure>
  readonly #clock: Clock
  readonly #statements: Statements

  constructor(options: KyselyRepositoryOptions<Aggregate, Row, UniqueFailure>) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#statements = new Statements(options.table, options.unitOfWork.dialect, options.tenantColumn)
  }

  /** Loads an aggregate; one that was removed only when `includeDeleted` asks for it. */
  async get(
    id: Aggregate['id'],
    context: Context,
    { includeDeleted = false }: { readonly includeDeleted?: boolean } = {},
  ): Promise<Result<Aggregate, AggregateNotFound>> {
    const tenant = this.#admit(context)
    const [row] = await this.#run(this.#queries(context), this.#statements.select(), [id, ...tenant])
    if (row === undefined) return err(aggregateNotFound(this.#options.name, id))
    const { meta, own } = metaOfRow(row as StoredRow, this.#options.tenantColumn)
    if (meta.isDeleted && !includeDeleted) return err(aggregateNotFound(this.#options.name, id))
    return ok(this.#options.restore(own as Row, meta))
  }

  /** Stores a new aggregate at version 1. */
  add(aggregate: Aggregate, context: Context): Promise<Result<void, AlreadyExists | UniqueFailure>> {
    return this.#write(aggregate, context, async (kysely, { id, values }, within) => {
      const meta = metaOfAdded(within, this.#clock)
      const insert = this.#statements.insert([...values.keys()])
      const parameters = [...values.values(), ...this.#statements.metaValues(meta), ...this.#admit(within)]
      if ((await this.#change(kysely, insert, parameters)) === 1) return ok(meta)
      if (await this.#has(kysely, ['id'], [id], within)) return err(alreadyExists(this.#options.name, id))
      return err(await this.#brokenRule(kysely, aggregate, values, within, undefined))
    }) as Promise<Result<void, AlreadyExists | UniqueFailure>>
  }

  /** Stores a changed aggregate at its next version. */
  save(
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>> {
    return this.#update(aggregate, context, metaOfSaved)
  }

  /** Saves an aggregate for the last time, and marks it as deleted. */
  remove(
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>> {
    return this.#update(aggregate, context, metaOfRemoved)
  }

  #update(
    aggregate: Aggregate,
    context: Context,
    metaOf: typeof metaOfSaved,
  ): Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>> {
    const stored = storedMeta(aggregate)
    return this.#write(aggregate, context, async (kysely, { id, version, values }, within) => {
      const meta = metaOf(stored, within, this.#clock)
      const columns = [...values.keys()].filter((column) => column !== 'id')
      const update = this.#statements.update(columns)
      const parameters = [
        ...columns.map((column) => values.get(column)),
        ...this.#statements.changedMetaValues(meta),
        id,
        version,
        ...this.#admit(within),
      ]
      const changed = await this.#changeUnlessUnique(kysely, update, parameters)
      if (changed === 1) return ok(meta)
      if (typeof changed !== 'number') return err(await this.#brokenRule(kysely, aggregate, values, within, changed.error))
      const [row] = await this.#run(kysely, this.#statements.selectVersion(), [id, ...this.#admit(within)])
      const found = row as { readonly version: unknown; readonly is_deleted: unknown } | undefined
      if (found === undefined || Boolean(found.is_deleted)) return err(aggregateNotFound(this.#options.name, id))
      return err(versionConflict(this.#options.name, id, { expected: version, actual: Number(found.version) }))
    }) as Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>>
  }

  /** On PostgreSQL a statement that fails takes its transaction along, unless there is a savepoint before it. */
  async #changeUnlessUnique(
    kysely: Kysely<unknown>,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<number | { readonly error: unknown }> {
    const { unique, unitOfWork } = this.#options
    if (unique === undefined || unique.length === 0) return this.#change(kysely, sql, parameters)
    const needsSavepoint = unitOfWork.dialect === 'postgres'
    if (needsSavepoint) await this.#change(kysely, 'savepoint ashlar_save', [])
    try {
      const changed = await this.#change(kysely, sql, parameters)
      if (needsSavepoint) await this.#change(kysely, 'release savepoint ashlar_save', [])
      return changed
    } catch (error) {
      if (!isUniqueViolation(error)) throw error
      if (needsSavepoint) await this.#change(kysely, 'rollback to savepoint ashlar_save', [])
      return { error }
    }
  }

  /** Looks which rule another row keeps the aggregate from; rows that are not deleted come first. */
  async #brokenRule(
    kysely: Kysely<unknown>,
    aggregate: Aggregate,
    values: ReadonlyMap<string, unknown>,
    context: Context,
    cause: unknown,
  ): Promise<UniqueFailure> {
    const { unique = [], table, name } = this.#options
    for (const among of ['kept', 'all'] as const)
      for (const { columns, failure } of unique) {
        const wanted = columns.map((column) => values.get(column))
        if (wanted.some((value) => value === null)) continue
        const others = { id: aggregate.id, among }
        if (await this.#has(kysely, columns, wanted, context, others)) return failure(aggregate)
      }
    throw new KyselyUnnamedRuleError(name, aggregate.id, table, cause)
  }

  async #has(
    kysely: Kysely<unknown>,
    columns: readonly string[],
    values: readonly unknown[],
    context: Context,
    others?: { readonly id: string; readonly among: 'kept' | 'all' },
  ): Promise<boolean> {
    const sql = this.#statements.exists(columns, others?.among)
    const parameters = [...values, ...(others === undefined ? [] : [others.id]), ...this.#admit(context)]
    return (await this.#run(kysely, sql, parameters)).length > 0
  }

  /**
   * State, version and events are taken at the call, so that what the caller does afterwards is no part of it.
   *
   * In a transaction of its own the aggregate counts as stored after the commit; in one that it joins at once, since that
   * goes on with it.
   */
  async #write(
    aggregate: Aggregate,
    context: Context,
    change: Change,
  ): Promise<Result<void, AnyFailure>> {
    this.#admit(context)
    const { dialect } = this.#options.unitOfWork
    const { id, version } = aggregate
    const events: Aggregate['domainEvents'] = aggregate.domainEvents
    const values = new Map(
      Object.entries(this.#options.toRow(aggregate)).map(([column, value]) => [column, bindable(value, dialect)]),
    )
    const within = async (inner: Context): Promise<Result<AggregateMeta, AnyFailure>> => {
      const changed = await change(this.#queries(inner), { id, version, values }, inner)
      if (changed.isOk() && events.length > 0) await this.#options.recordEvents?.(events, inner)
      return changed
    }
    const written = await (context.storage === undefined
      ? this.#transactions(context).transaction((tx) => within({ ...context, storage: tx }), {
          signal: context.signal,
        })
      : within(context))
    return written.map((meta) => markStored(aggregate, meta, events))
  }

  #transactions({ tenantId }: Context): UnitOfWork {
    const { unitOfWork } = this.#options
    return (tenantId === undefined ? undefined : unitOfWork.forTenant?.(tenantId)) ?? unitOfWork
  }

  /** Plugins that rename columns would rename the repository's own. */
  #queries(context: Context): Kysely<unknown> {
    return this.#options.unitOfWork.queries(context).withoutPlugins()
  }

  async #run(
    kysely: Kysely<unknown>,
    sql: string,
    parameters: readonly unknown[],
  ): Promise<readonly unknown[]> {
    return (await kysely.executeQuery(CompiledQuery.raw(sql, [...parameters]))).rows
  }

  async #change(kysely: Kysely<unknown>, sql: string, parameters: readonly unknown[]): Promise<number> {
    const { numAffectedRows } = await kysely.executeQuery(CompiledQuery.raw(sql, [...parameters]))
    return Number(numAffectedRows ?? 0)
  }

  /** The parameter that keeps tenants apart, where there is a column for it. */
  #admit(context: Context): readonly string[] {
    context.signal.throwIfAborted()
    if (this.#options.tenantColumn === undefined) {
      verifyTenant(undefined, context)
      return []
    }
    if (context.tenantId === undefined) throw new TenantMismatchError('any', undefined)
    return [context.tenantId]
  }
}

/** What the aggregate knows of how it was stored; for one that never was, no row will be found. */
function storedMeta({ version, createdAt, createdBy, modifiedAt, modifiedBy, isDeleted }: AggregateRoot): AggregateMeta {
  return {
    version,
    createdAt: createdAt ?? '',
    ...(createdBy !== undefined && { createdBy }),
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(modifiedBy !== undefined && { modifiedBy }),
    isDeleted,
  }
}
