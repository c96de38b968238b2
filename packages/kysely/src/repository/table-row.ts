import type { Dialect } from '../dialect.ts'
import { metaColumns } from './statements.ts'

/** What `toRow` gave can't be stored. */
export class KyselyInvalidRowError extends TypeError {
  override readonly name = 'KyselyInvalidRowError'
  readonly code = 'ASHLAR_KYSELY_INVALID_ROW'

  constructor(aggregate: string, problem: string) {
    super(`toRow of ${aggregate} ${problem}`)
  }
}

/** Takes rows of one table, all with the same columns: one that is left out would keep what it had. */
export class RowTaker {
  readonly #name: string
  readonly #dialect: Dialect
  readonly #reserved: ReadonlySet<string>
  #columns: readonly string[] | undefined

  constructor(name: string, dialect: Dialect, tenantColumn: string | undefined) {
    this.#name = name
    this.#dialect = dialect
    this.#reserved = new Set([...metaColumns, ...(tenantColumn === undefined ? [] : [tenantColumn])])
  }

  take(id: string, row: object): Map<string, unknown> {
    const values = new Map(
      Object.entries(row).map(([column, value]) => [column, this.#bindable(column, value)]),
    )
    this.#columns ??= this.#checked([...values.keys()])
    if (values.size !== this.#columns.length || !this.#columns.every((column) => values.has(column)))
      this.#refuse(`gave ${listed(values.keys())}, expected ${listed(this.#columns)} each time`)
    if (values.get('id') !== id) this.#refuse(`gave id "${values.get('id')}" for "${id}"`)
    return values
  }

  #checked(columns: readonly string[]): readonly string[] {
    const taken = columns.filter((column) => this.#reserved.has(column))
    if (taken.length > 0) this.#refuse(`gave ${listed(taken)}, which the repository keeps by itself`)
    return columns
  }

  /** A value as every driver of the dialect takes it. */
  #bindable(column: string, value: unknown): unknown {
    if (value === undefined) return null
    if (this.#dialect === 'postgres') return value
    if (typeof value === 'boolean') return Number(value)
    if (Number.isNaN(value)) this.#refuse(`gave NaN for "${column}", which SQLite would keep as null`)
    return value instanceof Date ? value.toISOString() : value
  }

  #refuse(problem: string): never {
    throw new KyselyInvalidRowError(this.#name, problem)
  }
}

function listed(columns: Iterable<string>): string {
  return `columns ${Array.from(columns, (column) => `"${column}"`).join(', ')}`
}
