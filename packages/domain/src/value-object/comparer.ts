import { sameValue } from './same-value.ts'

/** Compares two instances of one class, component by component. */
export type Comparer = (one: object, other: object) => boolean

type Components = Readonly<Record<string, unknown>>
type CompareComponents = (one: Components, other: Components) => boolean

/**
 * Makes a class's comparer, once; of closures, because `new Function` is forbidden where a content security policy holds.
 *
 * Not a loop over the names: where each component is read at a place of its own, the engine reads it as fast as by its name,
 * as long as it sees few classes there.
 */
export function comparerOf(names: readonly string[]): Comparer {
  return compareAll(names) as Comparer
}

function compareAll(names: readonly string[]): CompareComponents {
  const [a, b, c, d, ...rest] = names
  if (a === undefined) return () => true
  if (b === undefined) return (one, other) => same(one[a], other[a])
  if (c === undefined) return (one, other) => same(one[a], other[a]) && same(one[b], other[b])
  if (d === undefined)
    return (one, other) => same(one[a], other[a]) && same(one[b], other[b]) && same(one[c], other[c])
  const firstFour: CompareComponents = (one, other) =>
    same(one[a], other[a]) && same(one[b], other[b]) && same(one[c], other[c]) && same(one[d], other[d])
  if (rest.length === 0) return firstFour
  const others = compareAll(rest)
  return (one, other) => firstFour(one, other) && others(one, other)
}

function same(one: unknown, other: unknown): boolean {
  return one === other || sameValue(one, other)
}
