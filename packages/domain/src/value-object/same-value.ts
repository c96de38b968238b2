/**
 * Tells whether two components mean the same: values by value, value objects by their own `equals`, dates by time, lists,
 * sets, maps and plain objects by what is in them, everything else by identity. NaN equals NaN, and −0 equals 0.
 */
export function sameValue(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one === 'object' && typeof other === 'object' && one !== null && other !== null)
    return sameObject(one, other)
  return Number.isNaN(one) && Number.isNaN(other)
}

function sameObject(one: object, other: object): boolean {
  if (hasEquals(one)) return one.equals(other)
  if (Array.isArray(one)) return Array.isArray(other) && sameList(one, other)
  const prototype = Object.getPrototypeOf(one)
  if (prototype !== Object.getPrototypeOf(other)) return false
  if (one instanceof Date) return sameValue(one.getTime(), (other as Date).getTime())
  if (one instanceof Set) return sameSet(one, other as Set<unknown>)
  if (one instanceof Map) return sameMap(one, other as Map<unknown, unknown>)
  return (prototype === Object.prototype || prototype === null) && sameRecord(one, other)
}

function hasEquals(value: object): value is { equals(other: unknown): boolean } {
  return 'equals' in value && typeof value.equals === 'function'
}

function sameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((item, index) => sameValue(item, other[index]))
}

/** Each member of the other is matched once, so that `{a, a'}` with equal members does not match `{a, b}`. */
function sameSet(one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): boolean {
  if (one.size !== other.size) return false
  const unmatched = [...other].filter((member) => !one.has(member))
  return [...one].every((member) => {
    if (other.has(member)) return true
    const found = unmatched.findIndex((candidate) => sameValue(member, candidate))
    if (found !== -1) unmatched.splice(found, 1)
    return found !== -1
  })
}

function sameMap(one: ReadonlyMap<unknown, unknown>, other: ReadonlyMap<unknown, unknown>): boolean {
  return (
    one.size === other.size &&
    [...one].every(([key, value]) => other.has(key) && sameValue(value, other.get(key)))
  )
}

function sameRecord(one: object, other: object): boolean {
  const theirs = new Map<string, unknown>(Object.entries(other))
  const ours = Object.entries(one)
  return (
    ours.length === theirs.size &&
    ours.every(([key, value]) => theirs.has(key) && sameValue(value, theirs.get(key)))
  )
}
