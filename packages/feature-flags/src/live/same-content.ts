import type { Json } from '@ashlar/kernel'

/**
 * Tells whether two parts of documents mean the same.
 *
 * The order of an object's keys means nothing, except in a `split`, whose shares follow each other.
 */
export function sameContent(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return false
  return keys.every((key) => {
    const [left, right] = [part(a, key), part(b, key)]
    return Object.hasOwn(b, key) && sameContent(left, right) && (key !== 'split' || sameOrder(left, right))
  })
}

function sameOrder(a: Json | undefined, b: Json | undefined): boolean {
  const order = Object.keys(Object(b))
  return Object.keys(Object(a)).every((key, index) => key === order[index])
}

/** Only asked for a part that is the object's own. */
function part(value: object, key: string): Json | undefined {
  return (value as Record<string, Json | undefined>)[key]
}
