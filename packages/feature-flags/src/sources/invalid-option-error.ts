/** A source, or live flags, were made with an option that can't be. */
export class InvalidFlagOptionError extends RangeError {
  override readonly name = 'InvalidFlagOptionError'
  readonly code = 'ASHLAR_FEATURE_FLAGS_INVALID_OPTION'

  /**
   * @param option - what was told
   * @param expected - what it must be
   * @param found - what it is
   */
  constructor(option: string, expected: string, found: string) {
    super(`option "${option}" must be ${expected}, found ${found}`)
  }
}

/** Refuses what is no whole number from 1 that a timer can take. */
export function requireCount(option: string, value: number): number {
  const max = 2 ** 31 - 1
  if (Number.isInteger(value) && value >= 1 && value <= max) return value
  const found = typeof value === 'number' ? String(value) : typeof value
  throw new InvalidFlagOptionError(option, `a whole number from 1 to ${max}`, found)
}
