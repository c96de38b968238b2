import type { AnyFieldSet } from '@ashlar/specification'
import type { Dialect } from '../dialect.ts'
import { Column } from './column.ts'
import { quoted } from './sql-writer.ts'

/** A table was described wrongly: a field without a column, a name that can be none. */
export class InvalidTableMapError extends TypeError {
  override readonly name = 'InvalidTableMapError'
  readonly code = 'ASHLAR_KYSELY_INVALID_TABLE_MAP'

  constructor(thing: string, expected: string, found: unknown) {
    super(`${thing} must be ${expected}, found ${typeof found === 'string' ? `"${found}"` : String(found)}`)
  }
}

/** Where the fields of a set are kept. */
export interface TableMapOptions<Name extends string = string> {
  /** Whose SQL is written. */
  readonly dialect: Dialect
  /** As the database spells it, without its schema. */
  readonly table: string
  /** As the database spells it; whatever its search path finds unless told. */
  readonly schema?: string | undefined
  /** The name that the table has in your query, if it is another. */
  readonly alias?: string | undefined
  /** The column of each field, as the database spells it. */
  readonly columns: { readonly [Field in Name]: string }
}

/** What compilers and readers ask of a table; names in it are quoted. */
export class MappedTable {
  readonly dialect: Dialect
  /** What stands behind `from`. */
  readonly source: string
  readonly #qualifier: string
  readonly #columns: ReadonlyMap<string, Column>

  /** @throws {@link InvalidTableMapError} for names that can be none, and for fields without a column */
  constructor(fields: AnyFieldSet<never>, names: readonly string[], options: TableMapOptions) {
    const { dialect, table, schema, alias, columns } = options
    if (dialect !== 'sqlite' && dialect !== 'postgres')
      throw new InvalidTableMapError('the dialect of a table', 'sqlite or postgres', dialect)
    this.dialect = dialect
    const name = nameOf('a table', table)
    const qualified = schema === undefined ? name : `${nameOf('a schema', schema)}.${name}`
    this.#qualifier = alias === undefined ? qualified : nameOf('an alias', alias)
    this.source = alias === undefined ? qualified : `${qualified} as ${this.#qualifier}`
    for (const stranger of Object.keys(columns))
      if (fields.definition(stranger) === undefined)
        throw new InvalidTableMapError('what has a column', 'a field', stranger)
    this.#columns = new Map(
      names.map((field) => {
        const definition = fields.definition(field)
        const column = Object.hasOwn(columns, field) ? columns[field] : undefined
        if (definition === undefined) throw new InvalidTableMapError('what has a column', 'a field', field)
        return [field, new Column(definition, this.named(`the column of field "${field}"`, column), dialect)]
      }),
    )
  }

  /** The column of a field. */
  column(field: string): Column {
    const column = this.#columns.get(field)
    if (column === undefined)
      throw new InvalidTableMapError('what is asked for', 'a field with a column', field)
    return column
  }

  /** A column of the table, whether or not it is that of a field. */
  named(thing: string, column: unknown): string {
    return `${this.#qualifier}.${nameOf(thing, column)}`
  }
}

function nameOf(thing: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !name.includes('\0')) return quoted(name)
  throw new InvalidTableMapError(thing, 'a name', name)
}
