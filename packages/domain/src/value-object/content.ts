import { compiledClassOf } from './compiled-class.ts'
import { sameValue } from './same-value.ts'

/** The prototype of a value's class, and after it its components: all that equality looks at. */
export type Content = readonly [object, ...unknown[]]

/** What a value notes of itself: nothing before its first comparison, null before its second, its content ever after. */
export type Note = Content | null | undefined

/**
 * What a value notes when it is compared.
 *
 * Reading components by name is what comparing costs, once several classes are compared: the engine can't foresee at one
 * place where each of them keeps what. Contents are compared quickly, but a value that is compared once is not worth one,
 * and one that isn't frozen may change.
 */
export function nextNote(value: object, note: Note): Note {
  if (note === undefined) return null
  return note ?? (Object.isFrozen(value) ? contentOf(value) : null)
}

/** Compares what two values have noted. */
export function sameContent(one: Content, other: Content): boolean {
  if (one[0] !== other[0]) return false
  for (let place = 1; place < one.length; place++) {
    if (one[place] !== other[place] && !sameValue(one[place], other[place])) return false
  }
  return true
}

function contentOf(value: object): Content {
  const { prototype, names } = compiledClassOf(value)
  const components = names.map((name) => (value as Readonly<Record<string, unknown>>)[name])
  return [prototype, ...components].slice() as unknown as Content // a copy has no room to grow, a list that was spread has
}
