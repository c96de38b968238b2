import type { FieldKind, Scalar } from './node.ts'

/** What every field of a {@link FieldSet} has, whatever it holds. */
export interface FieldDefinition<in T> {
  /** The name by which criteria, JSON and columns know it. */
  readonly name: string
  /** What it holds. */
  readonly kind: FieldKind
  /** Whether it may be null. */
  readonly isNullable: boolean
  /**
   * Reads its value from a candidate; a Date becomes text, −0 becomes 0, undefined becomes null.
   *
   * @throws {@link InvalidFieldValueError} for what its kind can't hold, and for null where it is not nullable
   */
  readonly valueIn: (candidate: T) => Scalar | null
  /** Reads what `valueIn` starts from: taken out of its value object, but neither checked nor changed. */
  readonly rawIn: (candidate: T) => unknown
}

/** What compilers and evaluators ask of a set of fields, whatever its names are. */
export interface AnyFieldSet<in T> {
  /** The field of this name; undefined for what is no field. */
  definition(name: string): FieldDefinition<T> | undefined
  /** The name of the field that ends every order. */
  readonly id: string
}
