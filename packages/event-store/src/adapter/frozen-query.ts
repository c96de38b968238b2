import { InvalidJsonError } from '@ashlar/kernel'
import type { Boundary, EventQuery, EventQueryItem } from '../event-query.ts'
import { InvalidReadError } from '../store-error.ts'

/**
 * Copies a query, so that nobody can change what a boundary was made of.
 *
 * @param query - as the caller gave it
 * @returns a deeply frozen copy
 * @throws InvalidReadError for what is no query
 * @example
 * ```ts
 * import { frozenQuery } from '@ashlar/event-store/adapter'
 *
 * console.log(Object.isFrozen(frozenQuery({ anyOf: [{ tags: ['course:42'] }] })))
 * ```
 */
export function frozenQuery(query: EventQuery): EventQuery {
  try {
    return copyQuery(query, 'query')
  } catch (error) {
    if (!(error instanceof InvalidJsonError)) throw error
    throw new InvalidReadError(error.path, error.expected, error.found)
  }
}

/**
 * Copies a boundary.
 *
 * @param path - where it stands, for the error
 * @throws InvalidJsonError with the path of the part that can't be
 */
export function frozenBoundary(boundary: Boundary, path: string): Boundary {
  if (!isObject(boundary)) refuse(path, 'a boundary', boundary)
  const { query, after } = boundary
  if (!Number.isSafeInteger(after) || after < 0) refuse(`${path}.after`, 'a whole number from 0', after)
  return Object.freeze({ query: copyQuery(query, `${path}.query`), after })
}

function copyQuery(query: EventQuery, path: string): EventQuery {
  if (query === 'all') return query
  if (!isObject(query)) return refuse(path, `"all", or an object with "category" or "anyOf"`, query)
  if ('category' in query) {
    const { category } = query
    if (typeof category !== 'string') refuse(`${path}.category`, 'text', category)
    return Object.freeze({ category })
  }
  const { anyOf } = query
  if (!Array.isArray(anyOf)) return refuse(`${path}.anyOf`, 'a list', anyOf)
  const items = Array.from(anyOf, (item, index) => copyItem(item, `${path}.anyOf[${index}]`))
  return Object.freeze({ anyOf: Object.freeze(items) })
}

function copyItem(item: EventQueryItem, path: string): EventQueryItem {
  if (!isObject(item)) refuse(path, 'an object', item)
  const { types, tags } = item
  return Object.freeze({
    ...(types !== undefined && { types: copyWords(types, `${path}.types`) }),
    ...(tags !== undefined && { tags: copyWords(tags, `${path}.tags`) }),
  })
}

function copyWords(words: readonly string[], path: string): readonly string[] {
  if (!Array.isArray(words)) return refuse(path, 'a list', words)
  return Object.freeze(
    Array.from(words as readonly unknown[], (word, index) =>
      typeof word === 'string' ? word : refuse(`${path}[${index}]`, 'text', word),
    ),
  )
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null
}

function refuse(path: string, expected: string, value: unknown): never {
  const found = typeof value === 'object' && value !== null ? 'an object' : String(value)
  throw new InvalidJsonError(path, expected, found)
}
