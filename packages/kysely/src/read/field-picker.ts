import type { Field, FieldKind, OrderedField, TextField } from '@ashlar/specification'
import { InvalidTableMapError } from '../compile/mapped-table.ts'
import type { Fields, TableMap } from '../compile/table-map.ts'

/** A field that a reader selects; `Value` is what an item gets of it. */
export interface Picked<out Value> {
  /** Its name in the set. */
  readonly field: string
  /** What it holds. */
  readonly kind: FieldKind
  /** Whether the item's property may be null. */
  readonly nullable: boolean
  /** Has no value; it carries the type. */
  readonly value?: Value
}

/** Picks fields for the items of a reader by their names; one that may be null is picked as such, and nothing else is. */
export interface FieldPicker<F> {
  /** Text. */
  readonly text: PickField<F, TextNames<F>, 'text'>
  /** A number. */
  readonly number: PickField<F, OrderedNames<F>, 'number'>
  /** A whole number of 64 bits. */
  readonly bigint: PickField<F, OrderedNames<F>, 'bigint'>
  /** True or false. */
  readonly boolean: PickField<F, PlainNames<F>, 'boolean'>
  /** ISO-8601 text in UTC with milliseconds. */
  readonly timestamp: PickField<F, OrderedNames<F>, 'timestamp'>
}

/** Picks a field of one kind. */
export interface PickField<F, Names extends keyof F, Kind extends FieldKind> {
  <Name extends Names>(field: Name, options?: { readonly nullable?: false }): Picked<ValueOf<F[Name], Kind>>
  <Name extends Names>(
    field: Name,
    options: { readonly nullable: true },
  ): Picked<ValueOf<F[Name], Kind> | null>
}

/** What a picked field gives: of text that is one of few, which ones. */
type ValueOf<F, Kind extends FieldKind> = Kind extends 'text'
  ? F extends TextField<never, infer Operand>
    ? Operand extends string
      ? Operand
      : string
    : string
  : { text: string; number: number; bigint: bigint; boolean: boolean; timestamp: string }[Kind]

/** The names of text fields. */
type TextNames<F> = {
  [Name in keyof F & string]: F[Name] extends TextField<never, never> ? Name : never
}[keyof F & string]

/** The names of other fields that have an order. */
type OrderedNames<F> = {
  [Name in keyof F & string]: F[Name] extends TextField<never, never>
    ? never
    : F[Name] extends OrderedField<never, never, never>
      ? Name
      : never
}[keyof F & string]

/** The names of fields without an order. */
type PlainNames<F> = {
  [Name in keyof F & string]: F[Name] extends OrderedField<never, never, never>
    ? never
    : F[Name] extends Field<never, never, never>
      ? Name
      : never
}[keyof F & string]

/** What a reader selects: the properties of an item, each with the field that it shows. */
export type Picks<Item> = { readonly [Property in keyof Item]: Picked<Item[Property]> }

/** Picks with the fields of a table, and refuses a kind or a null that their definition knows otherwise. */
export function pick<T, F extends Fields<T>, Item>(
  table: TableMap<T, F>,
  draw: (picker: FieldPicker<F>) => Picks<Item>,
): readonly (readonly [property: string, picked: Picked<unknown>])[] {
  const picking =
    (kind: FieldKind) =>
    (field: string, { nullable = false }: { readonly nullable?: boolean } = {}): Picked<unknown> => ({
      field,
      kind,
      nullable,
    })
  const picker = {
    text: picking('text'),
    number: picking('number'),
    bigint: picking('bigint'),
    boolean: picking('boolean'),
    timestamp: picking('timestamp'),
  }
  const picked = Object.entries<Picked<unknown>>(draw(picker as unknown as FieldPicker<F>))
  if (picked.length === 0) throw new InvalidTableMapError('what is selected', 'at least one field', 'none')
  for (const [, { field, kind, nullable }] of picked) {
    const column = table.mapped.column(field)
    const has = `${column.kind}${column.isNullable ? ' that may be null' : ''}`
    if (column.kind !== kind || column.isNullable !== nullable)
      throw new InvalidTableMapError(
        `what is selected of field "${field}"`,
        has,
        `${kind}${nullable ? ' that may be null' : ''}`,
      )
  }
  return picked
}
