/** A map that stays as it is: its own methods refuse every change. */
export function frozenMap<Value>(entries: Iterable<readonly [string, Value]>): ReadonlyMap<string, Value> {
  const map = new Map(entries)
  for (const name of ['set', 'delete', 'clear']) Object.defineProperty(map, name, { value: refuse })
  return Object.freeze(map)
}

function refuse(): never {
  throw new TypeError('a manifest must stay as it is, found a change')
}
