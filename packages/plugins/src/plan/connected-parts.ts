/**
 * The parts of a graph within which each leads to each, by Tarjan's algorithm: one alone where there is no circle. What
 * a part leads to comes before it. Without recursion, so that a long row of plugins doesn't overflow the stack.
 *
 * @param graph - by id, in the order in which parts are looked for; whatever an id leads to is in it, too
 */
export function connectedParts(
  graph: ReadonlyMap<string, readonly string[]>,
): readonly (readonly string[])[] {
  const marks = new Map<string, Mark>()
  const open: Mark[] = []
  const parts: string[][] = []
  for (const root of graph.keys()) if (!marks.has(root)) walk(root)
  return parts

  function walk(root: string): void {
    const way = [enter(root)]
    for (let mark = way.at(-1); mark !== undefined; mark = way.at(-1)) {
      const step = mark.rest.next()
      if (step.done === true) {
        way.pop()
        leave(mark, way.at(-1))
        continue
      }
      const seen = marks.get(step.value)
      if (seen === undefined) way.push(enter(step.value))
      else if (seen.isOpen) mark.lowest = Math.min(mark.lowest, seen.index)
    }
  }

  function enter(id: string): Mark {
    const index = marks.size
    const mark = { id, index, lowest: index, isOpen: true, rest: (graph.get(id) ?? []).values() }
    marks.set(id, mark)
    open.push(mark)
    return mark
  }

  function leave(mark: Mark, before: Mark | undefined): void {
    if (before !== undefined) before.lowest = Math.min(before.lowest, mark.lowest)
    if (mark.lowest !== mark.index) return
    const part = open.splice(open.lastIndexOf(mark))
    for (const member of part) member.isOpen = false
    parts.push(part.map(({ id }) => id))
  }
}

interface Mark {
  readonly id: string
  readonly index: number
  lowest: number
  isOpen: boolean
  readonly rest: Iterator<string>
}
