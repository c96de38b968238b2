import type { Json } from '@ashlar/kernel'
import { SqliteBrokenRowError } from '../sqlite-error.ts'

/**
 * Reads JSON that the storage wrote, deeply frozen.
 *
 * @param row - what the text belongs to, and `key`, its name; for the error
 * @throws SqliteBrokenRowError when it is no JSON, or has a key that would reach an object's prototype
 */
export function frozenText(text: string, row: string, key: string | number): Json {
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch (error) {
    throw new SqliteBrokenRowError(`${row} ${key}`, 'something else', error)
  }
  if (!freeze(value)) throw new SqliteBrokenRowError(`${row} ${key}`, 'the key "__proto__"')
  return value
}

/** Returns false for a value that must not be handed out. */
function freeze(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) {
    for (const part of value as readonly Json[]) if (!freeze(part)) return false
  } else
    for (const [key, part] of Object.entries(value))
      if (key === '__proto__' || !freeze(part as Json)) return false
  Object.freeze(value)
  return true
}
