import type { Context } from '@ashlar/kernel'
import type {
  Criteria,
  KeysetPage,
  NumberedPage,
  PagedResult,
  PageKind,
  PageOf,
  Scalar,
  Specification,
} from '@ashlar/specification'
import type { CompiledQuery, QueryResult } from 'kysely'
import { keysOf, partsAfter } from '../compile/keyset.ts'
import { InvalidTableMapError } from '../compile/mapped-table.ts'
import type { SqlWriter } from '../compile/sql-writer.ts'
import type { Fields, TableMap } from '../compile/table-map.ts'
import type { Dialect } from '../dialect.ts'
import { tenantOf } from '../tenant-of.ts'
import { type FieldPicker, type Picks, pick } from './field-picker.ts'
import {
  countedPageStatement,
  countStatement,
  existsStatement,
  pageStatement,
  type Row,
  type Scope,
  type Source,
} from './page-statement.ts'
import { RangeReader } from './read-ranges.ts'
import { scalarOf } from './row-value.ts'

/** Where queries are run; `KyselyUnitOfWork` is one. */
export interface QuerySource {
  /** Whose SQL it takes. */
  readonly dialect: Dialect
  /** The transaction that the context carries, else a Kysely instance outside of all transactions. */
  queries(context: Context): QueryRunner
}

/** What a reader needs of a Kysely instance. */
export interface QueryRunner {
  /** The same without plugins: statements are written as the database wants them. */
  withoutPlugins(): StatementRunner
}

/** Runs statements as they are. */
export interface StatementRunner {
  /** Runs one statement, and gives its rows. */
  executeQuery<R>(
    query: CompiledQuery<R>,
    options?: { readonly signal?: AbortSignal },
  ): Promise<QueryResult<R>>
}

/** What a {@link KyselyReader} is made of. */
export interface KyselyReaderOptions<T, F extends Fields<T>, Item> {
  /** Where its queries are run. */
  readonly unitOfWork: QuerySource
  /** Where the fields are kept; without an alias. */
  readonly table: TableMap<T, F>
  /** Picks the fields that an item shows. */
  readonly select: (picker: FieldPicker<F>) => Picks<Item>
  /** The column of the tenant; rows of others than the context's are not there. Without one, contexts of tenants are refused. */
  readonly tenantColumn?: string | undefined
  /** The column that tells whether a row is deleted: `is_deleted` unless told, `false` for a table without one. */
  readonly deletedColumn?: string | false | undefined
  /** Whether deleted rows are shown, too. */
  readonly includeDeleted?: boolean | undefined
}

/**
 * Reads pages of items straight from columns, without building aggregates.
 *
 * @example
 * ```ts
 * import { DatabaseSync } from 'node:sqlite'
 * import { createContext } from '@ashlar/kernel'
 * import { KyselyReader, KyselyUnitOfWork, nodeSqliteDatabase, TableMap } from '@ashlar/kysely'
 * import { defineFields } from '@ashlar/specification'
 * import { Kysely, SqliteDialect } from 'kysely'
 *
 * const file = new DatabaseSync(':memory:')
 * file.exec("create table teas (sku text primary key, pence integer not null); insert into teas values ('TEA-1', 450)")
 * const kysely = new Kysely({ dialect: new SqliteDialect({ database: nodeSqliteDatabase(file) }) })
 *
 * const teas = defineFields<{ sku: string; price: { pence: bigint } }>()(
 *   ({ text, bigint }) => ({
 *     sku: text((tea) => tea.sku),
 *     price: bigint((tea) => tea.price, { by: (price) => price.pence }),
 *   }),
 *   { id: 'sku', sortable: ['price'] },
 * )
 * const reader = new KyselyReader({
 *   unitOfWork: new KyselyUnitOfWork({ kysely, dialect: 'sqlite' }),
 *   table: new TableMap(teas, { dialect: 'sqlite', table: 'teas', columns: { sku: 'sku', price: 'pence' } }),
 *   select: ({ text, bigint }) => ({ sku: text('sku'), pence: bigint('price') }),
 *   deletedColumn: false,
 * })
 *
 * const cheap = teas.criteria({ where: teas.fields.price.lt({ pence: 500n }), orderBy: [{ field: 'price' }] })
 * if (cheap.isOk()) console.log((await reader.page(cheap.value, createContext())).items) // [ { sku: 'TEA-1', pence: 450n } ]
 * ```
 */
export class KyselyReader<in out T, out Item, F extends Fields<T> = Fields<T>> {
  readonly #options: KyselyReaderOptions<T, F, Item>
  readonly #item: readonly (readonly [property: string, field: string])[]
  readonly #scope: readonly Scope[]
  readonly #tenant: string | undefined
  readonly #ranges = new RangeReader()

  /**
   * @param options - where and what to read
   * @throws {@link InvalidTableMapError} for a table of another dialect than the unit of work's, and for a field that is
   *   picked as another kind than it is
   */
  constructor(options: KyselyReaderOptions<T, F, Item>) {
    const { unitOfWork, table, select, tenantColumn, deletedColumn = 'is_deleted', includeDeleted } = options
    if (table.dialect !== unitOfWork.dialect)
      throw new InvalidTableMapError('the dialect of a table', unitOfWork.dialect, table.dialect)
    this.#options = options
    this.#item = pick(table, select).map(([property, { field }]) => [property, field])
    const { mapped } = table
    const isDeleted = deletedColumn === false ? undefined : mapped.named('deletedColumn', deletedColumn)
    const isKept = table.dialect === 'sqlite' ? `${isDeleted} = 0` : `not ${isDeleted}`
    this.#scope = isDeleted === undefined || includeDeleted ? [] : [{ sql: isKept }]
    this.#tenant = tenantColumn === undefined ? undefined : mapped.named('tenantColumn', tenantColumn)
  }

  /**
   * Gives the page that criteria ask for: what `pageInMemory` would give of the same rows.
   *
   * A page of a walk takes one statement, and more of them where a range of its order ends; the total and the items of a
   * counted page are those of one moment.
   *
   * @param criteria - of the table's own fields
   * @param context - whose transaction is read in, whose tenant's rows are there, and whose signal is listened to
   * @returns a page of the kind that the criteria ask for
   * @throws {@link ForeignSpecificationError} for criteria of another set of fields
   * @throws `TenantMismatchError` of `@ashlar/kernel` when the table has tenants and the context has none, or the reverse
   * @throws the signal's reason once it is aborted, what `Criteria.cursorOf` throws, and what the database throws
   */
  async page<Kind extends PageKind>(
    criteria: Criteria<T, Kind>,
    context: Context,
  ): Promise<PageOf<Kind, Item>> {
    this.#options.table.verify(criteria)
    const { page } = criteria as Criteria<T>
    const answer =
      page.kind === 'keyset'
        ? await this.#walk(criteria, page, context)
        : page.kind === 'numbered'
          ? await this.#numbered(criteria, page, context)
          : await this.#counted(criteria, page, context)
    return answer as PageOf<PageKind, Item> as PageOf<Kind, Item>
  }

  /**
   * Counts the rows that satisfy a specification.
   *
   * @param specification - of the table's own fields; `fields.all()` for all rows
   * @param context - as of {@link KyselyReader.page}
   * @throws as {@link KyselyReader.page} does
   */
  async count(specification: Specification<T>, context: Context): Promise<number> {
    this.#options.table.verify(specification)
    const statement = countStatement(this.#source(context), specification)
    const [row] = await this.#run(statement, context)
    return Number(row?.total)
  }

  /**
   * Tells whether a row satisfies a specification.
   *
   * @param specification - of the table's own fields
   * @param context - as of {@link KyselyReader.page}
   * @throws as {@link KyselyReader.page} does
   */
  async exists(specification: Specification<T>, context: Context): Promise<boolean> {
    this.#options.table.verify(specification)
    const statement = existsStatement(this.#source(context), specification)
    const [row] = await this.#run(statement, context)
    return Boolean(row?.found)
  }

  async #walk(
    criteria: Criteria<T>,
    { size, after }: { readonly size: number; readonly after?: readonly (Scalar | null)[] },
    context: Context,
  ): Promise<KeysetPage<Item>> {
    const { where, orderBy } = criteria
    const source = this.#source(context, criteria)
    const wanted = { where, orderBy, limit: size + 1 }
    const run = (statement: SqlWriter) => this.#run(statement, context)
    const following =
      after === undefined
        ? await run(pageStatement(source, wanted))
        : await this.#ranges.read(source, wanted, partsAfter(keysOf(source.table, orderBy, after)), run)
    const rows = following.slice(0, size)
    const items = rows.map((row) => this.#itemOf(source, row))
    const last = rows.at(-1)
    if (last === undefined || following.length <= size) return { items }
    return { items, next: criteria.cursorOf(orderBy.map(({ field }) => valueIn(source, last, field))) }
  }

  async #numbered(
    criteria: Criteria<T>,
    { size: pageSize, number: pageNumber }: { readonly size: number; readonly number: number },
    context: Context,
  ): Promise<NumberedPage<Item>> {
    const { where, orderBy } = criteria
    const source = this.#source(context, criteria)
    const offset = (pageNumber - 1) * pageSize
    const statement = pageStatement(source, { where, orderBy, limit: pageSize + 1, offset })
    const rows = await this.#run(statement, context)
    const items = rows.slice(0, pageSize).map((row) => this.#itemOf(source, row))
    return { items, pageNumber, pageSize, hasNext: rows.length > pageSize }
  }

  async #counted(
    criteria: Criteria<T>,
    { size: pageSize, number: pageNumber }: { readonly size: number; readonly number: number },
    context: Context,
  ): Promise<PagedResult<Item>> {
    const { where, orderBy } = criteria
    const source = this.#source(context, criteria)
    const offset = (pageNumber - 1) * pageSize
    const statement = countedPageStatement(source, { where, orderBy, limit: pageSize, offset })
    const rows = await this.#run(statement, context)
    const totalCount = Number(rows[0]?.total)
    const items = rows.filter(({ here }) => here !== null).map((row) => this.#itemOf(source, row))
    return { items, pageNumber, pageSize, totalCount, totalPages: Math.ceil(totalCount / pageSize) }
  }

  #source(context: Context, criteria?: Criteria<T>): Source {
    const { mapped: table } = this.#options.table
    const keys = criteria?.orderBy.map(({ field }) => field) ?? []
    const fields = new Set([...this.#item.map(([, field]) => field), ...keys])
    const columns = Array.from(fields, (field) => table.column(field))
    const value = tenantOf(context, this.#tenant !== undefined)
    const ofTenant = this.#tenant === undefined || value === undefined ? [] : [{ sql: this.#tenant, value }]
    return { table, columns, scope: [...ofTenant, ...this.#scope] }
  }

  async #run(statement: SqlWriter, context: Context): Promise<readonly Row[]> {
    const { unitOfWork, table } = this.#options
    const { signal } = context
    signal.throwIfAborted()
    const query = statement.toQuery<Row>(table.dialect)
    const { rows } = await unitOfWork.queries(context).withoutPlugins().executeQuery(query, { signal })
    return rows
  }

  #itemOf(source: Source, row: Row): Item {
    return Object.fromEntries(
      this.#item.map(([property, field]) => [property, valueIn(source, row, field)]),
    ) as Item
  }
}

function valueIn({ table, columns }: Source, row: Row, field: string): Scalar | null {
  const column = table.column(field)
  return scalarOf(column.kind, row[`c${columns.indexOf(column)}`])
}
