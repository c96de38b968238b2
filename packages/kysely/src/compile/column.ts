import type { FieldDefinition, FieldKind, Order, Scalar } from '@ashlar/specification'
import type { Dialect } from '../dialect.ts'
import type { SqlWriter } from './sql-writer.ts'

/** The column of a field: how SQL names it, compares it and binds values for it. */
export class Column {
  readonly kind: FieldKind
  readonly isNullable: boolean
  /** As it is stored. */
  readonly name: string
  /** As it is compared and sorted. */
  readonly compared: string
  /** With the letters A to Z as small ones. */
  readonly folded: string
  readonly #dialect: Dialect

  /**
   * @param field - what it holds
   * @param name - quoted and qualified
   */
  constructor(field: FieldDefinition<never>, name: string, dialect: Dialect) {
    const isText = field.kind === 'text'
    this.kind = field.kind
    this.isNullable = field.isNullable
    this.name = name
    this.compared = isText && dialect === 'postgres' ? `${name} collate "C"` : name
    this.folded = `lower(${this.compared})`
    this.#dialect = dialect
  }

  /** Adds the place of a value that is compared with it. */
  bind(writer: SqlWriter, value: Scalar): void {
    if (this.#dialect === 'sqlite') writer.bind(typeof value === 'boolean' ? Number(value) : value)
    else if (typeof value === 'bigint') writer.bind(String(value), '::int8')
    else writer.bind(value, castOf(this.kind, value))
  }

  /** Its place in an order; one that is never null says nothing of nulls, so that any index of its direction serves. */
  sorted({ direction, nulls }: Order): string {
    return sorted(this.compared, this.isNullable, direction, nulls)
  }

  /** The same under another name, such as that of a column of a sub-select. */
  sortedAs(name: string, { direction, nulls }: Order): string {
    const compared = this.compared === this.name ? name : `${name} collate "C"`
    return sorted(compared, this.isNullable, direction, nulls)
  }
}

function sorted(
  compared: string,
  isNullable: boolean,
  direction: 'asc' | 'desc',
  nulls: 'first' | 'last',
): string {
  return isNullable ? `${compared} ${direction} nulls ${nulls}` : `${compared} ${direction}`
}

/** A whole number is bound as one, so that an index on whole numbers serves; PostgreSQL compares it with all others, too. */
function castOf(kind: FieldKind, value: Scalar): string {
  switch (kind) {
    case 'number':
      return Number.isSafeInteger(value) ? '::int8' : '::float8'
    case 'bigint':
      return '::int8'
    case 'timestamp':
      return '::timestamptz'
    case 'text':
    case 'boolean':
      return ''
  }
}
