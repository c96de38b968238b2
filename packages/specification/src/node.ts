/** What a field holds, and so how it is compared. */
export type FieldKind = 'text' | 'number' | 'bigint' | 'boolean' | 'timestamp'

/** A value that fields are compared with; a timestamp is ISO-8601 text in UTC with milliseconds. */
export type Scalar = string | number | bigint | boolean

/** How text is compared: as it is, or with the letters A to Z as small ones. */
export type TextMode = 'exact' | 'fold'

/** A field beside a value. */
export type Comparison = {
  /** Equal, not equal, less, less or equal, greater, greater or equal. */
  readonly op: 'eq' | 'ne' | 'lt' | 'le' | 'gt' | 'ge'
  /** Its name. */
  readonly field: string
  /** Of the field's kind. */
  readonly value: Scalar
  /** Of text only; `exact` when absent. */
  readonly text?: TextMode
}

/** A field that is one of several values; none of them is null. */
export type Membership = {
  /** One of. */
  readonly op: 'in'
  /** Its name. */
  readonly field: string
  /** Of the field's kind; may be none, may be many. */
  readonly values: readonly Scalar[]
  /** Of text only; `exact` when absent. */
  readonly text?: TextMode
}

/** A field without a value. */
export type NullTest = { readonly op: 'isNull'; readonly field: string }

/** A text within a text field. */
export type TextSearch = {
  /** Somewhere, at the beginning, at the end. */
  readonly op: 'contains' | 'startsWith' | 'endsWith'
  /** Its name. */
  readonly field: string
  /** What is looked for; may be empty. */
  readonly value: string
  /** `exact` when absent. */
  readonly text?: TextMode
}

/** All of several, or any of several; of none, `and` is true and `or` is false. */
export type Junction = { readonly op: 'and' | 'or'; readonly args: readonly SpecificationNode[] }

/** The opposite; the opposite of unknown is unknown. */
export type Negation = { readonly op: 'not'; readonly arg: SpecificationNode }

/** A rule as data: what {@link Specification} is made of, and what a compiler for a database reads. */
export type SpecificationNode = Comparison | Membership | NullTest | TextSearch | Junction | Negation
