/** A behaviour was given an option that can't be. */
export class InvalidOptionError extends RangeError {
  override readonly name = 'InvalidOptionError'
  readonly code = 'ASHLAR_MEDIATOR_INVALID_OPTION'
  /** The option, as in `timeout.ms`. */
  readonly option: string

  /**
   * @param option - as in `timeout.ms`
   * @param expected - what it should be
   * @param found - what it is
   */
  constructor(option: string, expected: string, found: unknown) {
    super(
      `option "${option}" must be ${expected}, found ${typeof found === 'object' ? 'an object' : String(found)}`,
    )
    this.option = option
  }
}

/** The longest time that a timer takes; a longer one would fire at once. */
const longestMs = 2 ** 31 - 1

/** Refuses what is no length of time, or is longer than a timer can wait. */
export function requireMs(option: string, ms: number): number {
  if (Number.isFinite(ms) && ms > 0 && ms <= longestMs) return ms
  throw new InvalidOptionError(option, `above 0 and at most ${longestMs}`, ms)
}

/** Refuses what is no whole number from 1 to `most`. */
export function requireCount(option: string, count: number, most: number): number {
  if (Number.isSafeInteger(count) && count >= 1 && count <= most) return count
  throw new InvalidOptionError(option, `a whole number from 1 to ${most}`, count)
}
