import { quoted } from './trail.ts'

/** Puts names so that each follows those that it refers to, and tells of the circles; of any depth. */
export function dependenciesFirst(
  names: Iterable<string>,
  refersTo: (name: string) => readonly string[],
  onCircle: (name: string, place: number, circle: () => string) => void,
): string[] {
  const ordered: string[] = []
  const depths = new Map<string, number>()
  for (const name of names) if (!depths.has(name)) follow(name)
  return ordered

  function follow(start: string): void {
    const way = [{ name: start, next: 0, targets: refersTo(start) }]
    depths.set(start, 0)
    for (let last = way[0]; last !== undefined; last = way.at(-1)) {
      const place = last.next++
      const target = last.targets[place]
      if (target === undefined) {
        ordered.push(last.name)
        depths.set(last.name, done)
        way.pop()
        continue
      }
      const depth = depths.get(target)
      if (depth === undefined) {
        depths.set(target, way.length)
        way.push({ name: target, next: 0, targets: refersTo(target) })
      } else if (depth !== done) onCircle(last.name, place, () => circleText(way, depth))
    }
  }
}

/** Of a name that is not on the way any more. */
const done = -1
const mostNames = 8

function circleText(way: readonly { readonly name: string }[], from: number): string {
  const names = way.slice(from, from + mostNames).map(({ name }) => short(name))
  const gap = way.length - from > mostNames ? ['…'] : []
  return [...names, ...gap, names[0]].join(' → ')
}

/** In quotes only where it is long, or would break the line. */
function short(name: string): string {
  const inQuotes = quoted(name)
  return inQuotes === `"${name}"` ? name : inQuotes
}
