import type { AppendView, StreamState } from '../adapter/decide-append.ts'
import { matchesQuery } from '../adapter/match-query.ts'
import type { PreparedAppend } from '../adapter/prepare-append.ts'
import type { Position, RecordedEvent, StreamId, Version } from '../event.ts'
import { categoryOf } from '../event.ts'
import type { Boundary, EventQuery, EventQueryItem } from '../event-query.ts'
import type { AppendReceipt } from '../event-store.ts'

type StreamLog = {
  readonly events: RecordedEvent[]
  /** Those of the whole category. */
  readonly siblings: RecordedEvent[]
  version: Version
  archivedAt: string | undefined
  tombstonedAt: string | undefined
}

/**
 * Events in lists, by stream and by what queries look for.
 *
 * A fork lies over its parent: it sees the parent's events and its own, the parent sees none of the fork's before
 * they are merged. Only one fork of a log may write at a time.
 */
export class EventLog implements AppendView {
  readonly #parent: EventLog | undefined
  readonly #events: RecordedEvent[] = []
  readonly #streams = new Map<string, StreamLog>()
  readonly #byId = new Map<string, RecordedEvent>()
  readonly #byCategory = new Map<string, RecordedEvent[]>()
  readonly #byTag = new Map<string, RecordedEvent[]>()
  #indexed = 0
  #archivedStreams = 0
  #lastPosition: Position

  constructor(parent?: EventLog) {
    this.#parent = parent
    this.#lastPosition = parent?.lastPosition() ?? 0
    this.#archivedStreams = parent === undefined ? 0 : parent.#archivedStreams
  }

  lastPosition(): Position {
    return this.#lastPosition
  }

  streamState(stream: StreamId): StreamState | undefined {
    const log = this.#find(stream)
    return log && { version: log.version, tombstoned: log.tombstonedAt !== undefined }
  }

  streamLog(stream: StreamId): Readonly<Omit<StreamLog, 'events'>> | undefined {
    return this.#find(stream)
  }

  /** Ids are indexed when somebody asks for one: those that the store has made itself are never looked up. */
  findEvent(id: string): RecordedEvent | undefined {
    for (; this.#indexed < this.#events.length; this.#indexed++) {
      const event = this.#events[this.#indexed] as RecordedEvent
      this.#byId.set(event.id, event)
    }
    return this.#byId.get(id) ?? this.#parent?.findEvent(id)
  }

  findBeyond({ query, after }: Boundary): Position | undefined {
    for (const event of this.select(query, after)) return event.position
    return undefined
  }

  /** The events of a stream, oldest first; the list must not be changed. */
  eventsOf(stream: StreamId): readonly RecordedEvent[] {
    const own = this.#streams.get(stream)?.events ?? []
    const inherited = this.#parent?.eventsOf(stream) ?? []
    if (own.length === 0) return inherited
    return inherited.length === 0 ? own : [...inherited, ...own]
  }

  /** The events that a query selects, beyond a position, up to the last one that there is now. */
  *select(query: EventQuery, after: Position): Generator<RecordedEvent, void, undefined> {
    const candidates = this.#candidates(query)
    const end = candidates.length
    if (this.#parent !== undefined)
      for (const event of this.#parent.select(query, after)) if (!this.#isArchived(event)) yield event
    for (let index = firstBeyond(candidates, after); index < end; index++) {
      const event = candidates[index] as RecordedEvent
      if (matchesQuery(query, event) && !this.#isArchived(event)) yield event
    }
  }

  /** All the events that a query selects, in a list that stays as it is whatever is written afterwards. */
  list(query: EventQuery): readonly RecordedEvent[] {
    const candidates = this.#candidates(query)
    const isExact = this.#archivedStreams === 0 && (query === 'all' || 'category' in query)
    const own = isExact
      ? candidates.slice()
      : candidates.filter((event) => matchesQuery(query, event) && !this.#isArchived(event))
    if (this.#parent === undefined) return own
    return [...this.#parent.list(query).filter((event) => !this.#isArchived(event)), ...own]
  }

  record(
    requests: readonly PreparedAppend[],
    versions: readonly Version[],
    recordedAt: string,
  ): AppendReceipt {
    const streams = requests.map(({ stream, events }, index) => {
      let version = versions[index] as Version
      if (events.length === 0) return { stream, version }
      const log = this.#touch(stream)
      for (const { id, type, schemaVersion, data, tags, metadata, subject } of events) {
        version++
        const position = ++this.#lastPosition
        const event: RecordedEvent =
          subject === undefined
            ? { id, stream, version, position, type, schemaVersion, data, tags, metadata, recordedAt }
            : {
                id,
                stream,
                version,
                position,
                type,
                schemaVersion,
                data,
                tags,
                metadata,
                subject,
                recordedAt,
              }
        this.#add(log, Object.freeze(event))
      }
      return { stream, version }
    })
    return { streams, lastPosition: this.#lastPosition, deduplicated: false }
  }

  archive(stream: StreamId, at: string): void {
    const log = this.#touch(stream)
    if (log.archivedAt === undefined) this.#archivedStreams++
    log.archivedAt ??= at
  }

  tombstone(stream: StreamId, at: string): void {
    this.#touch(stream).tombstonedAt ??= at
  }

  /** Hands what this fork holds to its parent. */
  merge(): void {
    const parent = this.#parent as EventLog
    for (const [stream, { archivedAt, tombstonedAt }] of this.#streams) {
      const log = parent.#touch(stream as StreamId)
      if (archivedAt !== undefined) parent.archive(stream as StreamId, archivedAt)
      log.tombstonedAt = tombstonedAt
    }
    for (const event of this.#events) parent.#add(parent.#touch(event.stream), event)
    parent.#lastPosition = this.#lastPosition
  }

  #add(log: StreamLog, event: RecordedEvent): void {
    log.events.push(event)
    log.version = event.version
    this.#events.push(event)
    log.siblings.push(event)
    for (const tag of event.tags) listOf(this.#byTag, tag).push(event)
  }

  #find(stream: string): StreamLog | undefined {
    const own = this.#streams.get(stream)
    if (own !== undefined || this.#parent === undefined) return own
    return this.#parent.#find(stream)
  }

  #touch(stream: StreamId): StreamLog {
    const own = this.#streams.get(stream)
    if (own !== undefined) return own
    const inherited = this.#find(stream)
    const log: StreamLog = {
      events: [],
      siblings: listOf(this.#byCategory, categoryOf(stream)),
      version: inherited?.version ?? 0,
      archivedAt: inherited?.archivedAt,
      tombstonedAt: inherited?.tombstonedAt,
    }
    this.#streams.set(stream, log)
    return log
  }

  #isArchived(event: RecordedEvent): boolean {
    return this.#archivedStreams > 0 && this.#find(event.stream)?.archivedAt !== undefined
  }

  /** A list, ordered by position, that has all the events that the query selects, and as few others as is cheap. */
  #candidates(query: EventQuery): readonly RecordedEvent[] {
    if (query === 'all') return this.#events
    if ('category' in query) return this.#byCategory.get(query.category) ?? []
    const [item, ...others] = query.anyOf
    if (item === undefined) return []
    return others.length === 0 ? this.#shortestByTag(item) : this.#events
  }

  #shortestByTag({ tags = [] }: EventQueryItem): readonly RecordedEvent[] {
    let shortest: readonly RecordedEvent[] = this.#events
    for (const tag of tags) {
      const events = this.#byTag.get(tag) ?? []
      if (events.length < shortest.length) shortest = events
    }
    return shortest
  }
}

function listOf(lists: Map<string, RecordedEvent[]>, key: string): RecordedEvent[] {
  const known = lists.get(key)
  if (known !== undefined) return known
  const list: RecordedEvent[] = []
  lists.set(key, list)
  return list
}

function firstBeyond(events: readonly RecordedEvent[], after: Position): number {
  let low = 0
  let high = events.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((events[middle] as RecordedEvent).position <= after) low = middle + 1
    else high = middle
  }
  return low
}
