import type { SQLInputValue } from 'node:sqlite'
import type { Boundary, EventQuery, EventQueryItem, Position, RecordedEvent } from '@ashlar/event-store'
import { isStorable, matchesQuery } from '@ashlar/event-store/adapter'
import type { Connection } from '../file/connection.ts'
import { eventColumns, recordedEvent } from './event-row.ts'
import { lastPosition } from './find-stream.ts'

/** Where a page starts and ends. */
export interface PageRange {
  /** The position before the first. */
  readonly after: Position
  /** The last position to look at. */
  readonly upTo: Position
  /** How many events at most. */
  readonly limit: number
}

/** How far one statement looks, so that a rare event in a long log doesn't block the process. */
const windowSize = 50_000

const maxItems = 50
const maxWords = 1_000

/** One page of the events that a query selects, oldest first. */
function selectEvents(
  file: Connection,
  tenant: string,
  query: EventQuery,
  range: PageRange,
): readonly RecordedEvent[] {
  const { sql, parameters } = selection(query, tenant, range, eventColumns)
  return file.rows(sql, ...parameters).map(recordedEvent)
}

/** The first event beyond a boundary, or undefined. */
export function firstMatch(file: Connection, tenant: string, boundary: Boundary): Position | undefined {
  const query = withoutEmpty(boundary.query)
  const { after } = boundary
  const upTo = lastPosition(file)
  if (upTo <= after || query === nothing) return undefined
  if (isTooLong(query)) {
    for (const { position } of allMatches(file, tenant, query, { after, upTo })) return position
    return undefined
  }
  const { sql, parameters } = selection(query, tenant, { after, upTo, limit: 1 }, 'e.position')
  return file.row(sql, ...parameters)?.[0] as Position | undefined
}

const pageSize = 500

/** All events that a query selects, page by page; each page is read when it is wanted. */
export function* allMatches(
  file: Connection,
  tenant: string,
  query: EventQuery,
  { after, upTo }: { readonly after: Position; readonly upTo: Position },
): Generator<RecordedEvent, void, undefined> {
  for (const page of pages(query, { after, upTo, limit: Number.MAX_SAFE_INTEGER }, tenant)) yield* page(file)
}

/** The pages of a query, each to be read when it is wanted. */
export function* pages(
  wanted: EventQuery,
  { after, upTo, limit }: PageRange,
  tenant: string,
): Generator<(file: Connection) => readonly RecordedEvent[], void, undefined> {
  const query = withoutEmpty(wanted)
  if (query === nothing) return
  const isFiltered = isTooLong(query)
  let left = limit
  let from = after
  while (from < upTo && left > 0) {
    const range = {
      after: from,
      upTo: Math.min(from + windowSize, upTo),
      limit: isFiltered ? pageSize : Math.min(pageSize, left),
    }
    yield (file) => {
      const found = selectEvents(file, tenant, isFiltered ? 'all' : query, range)
      from = found.length === range.limit ? (found.at(-1)?.position as Position) : range.upTo
      const page = isFiltered ? found.filter((event) => matchesQuery(query, event)).slice(0, left) : found
      left -= page.length
      return page
    }
  }
}

const nothing: EventQuery = { anyOf: [] }

/**
 * Leaves out the words and items that no event can match: SQLite would take a text that it can't keep for another one,
 * and refuses to look for an item without types by an index.
 */
function withoutEmpty(query: EventQuery): EventQuery {
  if (query === 'all') return query
  if ('category' in query) return isStorable(query.category) ? query : nothing
  const anyOf = query.anyOf.map(withoutUnstorable).filter(({ types }) => types?.length !== 0)
  return anyOf.length === 0 ? nothing : { anyOf }
}

function withoutUnstorable(item: EventQueryItem): EventQueryItem {
  const { types, tags } = item
  if (tags !== undefined && !tags.every(isStorable)) return { types: [] }
  return types === undefined || types.every(isStorable) ? item : { ...item, types: types.filter(isStorable) }
}

/** Too long to be told to SQLite in one statement; such a query looks at all events instead. */
function isTooLong(query: EventQuery): boolean {
  if (query === 'all' || 'category' in query) return false
  let words = 0
  for (const { types = [], tags = [] } of query.anyOf) words += types.length + tags.length
  return query.anyOf.length > maxItems || words > maxWords
}

type Selection = { readonly sql: string; readonly parameters: readonly SQLInputValue[] }

/** `cross join` keeps SQLite to the order of the tables: events by position, or by tag. */
const ofUnarchivedStreams = 'cross join streams s on s.id = e.stream_id and s.archived_at is null'

function selection(query: EventQuery, tenant: string, range: PageRange, columns: string): Selection {
  if (query === 'all') return scan(tenant, range, columns, '', [])
  if ('category' in query) return scan(tenant, range, columns, ' and s.category = ?', [query.category])
  const [only] = query.anyOf
  if (query.anyOf.length === 1 && only !== undefined) return selectItem(only, tenant, range, columns)
  const items = query.anyOf.map((item) => selectItem(item, tenant, range, 'e.position'))
  return {
    sql: `select ${columns} from events e cross join streams s on s.id = e.stream_id
      where e.position in (${items.map(({ sql }) => `select * from (${sql})`).join(' union ')})
      order by e.position limit ?`,
    parameters: [...items.flatMap(({ parameters }) => parameters), range.limit],
  }
}

function selectItem(
  { types, tags = [] }: EventQueryItem,
  tenant: string,
  range: PageRange,
  columns: string,
): Selection {
  const ofTypes = types === undefined ? '' : ` and e.type in (${types.map(() => '?').join(', ')})`
  const [tag, ...furtherTags] = tags
  if (tag === undefined) return scan(tenant, range, columns, ofTypes, types ?? [])
  const alsoTagged = furtherTags.map(
    () =>
      ' and exists (select 1 from event_tags where tenant = t.tenant and tag = ? and position = t.position)',
  )
  return {
    sql: `select ${columns} from event_tags t cross join events e ${ofUnarchivedStreams}
      where t.tenant = ? and t.tag = ? and t.position > ? and t.position <= ?
      and e.position = t.position${alsoTagged.join('')}${ofTypes} order by t.position limit ?`,
    parameters: [tenant, tag, range.after, range.upTo, ...furtherTags, ...(types ?? []), range.limit],
  }
}

function scan(
  tenant: string,
  range: PageRange,
  columns: string,
  condition: string,
  words: readonly string[],
): Selection {
  const eventsOfTenant =
    tenant === ''
      ? `events e not indexed ${ofUnarchivedStreams} where e.tenant = ?`
      : `events e indexed by events_of_tenant ${ofUnarchivedStreams} where e.tenant = ? and e.tenant <> ''`
  return {
    sql: `select ${columns} from ${eventsOfTenant}
      and e.position > ? and e.position <= ?${condition} order by e.position limit ?`,
    parameters: [tenant, range.after, range.upTo, ...words, range.limit],
  }
}
