import { byText } from './by-text.ts'

/** The longest path that is written anew for each of its members, so that it begins with it. */
const longestOwn = 100

/**
 * For each plugin that waits for itself, a path over real dependencies that begins and ends with the same one and has no
 * other twice. Members of a long one share it.
 *
 * @param parts - the connected parts of the graph
 */
export function dependencyCycles(
  parts: readonly (readonly string[])[],
  graph: ReadonlyMap<string, readonly string[]>,
): ReadonlyMap<string, readonly string[]> {
  const cycles = new Map<string, readonly string[]>()
  for (const part of parts) {
    const [only] = part
    if (only === undefined || (part.length === 1 && graph.get(only)?.includes(only) !== true)) continue
    const within = new Set(part)
    const ways = (id: string) => (graph.get(id) ?? []).filter((other) => within.has(other))
    for (const member of [...part].sort(byText)) {
      if (cycles.has(member)) continue
      const members = shortestCycle(member, ways)
      const shared = closed(members, 0)
      for (const [at, id] of members.entries())
        if (!cycles.has(id)) cycles.set(id, members.length > longestOwn ? shared : closed(members, at))
    }
  }
  return cycles
}

/** The fewest plugins over which one waits for itself, it first. */
function shortestCycle(start: string, ways: (id: string) => readonly string[]): readonly string[] {
  const cameFrom = new Map<string, string>()
  const next = [start]
  for (const id of next)
    for (const other of ways(id)) {
      if (other === start) return wayTo(id, start, cameFrom)
      if (cameFrom.has(other)) continue
      cameFrom.set(other, id)
      next.push(other)
    }
  return [start]
}

function wayTo(end: string, start: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end]
  for (let id = end; id !== start; ) {
    id = cameFrom.get(id) ?? start
    way.push(id)
  }
  return way.reverse()
}

/** The path from one member round to itself. */
function closed(members: readonly string[], from: number): readonly string[] {
  return Object.freeze([...members.slice(from), ...members.slice(0, from + 1)])
}
