import { quoted } from './trail.ts'

/** A value that was found, in a few words: its first 60 characters at most, and nothing from inside of it. */
export function shown(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value)
    case 'number':
    case 'boolean':
      return String(value)
    case 'undefined':
      return 'nothing'
    case 'object':
      return value === null ? 'null' : shownObject(value)
    default:
      return `a ${typeof value}`
  }
}

/** Some names of several, in quotes. */
export function someOf(names: Iterable<string>): string {
  const first: string[] = []
  for (const name of names) {
    if (first.length === mostNames) return `${first.join(', ')}, …`
    first.push(quoted(name))
  }
  return first.join(', ')
}

const mostNames = 5

function shownObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return 'an instance of a class'
  return Object.keys(value).length === 0 ? 'an empty object' : 'an object'
}
