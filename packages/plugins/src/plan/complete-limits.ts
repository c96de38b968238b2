import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { shown } from '../manifest/shown.ts'
import { defaultLimits, type PluginLimits } from './plugin-limits.ts'

/** The longest that a timer can wait. */
const longestMs = 2_147_483_647

/**
 * The limits that terms name, with the defaults of all others.
 *
 * @throws {@link InvalidPluginOptionError} for a limit that is not there, and for what is no whole number from 1, of
 *   times up to 2^31 − 1
 */
export function completeLimits(plugin: string, named: Partial<PluginLimits> = {}): PluginLimits {
  const limits = { ...defaultLimits }
  for (const [name, value] of Object.entries(named)) {
    if (!isLimit(name))
      throw new InvalidPluginOptionError(
        `the limits of plugin "${plugin}" must be among ${Object.keys(defaultLimits).join(', ')}, found ${shown(name)}`,
      )
    if (value !== undefined) limits[name] = checked(plugin, name, value)
  }
  return Object.freeze(limits)
}

function isLimit(name: string): name is keyof PluginLimits {
  return Object.hasOwn(defaultLimits, name)
}

function checked(plugin: string, name: keyof PluginLimits, value: unknown): number {
  const most = name.endsWith('Ms') ? longestMs : Number.MAX_SAFE_INTEGER
  if (Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most)
    return value as number
  throw new InvalidPluginOptionError(
    `${name} of plugin "${plugin}" must be a whole number from 1 to ${most}, found ${shown(value)}`,
  )
}
