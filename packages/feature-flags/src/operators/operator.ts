/** What a condition may be compared with. */
export type OperandValue = string | number | boolean

/**
 * A way to ask about an attribute, by the name that conditions give in `operator`.
 *
 * The common ones are built in; others, such as `cidr` and `regex`, are handed to the evaluator and to
 * `parseFlagDocument`.
 */
export interface ConditionOperator {
  /** The name in documents, such as `in_cidr`; words joined by underscores. */
  readonly name: string
  /** Whether a condition gives one `value`, a list of `values`, or `none`. */
  readonly operand: 'value' | 'values' | 'none'
  /** The kinds of attribute that can be asked; others are refused where attributes are declared. */
  readonly attributes: readonly ('string' | 'number' | 'boolean' | 'date' | 'strings' | 'numbers')[]
  /** False where the case of an operand means something, as in `\D`: a condition with `ignoreCase` is refused. */
  readonly ignoreCase?: false
  /**
   * Checks one operand when a document is loaded.
   *
   * @returns what it must be, such as `a CIDR block`, for one that it is not; undefined for a good one
   */
  expects(operand: OperandValue): string | undefined
  /**
   * Makes the test; called once for each condition, with operands that {@link expects} found good.
   *
   * @param operands - the `value` alone, or the `values`
   * @returns a function that tells true or false, or undefined for a value of a kind that can't be asked; it keeps
   * nothing of what it was asked, and missing values don't reach it
   */
  test(operands: readonly OperandValue[]): (value: unknown) => boolean | undefined
}
