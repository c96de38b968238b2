/** Whether both are whole numbers, of which the new one is less: an older state of the same document. */
export function isOlder(found: string, current: string): boolean {
  if (!isWhole(found) || !isWhole(current)) return false
  return found.length === current.length ? found < current : found.length < current.length
}

function isWhole(revision: string): boolean {
  return /^(?:0|[1-9]\d*)$/.test(revision)
}
