/** A set of code points as ranges one after the other: first, last, first, last, and so on. */
export type CodePoints = readonly number[]

const last = 0x10ffff

export const digits: CodePoints = [0x30, 0x39]
export const wordCharacters: CodePoints = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a]
export const lineEnds: CodePoints = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029]
export const whiteSpace: CodePoints = [
  ...[0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029],
  ...[0x202f, 0x202f, 0x205f, 0x205f, 0x3000, 0x3000, 0xfeff, 0xfeff],
]

/** The set of one character. */
export function only(character: string): CodePoints {
  const point = character.codePointAt(0) ?? 0
  return [point, point]
}

/** All code points but these; the ranges may come in any order and overlap. */
export function except(points: CodePoints): CodePoints {
  const others: number[] = []
  let next = 0
  for (const [from, to] of rangesOf(points)) {
    if (from > next) others.push(next, from - 1)
    next = Math.max(next, to + 1)
  }
  if (next <= last) others.push(next, last)
  return others
}

/** The same set with its ranges in order and apart, as {@link isIn} needs it. */
export function inOrder(points: CodePoints): CodePoints {
  return except(except(points))
}

/** Whether a code point is in a set whose ranges are in order. */
export function isIn(points: CodePoints, point: number): boolean {
  let low = 0
  let high = points.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((points[middle] as number) < point) low = middle + 1
    else high = middle
  }
  return low % 2 === 1 || points[low] === point
}

function rangesOf(points: CodePoints): [from: number, to: number][] {
  const ranges: [number, number][] = []
  for (let at = 0; at < points.length; at += 2) ranges.push([points[at] as number, points[at + 1] as number])
  return ranges.sort(([left], [right]) => left - right)
}
