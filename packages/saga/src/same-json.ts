import type { Json } from '@ashlar/kernel'

/** Tells whether two values are the same JSON, whatever the order of their keys. */
export function sameJson(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => Object.hasOwn(b, key) && sameJson(part(a, key), part(b, key)))
}

/** Only asked for a part that is the object's own. */
function part(value: object, key: string): Json | undefined {
  return (value as Record<string, Json | undefined>)[key]
}
