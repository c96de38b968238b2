import type { FieldDefinition } from './field-definition.ts'
import { asScalar, checkedScalar } from './field-value.ts'
import type { Comparison, FieldKind, Scalar, SpecificationNode, TextMode, TextSearch } from './node.ts'
import { Specification } from './specification.ts'

/** How a field is made; its owner gives it a name. */
export type FieldSource<T> = Omit<FieldDefinition<T>, 'name'> & {
  /** The set to which it belongs; specifications of two sets don't mix. */
  readonly owner: object
  /** Takes a value object apart, where operands are value objects. */
  readonly by: ((value: never) => unknown) | undefined
}

/** Options of comparisons of text. */
export interface TextOptions {
  /** `exact` unless told; `fold` takes A to Z for a to z. */
  readonly text?: TextMode
}

/**
 * A field that can be equal to a value.
 *
 * @example {@link defineFields}
 */
export class Field<in T, in Operand, in Options = never> implements FieldDefinition<T> {
  readonly name: string
  readonly kind: FieldKind
  readonly isNullable: boolean
  readonly valueIn: (candidate: T) => Scalar | null
  readonly rawIn: (candidate: T) => unknown
  readonly #source: FieldSource<T>

  /**
   * @param name - by which criteria, JSON and columns know it
   * @param source - what it holds, and how it is read
   */
  constructor(name: string, source: FieldSource<T>) {
    this.name = name
    this.kind = source.kind
    this.isNullable = source.isNullable
    this.valueIn = source.valueIn
    this.rawIn = source.rawIn
    this.#source = source
  }

  /**
   * Equal; unknown for null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold, such as NaN
   */
  eq(value: Operand, options?: Options): Specification<T> {
    return this.compare('eq', value, options)
  }

  /**
   * Not equal; unknown for null, as everywhere in SQL.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  ne(value: Operand, options?: Options): Specification<T> {
    return this.compare('ne', value, options)
  }

  /**
   * Not equal, or null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  neOrNull(value: Operand, options?: Options): Specification<T> {
    return this.ne(value, options).or(this.isNull())
  }

  /**
   * One of the values; unknown for null, and of no values false.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  in(values: readonly Operand[], options?: Options): Specification<T> {
    const checked = Array.from(values, (value) => this.operand(value))
    return this.specify({ op: 'in', field: this.name, values: Object.freeze(checked), ...this.mode(options) })
  }

  /** Without a value; true or false, never unknown. */
  isNull(): Specification<T> {
    return this.specify({ op: 'isNull', field: this.name })
  }

  /** Makes a rule of an operand. */
  protected compare(op: Comparison['op'], value: Operand, options: Options | undefined): Specification<T> {
    return this.specify({ op, field: this.name, value: this.operand(value), ...this.mode(options) })
  }

  /** What is compared with: taken out of its value object, and checked. */
  protected operand(value: Operand): Scalar {
    const { by } = this.#source
    const isPlain = by === undefined || value === null || value === undefined
    return checkedScalar(this, asScalar(this.kind, isPlain ? value : by(value as never)))
  }

  /** How text is compared; what is no text has no modes. */
  protected mode(options: Options | undefined): { readonly text?: 'fold' } {
    const { text } = (options ?? {}) as TextOptions
    return text === 'fold' && this.kind === 'text' ? { text } : {}
  }

  /** Makes a rule of its set. */
  protected specify(node: SpecificationNode): Specification<T> {
    return Specification.of(this.#source.owner, node)
  }
}

/**
 * A field whose values have an order.
 *
 * @example {@link defineFields}
 */
export class OrderedField<in T, in Operand, in Options = never> extends Field<T, Operand, Options> {
  /**
   * Less; unknown for null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  lt(value: Operand, options?: Options): Specification<T> {
    return this.compare('lt', value, options)
  }

  /**
   * Less or equal; unknown for null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  le(value: Operand, options?: Options): Specification<T> {
    return this.compare('le', value, options)
  }

  /**
   * Greater; unknown for null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  gt(value: Operand, options?: Options): Specification<T> {
    return this.compare('gt', value, options)
  }

  /**
   * Greater or equal; unknown for null.
   *
   * @throws {@link InvalidOperandError} for what the field can't hold
   */
  ge(value: Operand, options?: Options): Specification<T> {
    return this.compare('ge', value, options)
  }
}

/**
 * A field that holds text.
 *
 * @example {@link defineFields}
 */
export class TextField<in T, in Operand> extends OrderedField<T, Operand, TextOptions> {
  /**
   * Has the text somewhere; every text has the empty one, null is unknown.
   *
   * @throws {@link InvalidOperandError} for ill-formed text, or text with U+0000
   */
  contains(value: string, options?: TextOptions): Specification<T> {
    return this.#search('contains', value, options)
  }

  /**
   * Begins with the text; every text begins with the empty one, null is unknown.
   *
   * @throws {@link InvalidOperandError} for ill-formed text, or text with U+0000
   */
  startsWith(value: string, options?: TextOptions): Specification<T> {
    return this.#search('startsWith', value, options)
  }

  /**
   * Ends with the text; every text ends with the empty one, null is unknown.
   *
   * @throws {@link InvalidOperandError} for ill-formed text, or text with U+0000
   */
  endsWith(value: string, options?: TextOptions): Specification<T> {
    return this.#search('endsWith', value, options)
  }

  #search(op: TextSearch['op'], value: string, options: TextOptions | undefined): Specification<T> {
    const text = checkedScalar(this, value) as string
    return this.specify({ op, field: this.name, value: text, ...this.mode(options) })
  }
}
