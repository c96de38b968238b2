import { categoryOf, type RecordedEvent } from '../event.ts'
import type { EventQuery, EventQueryItem } from '../event-query.ts'

/**
 * Tells whether a query selects an event.
 *
 * @param query - what is wanted
 * @param event - a recorded one
 * @returns true when it is selected
 * @example
 * ```ts
 * import { InMemoryEventStore } from '@ashlar/event-store'
 * import { matchesQuery } from '@ashlar/event-store/adapter'
 *
 * for await (const event of new InMemoryEventStore().query('all'))
 *   console.log(matchesQuery({ anyOf: [{ types: ['CartOpened'] }] }, event))
 * ```
 */
export function matchesQuery(query: EventQuery, event: RecordedEvent): boolean {
  if (query === 'all') return true
  if ('category' in query) return categoryOf(event.stream) === query.category
  return query.anyOf.some((item) => matchesItem(item, event))
}

function matchesItem({ types, tags }: EventQueryItem, event: RecordedEvent): boolean {
  if (types !== undefined && !types.includes(event.type)) return false
  return tags === undefined || tags.every((tag) => event.tags.includes(tag))
}
