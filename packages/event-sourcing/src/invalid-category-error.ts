/** The category of an aggregate's class is empty or has a hyphen, at which the names of streams are split. */
export class InvalidCategoryError extends TypeError {
  override readonly name = 'InvalidCategoryError'
  readonly code = 'ASHLAR_EVENT_SOURCING_INVALID_CATEGORY'

  /**
   * @param aggregate - the name of the class
   * @param category - that can't be one
   */
  constructor(aggregate: string, category: unknown) {
    super(
      `the category of ${aggregate} must be a character at least, and none a hyphen, found ${JSON.stringify(category)}`,
    )
  }
}
