import { byText } from './by-text.ts'
import { SmallestFirst } from './smallest-first.ts'

/**
 * An order in which each id comes after all that it waits for; of those that could come next, the first by name does.
 *
 * @param after - whom each waits for, all of them in it, and no circle among them
 */
export function startOrder(after: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const missing = new Map<string, number>()
  const waiting = new Map<string, string[]>()
  const ready = new SmallestFirst<string>(byText)
  for (const [id, all] of after) {
    missing.set(id, all.length)
    if (all.length === 0) ready.add(id)
    for (const other of all) {
      const those = waiting.get(other)
      if (those === undefined) waiting.set(other, [id])
      else those.push(id)
    }
  }
  const order: string[] = []
  for (let id = ready.take(); id !== undefined; id = ready.take()) {
    order.push(id)
    for (const other of waiting.get(id) ?? []) {
      const rest = (missing.get(other) ?? 0) - 1
      missing.set(other, rest)
      if (rest === 0) ready.add(other)
    }
  }
  return order
}
