import { InvalidPluginOptionError } from '../contract/invalid-plugin-option-error.ts'
import { shown } from '../manifest/shown.ts'

/** Refuses a number of bytes that is none; undefined leaves it to others. */
export function requireEntryLimit(maxEntryBytes: unknown): void {
  if (maxEntryBytes === undefined) return
  if (Number.isSafeInteger(maxEntryBytes) && (maxEntryBytes as number) >= 1) return
  throw new InvalidPluginOptionError(
    `maxEntryBytes must be a whole number from 1, found ${shown(maxEntryBytes)}`,
  )
}
