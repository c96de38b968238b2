import type { Criteria, Field, FieldSet, Specification } from '@ashlar/specification'
import { ExpressionWrapper, type SelectQueryBuilder, type SqlBool } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { keysOf, writeAfter } from './keyset.ts'
import { MappedTable, type TableMapOptions } from './mapped-table.ts'
import { SqlWriter } from './sql-writer.ts'
import { writeRule } from './write-rule.ts'

/** A specification or criteria of one set of fields were asked of a table of another. */
export class ForeignSpecificationError extends TypeError {
  override readonly name = 'ForeignSpecificationError'
  readonly code = 'ASHLAR_KYSELY_FOREIGN_SPECIFICATION'

  constructor(source: string) {
    super(`what is asked of ${source} must be of its own set of fields, found one of another`)
  }
}

/** The fields of a set, by name. */
export type Fields<T> = { readonly [name: string]: Field<T, never> }

/**
 * Says in which table and columns the fields of a set are kept, and writes specifications as SQL of it.
 *
 * The SQL means what memory means: text is compared by code point, null is unknown, and whole numbers are exact.
 *
 * @example
 * ```ts
 * import { DummyDriver, Kysely, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
 * import { TableMap } from '@ashlar/kysely'
 * import { defineFields } from '@ashlar/specification'
 *
 * const customers = defineFields<{ id: string; name: string; debt: bigint | null }>()(
 *   ({ text, bigint }) => ({
 *     id: text((customer) => customer.id),
 *     name: text((customer) => customer.name),
 *     debt: bigint((customer) => customer.debt, { nullable: true }),
 *   }),
 *   { id: 'id', sortable: ['name'] },
 * )
 * const table = new TableMap(customers, {
 *   dialect: 'postgres',
 *   table: 'customers',
 *   columns: { id: 'id', name: 'name', debt: 'debt_pence' },
 * })
 *
 * const database = new Kysely<{ customers: { id: string; name: string; debt_pence: string | null } }>({
 *   dialect: {
 *     createAdapter: () => new PostgresAdapter(),
 *     createDriver: () => new DummyDriver(),
 *     createIntrospector: (kysely) => new PostgresIntrospector(kysely),
 *     createQueryCompiler: () => new PostgresQueryCompiler(),
 *   },
 * })
 * const query = database.selectFrom('customers').select('id').where(table.where(customers.fields.debt.gt(100n)))
 * console.log(query.compile().sql) // select "id" from "customers" where "customers"."debt_pence" > $1::int8
 * ```
 */
export class TableMap<in out T, out F extends Fields<T>> {
  /** The set whose fields are kept there. */
  readonly fields: FieldSet<T, F, string>
  /** Whose SQL is written. */
  readonly dialect: Dialect
  /**
   * The table with its names quoted; for readers.
   *
   * @internal
   */
  readonly mapped: MappedTable
  readonly #options: TableMapOptions<keyof F & string>

  /**
   * @param fields - each has a column
   * @param options - table, columns, dialect
   * @throws {@link InvalidTableMapError} for a field without a column, a column without a field, a name that can be none
   */
  constructor(fields: FieldSet<T, F, string>, options: TableMapOptions<keyof F & string>) {
    this.fields = fields
    this.dialect = options.dialect
    this.mapped = new MappedTable(fields, Object.keys(fields.fields), options)
    this.#options = options
  }

  /**
   * The same table under another name, for queries that give it one.
   *
   * @param alias - such as `c` of `customers as c`
   * @throws {@link InvalidTableMapError} for what can be no name
   */
  as(alias: string): TableMap<T, F> {
    return new TableMap(this.fields, { ...this.#options, alias })
  }

  /**
   * Writes a specification as a condition.
   *
   * @param specification - of the table's own fields
   * @returns what `where` of a query takes; columns in it bear the name of the table, or its alias
   * @throws {@link ForeignSpecificationError} for a specification of another set of fields
   */
  where(specification: Specification<T>): ExpressionWrapper<unknown, never, SqlBool> {
    this.verify(specification)
    const writer = new SqlWriter()
    writeRule(writer, this.mapped, specification.node)
    return new ExpressionWrapper(writer.toNode())
  }

  /**
   * Adds condition, order and page of criteria to a query of yours, which may join other tables.
   *
   * At most `page.size` rows come. Where an order changes its direction, or begins with a field that may be null, a page far
   * behind costs more than the first one; `KyselyReader` has no such limit.
   *
   * @param query - selects from the table, and is not sorted yet
   * @param criteria - of the table's own fields
   * @throws {@link ForeignSpecificationError} for criteria of another set of fields
   */
  apply<DB, TB extends keyof DB, Row>(
    query: SelectQueryBuilder<DB, TB, Row>,
    { fields, where, orderBy, page }: Criteria<T>,
  ): SelectQueryBuilder<DB, TB, Row> {
    this.verify({ fields })
    const conditions = new SqlWriter()
    const after = page.kind === 'keyset' ? page.after : undefined
    if (where !== undefined) writeRule(conditions, this.mapped, where.node)
    if (where !== undefined && after !== undefined) conditions.write(' and ')
    if (after !== undefined) writeAfter(conditions, keysOf(this.mapped, orderBy, after))
    const isNarrowed = where !== undefined || after !== undefined
    const narrowed = isNarrowed
      ? query.where(new ExpressionWrapper<DB, TB, SqlBool>(conditions.toNode()))
      : query
    const sorted = orderBy.map((order) => this.mapped.column(order.field).sorted(order)).join(', ')
    const ordered = narrowed
      .orderBy(new ExpressionWrapper<DB, TB, unknown>(new SqlWriter().write(sorted).toNode()))
      .limit(page.size)
    return page.kind === 'keyset' || page.number === 1
      ? ordered
      : ordered.offset((page.number - 1) * page.size)
  }

  /**
   * Refuses what belongs to another set of fields; for readers.
   *
   * @internal
   */
  verify({ fields }: { readonly fields: object }): void {
    if (fields !== this.fields) throw new ForeignSpecificationError(this.mapped.source)
  }
}
