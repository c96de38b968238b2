/**
 * Refuses what is no whole number of milliseconds that a timer can take.
 *
 * @throws RangeError that names the option
 */
export function requireMs(option: string, value: number, least: number): number {
  const most = 2 ** 31 - 1
  if (Number.isInteger(value) && value >= least && value <= most) return value
  const found = typeof value === 'number' ? String(value) : typeof value
  throw new RangeError(`option "${option}" must be a whole number from ${least} to ${most}, found ${found}`)
}
