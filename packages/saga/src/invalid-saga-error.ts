/** A saga's definition, or an option of its orchestrator, can't be as it is; `expected` and `found` say why. */
export class InvalidSagaError extends TypeError {
  override readonly name = 'InvalidSagaError'
  readonly code = 'ASHLAR_SAGA_INVALID'
  /** What was looked at, such as `step "payment" of saga "order"`. */
  readonly subject: string
  /** What it should be. */
  readonly expected: string
  /** What it is. */
  readonly found: string

  constructor(subject: string, expected: string, found: unknown) {
    super(`${subject} must be ${expected}, found ${String(found)}`)
    this.subject = subject
    this.expected = expected
    this.found = String(found)
  }
}

/** Refuses what is no whole number from 1 that a timer can take. */
export function requireCount(subject: string, value: number, max: number = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  throw new InvalidSagaError(subject, `a whole number from 1 to ${max}`, value)
}
