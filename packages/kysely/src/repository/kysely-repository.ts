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
import { type Clock, type Context, systemClock, type UnitOfWork } from '@ashlar/kernel'
import { type AnyFailure, err, ok, type Result } from '@ashlar/result'
import { tenantOf } from '../tenant-of.ts'
import type { KyselyUnitOfWork } from '../unit-of-work/kysely-unit-of-work.ts'
import { metaOfRow } from './stored-row.ts'
import { Refusal, type Snapshot, Table, type Within } from './table.ts'
import { RowTaker } from './table-row.ts'
import { KyselyUnnamedRuleError } from './unique-violation.ts'

/** What may stand in a column; a boolean becomes 0 or 1 on SQLite, a Date ISO-8601 text, undefined null. */
export type ColumnValue = string | number | bigint | boolean | null | undefined | Date | Uint8Array

/** A rule that no two rows may break, kept by a unique index of the table. */
export interface UniqueRule<in Aggregate, Row, out UniqueFailure extends AnyFailure> {
  /** The columns of the index, which compares them by equality; that of the tenant is left out. */
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
  readonly unitOfWork: Rows & TenantTransactions
  /** The table's name. */
  readonly table: string
  /** The kind of aggregate, for failures: `Customer`. */
  readonly name: string
  /** The aggregate's own columns, `id` included; each call gives the same ones, those without a value as null. */
  readonly toRow: (aggregate: Aggregate) => Row
  /** The aggregate as it was; trusts the row, which has the values that the driver gives. */
  readonly restore: (row: Row, meta: AggregateMeta) => Aggregate
  /** The unique indexes of the table beside that of the id, and what breaking them means; the first that fits is told. */
  readonly unique?: readonly UniqueRule<Aggregate, Row, UniqueFailure>[]
  /** Takes over the events of an aggregate, in the transaction of its change; what it throws must reach that transaction. */
  readonly recordEvents?: RecordEvents<Aggregate['domainEvents'][number]>
  /** Tells when aggregates are added and changed; the machine's clock unless told. */
  readonly clock?: Clock
  /** The column that holds the tenant; without one, contexts of tenants are refused. */
  readonly tenantColumn?: string
}

// biome-ignore lint/suspicious/noExplicitAny: the tables that Kysely knows don't matter to SQL of our own
type Rows = Pick<KyselyUnitOfWork<any>, 'dialect' | 'queries' | 'joined'>

/** Transactions that a repository opens where the context brings none. */
export interface TenantTransactions extends UnitOfWork {
  /** Those of one tenant; absent where there are no tenants. */
  forTenant?(tenantId: string): UnitOfWork
}

/** How often a refused row is tried again whose rival has gone meanwhile. */
const attempts = 3

type Change = (snapshot: Snapshot, within: Within) => Promise<Result<AggregateMeta, AnyFailure | Refusal>>

/**
 * Keeps aggregates as rows of a table; what it promises is `Repository` of `@ashlar/domain`.
 *
 * The table has a column for each of the aggregate's own, and those of the repository: `version`, a whole number;
 * `created_at` and `modified_at`, text on SQLite and `timestamptz(3)` on PostgreSQL; `created_by` and `modified_by`, text;
 * `is_deleted`, a boolean, an integer on SQLite. `modified_*` and `*_by` may be null. Its primary key is `id`, behind the
 * tenant's column where there is one.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { type AggregateMeta, AggregateRoot, type Id, newId } from '@ashlar/domain'
 * import { createContext } from '@ashlar/kernel'
 * import { KyselyRepository, KyselyUnitOfWork, nodeSqliteDatabase } from '@ashlar/kysely'
 * import { failure } from '@ashlar/result'
 * import { Kysely, SqliteDialect } from 'kysely'
 *
 * class Member extends AggregateRoot<Id<'Member'>> {
 *   email: string
 *
 *   constructor(id: Id<'Member'>, email: string, meta?: AggregateMeta) {
 *     super(id, meta)
 *     this.email = email
 *   }
 * }
 *
 * const file = new DatabaseSync(':memory:')
 * file.exec(`create table members (
 *   id text primary key, email text not null unique, version integer not null,
 *   created_at text not null, created_by text, modified_at text, modified_by text, is_deleted integer not null
 * ) strict`)
 * const kysely = new Kysely({ dialect: new SqliteDialect({ database: nodeSqliteDatabase(file) }) })
 *
 * const members = new KyselyRepository({
 *   unitOfWork: new KyselyUnitOfWork({ kysely, dialect: 'sqlite' }),
 *   table: 'members',
 *   name: 'Member',
 *   toRow: ({ id, email }: Member) => ({ id, email }),
 *   restore: ({ id, email }, meta) => new Member(id, email, meta),
 *   unique: [{ columns: ['email'], failure: () => failure('EmailTaken', 'somebody else has this address') }],
 * })
 *
 * const context = createContext({ userId: 'ada' })
 * const first = await members.add(new Member(newId(), 'ada@example.org'), context)
 * const second = await members.add(new Member(newId(), 'ada@example.org'), context)
 * console.log(first.isOk(), second.isErr() && second.error.type) // true EmailTaken
 * await kysely.destroy()
 * ```
 */
export class KyselyRepository<
  Aggregate extends AggregateRoot,
  Row extends { readonly [column: string]: ColumnValue },
  UniqueFailure extends AnyFailure = never,
> {
  readonly #options: KyselyRepositoryOptions<Aggregate, Row, UniqueFailure>
  readonly #clock: Clock
  readonly #table: Table
  readonly #rows: RowTaker

  /** @param options - the table, and how aggregates become rows and come back */
  constructor(options: KyselyRepositoryOptions<Aggregate, Row, UniqueFailure>) {
    const { table, name, unitOfWork, tenantColumn, unique = [], clock = systemClock } = options
    this.#options = options
    this.#clock = clock
    this.#table = new Table(table, unitOfWork.dialect, { tenantColumn, hasRules: unique.length > 0 })
    this.#rows = new RowTaker(name, unitOfWork.dialect, tenantColumn)
  }

  /**
   * Loads an aggregate.
   *
   * @param id - of the aggregate
   * @param context - whose transaction is read in, and whose tenant's rows are there
   * @param options - `includeDeleted` finds one that was removed, too
   * @returns a new instance, or `AggregateNotFound`
   * @throws the signal's reason when it is aborted; `TenantMismatchError` of `@ashlar/kernel` for a context with a tenant
   *   where there is no `tenantColumn`, and for one without a tenant where there is
   * @example See {@link KyselyRepository}.
   */
  async get(
    id: Aggregate['id'],
    context: Context,
    { includeDeleted = false }: { readonly includeDeleted?: boolean } = {},
  ): Promise<Result<Aggregate, AggregateNotFound>> {
    const row = await this.#table.find(id, this.#within(context))
    if (row === undefined) return err(aggregateNotFound(this.#options.name, id))
    const { meta, own } = metaOfRow(row, this.#options.tenantColumn)
    if (meta.isDeleted && !includeDeleted) return err(aggregateNotFound(this.#options.name, id))
    return ok(this.#options.restore(own as Row, meta))
  }

  /**
   * Stores a new aggregate at version 1.
   *
   * In a transaction that the context carries, the aggregate counts as stored at once, since the work goes on with it; after
   * a rollback, make it anew.
   *
   * @param aggregate - with an id that no row has
   * @param context - whose transaction is joined, if it carries one; whose user is the creator
   * @returns `AlreadyExists` for an id that is taken, by one that was removed, too; the failure of a unique rule
   * @throws as {@link KyselyRepository.get} does, and what the transaction and `recordEvents` throw;
   *   {@link KyselyUnnamedRuleError} when the row was refused by a rule that was not named; {@link KyselyInvalidRowError}
   *   for a row that can't be stored
   * @example See {@link KyselyRepository}.
   */
  add(aggregate: Aggregate, context: Context): Promise<Result<void, AlreadyExists | UniqueFailure>> {
    const insert: Change = async (snapshot, within) => {
      const meta = metaOfAdded(context, this.#clock)
      const inserted = await this.#table.insert(snapshot, meta, within)
      return inserted === 1 ? ok(meta) : err(new Refusal(undefined))
    }
    const written = this.#write(aggregate, context, insert, ({ id }, within) => this.#sameId(id, within))
    return written as Promise<Result<void, AlreadyExists | UniqueFailure>>
  }

  /**
   * Stores a changed aggregate at its next version.
   *
   * @param aggregate - as it was loaded or added, and changed since
   * @param context - whose transaction is joined, if it carries one; whose user is the modifier
   * @returns `VersionConflict` when it was changed since it was loaded, `AggregateNotFound` when it was removed or never
   *   added; the failure of a unique rule
   * @throws as {@link KyselyRepository.add} does
   * @example See {@link KyselyRepository}.
   */
  save(
    aggregate: Aggregate,
    context: Context,
  ): Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>> {
    return this.#update(aggregate, context, metaOfSaved)
  }

  /**
   * Saves an aggregate for the last time, and marks it as deleted; its row stays, and so does its id.
   *
   * @param aggregate - as it was loaded or added
   * @param context - as of {@link KyselyRepository.save}
   * @returns as {@link KyselyRepository.save} does
   * @throws as {@link KyselyRepository.add} does
   * @example See {@link KyselyRepository}.
   */
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
    const update: Change = async (snapshot, within) => {
      const { id, version } = snapshot
      const meta = metaOf(stored, context, this.#clock)
      const updated = await this.#table.update(snapshot, meta, within)
      if (updated === 1) return ok(meta)
      if (typeof updated !== 'number') return err(updated)
      const actual = await this.#table.versionOf(id, within)
      if (actual === undefined) return err(aggregateNotFound(this.#options.name, id))
      if (actual === version) throw this.#unnamedRule(id, undefined)
      return err(versionConflict(this.#options.name, id, { expected: version, actual }))
    }
    const written = this.#write(aggregate, context, update, async () => undefined)
    return written as Promise<Result<void, VersionConflict | AggregateNotFound | UniqueFailure>>
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
    sameRow: (snapshot: Snapshot, within: Within) => Promise<AnyFailure | undefined>,
  ): Promise<Result<void, AnyFailure>> {
    this.#admit(context)
    const { id, version } = aggregate
    const events: Aggregate['domainEvents'] = aggregate.domainEvents
    const snapshot = { id, version, values: this.#rows.take(id, this.#options.toRow(aggregate)) }
    for (let attempt = 1; ; attempt++) {
      const written = await this.#inTransaction(context, async (inner, isShared) => {
        const changed = await change(snapshot, { ...this.#within(inner), isShared })
        if (changed.isOk() && events.length > 0) await this.#options.recordEvents?.(events, inner)
        return changed
      })
      if (written.isOk()) return ok(markStored(aggregate, written.value, events))
      const { error } = written
      if (!(error instanceof Refusal)) return err(error)
      const within = this.#within(context)
      const rule = (await sameRow(snapshot, within)) ?? (await this.#brokenRule(aggregate, snapshot, within))
      if (rule !== undefined) return err(rule)
      if (attempt === attempts) throw this.#unnamedRule(id, error.cause)
    }
  }

  /** Joins the context's transaction; where that has no rows, its other ports go along with one that has. */
  #inTransaction<Value, Fails>(
    context: Context,
    work: (inner: Context, isShared: boolean) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const { unitOfWork } = this.#options
    const { tenantId, signal, storage } = context
    if (unitOfWork.joined(context) !== undefined) return work(context, true)
    const source = (tenantId === undefined ? undefined : unitOfWork.forTenant?.(tenantId)) ?? unitOfWork
    return source.transaction(
      (tx) => work({ ...context, storage: storage === undefined ? tx : { ...storage, ...tx } }, false),
      { signal },
    )
  }

  async #sameId(id: string, within: Within): Promise<AlreadyExists | undefined> {
    return (await this.#table.has(['id'], [id], within)) ? alreadyExists(this.#options.name, id) : undefined
  }

  /** Looks which rule another row keeps the aggregate from; rows that are not deleted come first. */
  async #brokenRule(
    aggregate: Aggregate,
    { id, values }: Snapshot,
    within: Within,
  ): Promise<UniqueFailure | undefined> {
    for (const among of ['kept', 'all'] as const)
      for (const { columns, failure } of this.#options.unique ?? []) {
        const wanted = columns.map((column) => values.get(column))
        if (wanted.some((value) => value === null)) continue
        if (await this.#table.has(columns, wanted, within, { than: id, among })) return failure(aggregate)
      }
    return undefined
  }

  #unnamedRule(id: string, cause: unknown): KyselyUnnamedRuleError {
    return new KyselyUnnamedRuleError(this.#options.name, id, this.#options.table, cause)
  }

  #within(context: Context): Within {
    const tenant = this.#admit(context)
    const { unitOfWork } = this.#options
    return { kysely: unitOfWork.queries(context), isShared: false, tenant }
  }

  /** The parameter that keeps tenants apart, where there is a column for it. */
  #admit(context: Context): readonly string[] {
    context.signal.throwIfAborted()
    const tenant = tenantOf(context, this.#options.tenantColumn !== undefined)
    return tenant === undefined ? [] : [tenant]
  }
}

/** What the aggregate knows of how it was stored; for one that never was, no row will be found. */
function storedMeta({
  version,
  createdAt,
  createdBy,
  modifiedAt,
  modifiedBy,
  isDeleted,
}: AggregateRoot): AggregateMeta {
  return {
    version,
    createdAt: createdAt ?? '',
    ...(createdBy !== undefined && { createdBy }),
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(modifiedBy !== undefined && { modifiedBy }),
    isDeleted,
  }
}
