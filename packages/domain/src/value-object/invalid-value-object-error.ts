/** A subclass of ValueObject breaks its rules; thrown when the class is first compared. */
export class InvalidValueObjectError extends TypeError {
  override readonly name = 'InvalidValueObjectError'
  readonly code = 'ASHLAR_DOMAIN_INVALID_VALUE_OBJECT'

  constructor(className: string, expected: string, found: string) {
    super(`value object ${className} must ${expected}, found ${found}`)
  }
}
