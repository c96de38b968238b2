/**
 * Refuses a number out of its range.
 *
 * @throws RangeError that names the option
 */
export function optionWithin(option: string, value: number, least: number, most: number): number {
  if (value >= least && value <= most) return value
  const found = typeof value === 'number' ? String(value) : typeof value
  throw new RangeError(`option "${option}" must be a number from ${least} to ${most}, found ${found}`)
}
