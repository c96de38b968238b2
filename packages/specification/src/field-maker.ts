import { Field, type FieldSource, OrderedField, TextField } from './field.ts'
import { asScalar, expectedOf, InvalidFieldValueError, isScalar } from './field-value.ts'
import type { FieldKind, Scalar } from './node.ts'

/** Makes the fields of a {@link FieldSet}; each is told how to read its value from a candidate. */
export interface FieldMaker<T> {
  /** Text, compared by code point. */
  readonly text: MakeField<T, 'text'>
  /** A finite number. */
  readonly number: MakeField<T, 'number'>
  /** A whole number of 64 bits, such as the minor units of money. */
  readonly bigint: MakeField<T, 'bigint'>
  /** True or false. */
  readonly boolean: MakeField<T, 'boolean'>
  /** A moment: ISO-8601 text in UTC with milliseconds, or a Date. */
  readonly timestamp: MakeField<T, 'timestamp'>
}

/** Makes one field; what is read may be null only when it is said, and a value object only with how to take it apart. */
export interface MakeField<T, Kind extends FieldKind> {
  <Value extends PlainOf<Kind>>(read: (candidate: T) => Value): Draft<FieldOf<T, Kind, Value>>
  <Value extends PlainOf<Kind>>(
    read: (candidate: T) => Value | null | undefined,
    options: { readonly nullable: true; readonly by?: undefined },
  ): Draft<FieldOf<T, Kind, Value>>
  <Value extends object>(
    read: (candidate: T) => Value,
    options: { readonly nullable?: false; readonly by: (value: Value) => PlainOf<Kind> },
  ): Draft<FieldOf<T, Kind, Value>>
  <Value extends object>(
    read: (candidate: T) => Value | null | undefined,
    options: { readonly nullable: true; readonly by: (value: Value) => PlainOf<Kind> },
  ): Draft<FieldOf<T, Kind, Value>>
}

/** What a field of a kind can be compared with by itself. */
export type PlainOf<Kind extends FieldKind> = {
  text: string
  number: number
  bigint: bigint
  boolean: boolean
  timestamp: string | Date
}[Kind]

/** The field of a kind. */
export type FieldOf<T, Kind extends FieldKind, Operand> = Kind extends 'text'
  ? TextField<T, Operand>
  : Kind extends 'boolean'
    ? Field<T, Operand>
    : OrderedField<T, Operand>

/** A field that has no name yet. */
export interface Draft<out F> {
  /** Names it; called by {@link defineFields}. */
  named(name: string, owner: object): F
}

type Read<T> = (candidate: T) => unknown
type TakeApart = ((value: never) => unknown) | undefined

/** What {@link defineFields} hands to its first argument. */
export function fieldMaker<T>(): FieldMaker<T> {
  const draft =
    <F>(kind: FieldKind, make: new (name: string, source: FieldSource<T>) => F) =>
    (read: Read<T>, options: { nullable?: boolean; by?: TakeApart } = {}): Draft<F> => ({
      named(name, owner) {
        const { nullable: isNullable = false, by } = options
        const rawIn = by === undefined ? read : takingApart(read, by as (value: unknown) => unknown)
        const valueIn = checking({ name, kind, isNullable }, rawIn)
        return new make(name, { kind, owner, by, isNullable, rawIn, valueIn })
      },
    })
  return {
    text: draft('text', TextField),
    number: draft('number', OrderedField),
    bigint: draft('bigint', OrderedField),
    boolean: draft('boolean', Field),
    timestamp: draft('timestamp', OrderedField),
  } as unknown as FieldMaker<T>
}

function takingApart<T>(read: Read<T>, by: (value: unknown) => unknown): Read<T> {
  return (candidate) => {
    const value = read(candidate)
    return value === null || value === undefined ? value : by(value)
  }
}

function checking<T>(
  {
    name,
    kind,
    isNullable,
  }: { readonly name: string; readonly kind: FieldKind; readonly isNullable: boolean },
  rawIn: Read<T>,
): (candidate: T) => Scalar | null {
  return (candidate) => {
    const value = asScalar(kind, rawIn(candidate)) ?? null
    if (isScalar(kind, value) || (value === null && isNullable)) return value as Scalar | null
    throw new InvalidFieldValueError(name, expectedOf(kind), value)
  }
}
