/** How an attribute of a context is declared: its kind, or the list of its possible texts. */
export type AttributeDefinition =
  | 'string'
  | 'number'
  | 'boolean'
  | 'date'
  | 'strings'
  | 'numbers'
  | readonly string[]

/** The attributes that a context may have, by name. */
export type AttributeDefinitions = { readonly [name: string]: AttributeDefinition }

/** What the code hands in for an attribute that is declared so. */
export type AttributeValue<Definition extends AttributeDefinition> =
  Definition extends readonly (infer Text)[]
    ? Text
    : Definition extends keyof AttributeValues
      ? AttributeValues[Definition]
      : never

/** What the code hands in, by the kind of attribute. */
export interface AttributeValues {
  /** Text; versions and addresses are texts, too. */
  readonly string: string
  /** A number; NaN counts as missing. */
  readonly number: number
  /** Yes or no. */
  readonly boolean: boolean
  /** A moment: a Date, or an ISO 8601 text with its zone. */
  readonly date: Date | string
  /** A list of texts, such as roles. */
  readonly strings: readonly string[]
  /** A list of numbers. */
  readonly numbers: readonly number[]
}
