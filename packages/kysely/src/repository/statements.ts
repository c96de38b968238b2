import type { AggregateMeta } from '@ashlar/domain'
import { quoted } from '../compile/sql-writer.ts'
import type { Dialect } from '../dialect.ts'

/** The columns that the repository keeps by itself. */
export const metaColumns = [
  'version',
  'created_at',
  'created_by',
  'modified_at',
  'modified_by',
  'is_deleted',
] as const

const changedMetaColumns = ['version', 'modified_at', 'modified_by', 'is_deleted'] as const

/** The statements of one table, each text made once; where there is a tenant, it is the last parameter. */
export class Statements {
  readonly #table: string
  readonly #dialect: Dialect
  readonly #tenant: string | undefined
  readonly #texts = new Map<string, string>()

  constructor(table: string, dialect: Dialect, tenantColumn: string | undefined) {
    this.#table = table.split('.').map(quoted).join('.')
    this.#dialect = dialect
    this.#tenant = tenantColumn
  }

  select(): string {
    return this.#once(
      'select',
      (next) => `select * from ${this.#table} where "id" = ${next()}${this.#ofTenant(next)}`,
    )
  }

  selectVersion(): string {
    return this.#once(
      'version',
      (next) =>
        `select "version", "is_deleted" from ${this.#table} where "id" = ${next()}${this.#ofTenant(next)}`,
    )
  }

  insert(columns: readonly string[]): string {
    return this.#once(`insert ${columns.join('\0')}`, (next) => {
      const all = [...columns, ...metaColumns, ...(this.#tenant === undefined ? [] : [this.#tenant])]
      return `insert into ${this.#table} (${all.map(quoted).join(', ')}) values (${all.map(next).join(', ')}) on conflict do nothing`
    })
  }

  update(columns: readonly string[]): string {
    return this.#once(`update ${columns.join('\0')}`, (next) => {
      const set = [...columns, ...changedMetaColumns].map((column) => `${quoted(column)} = ${next()}`)
      const kept = `"id" = ${next()} and "version" = ${next()} and ${this.#isKept()}`
      return `update ${this.#table} set ${set.join(', ')} where ${kept}${this.#ofTenant(next)}`
    })
  }

  /** Whether a row has these values; with `among`, one that has another id. */
  exists(columns: readonly string[], among?: 'kept' | 'all'): string {
    return this.#once(`exists ${among} ${columns.join('\0')}`, (next) => {
      const same = columns.map((column) => `${quoted(column)} = ${next()}`).join(' and ')
      const other = among === undefined ? '' : ` and "id" <> ${next()}`
      const kept = among === 'kept' ? ` and ${this.#isKept()}` : ''
      return `select 1 as "found" from ${this.#table} where ${same}${other}${kept}${this.#ofTenant(next)} limit 1`
    })
  }

  metaValues(meta: AggregateMeta): readonly unknown[] {
    const { version, createdAt, createdBy, modifiedAt, modifiedBy, isDeleted } = meta
    return [
      version,
      createdAt,
      createdBy ?? null,
      modifiedAt ?? null,
      modifiedBy ?? null,
      this.#boolean(isDeleted),
    ]
  }

  changedMetaValues({ version, modifiedAt, modifiedBy, isDeleted }: AggregateMeta): readonly unknown[] {
    return [version, modifiedAt ?? null, modifiedBy ?? null, this.#boolean(isDeleted)]
  }

  #boolean(value: boolean): unknown {
    return this.#dialect === 'sqlite' ? Number(value) : value
  }

  #isKept(): string {
    return this.#dialect === 'sqlite' ? '"is_deleted" = 0' : 'not "is_deleted"'
  }

  #ofTenant(next: () => string): string {
    return this.#tenant === undefined ? '' : ` and ${quoted(this.#tenant)} = ${next()}`
  }

  #once(name: string, write: (next: () => string) => string): string {
    const known = this.#texts.get(name)
    if (known !== undefined) return known
    let parameters = 0
    const text = write(() => (this.#dialect === 'sqlite' ? '?' : `$${++parameters}`))
    this.#texts.set(name, text)
    return text
  }
}
