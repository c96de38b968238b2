import { InvalidPluginOptionError } from './invalid-plugin-option-error.ts'

/** What ids look like: lower-case words, joined by `.` and `-`; a letter comes first. */
export const namePattern: RegExp = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)*$/

/** The most characters of an id. */
export const longestName = 100

/** Whether a text may be the id of a plugin, point or service. */
export function isName(text: unknown): text is string {
  return typeof text === 'string' && text.length <= longestName && namePattern.test(text)
}

/** Refuses an id that can't be. */
export function requireName(thing: string, id: unknown): void {
  if (isName(id)) return
  const found = typeof id === 'string' ? JSON.stringify(id.slice(0, longestName + 1)) : typeof id
  throw new InvalidPluginOptionError(
    `the id of a ${thing} must be lower-case words joined by "." and "-", at most ${longestName} characters, found ${found}`,
  )
}
