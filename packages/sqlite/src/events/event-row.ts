import type { RecordedEvent, StreamId } from '@ashlar/event-store'
import type { Json } from '@ashlar/kernel'
import type { Row } from '../file/connection.ts'
import { frozenText } from '../file/frozen-text.ts'

/** What {@link recordedEvent} takes, in this order; `e` is the event, `s` its stream. */
export const eventColumns =
  'e.position, s.name, e.version, e.id, e.type, e.schema_version, e.data, e.tags, e.metadata, e.subject, e.recorded_at'

const noTags: readonly string[] = Object.freeze([])
const noMetadata = Object.freeze({})

/** Makes the event that a row holds, deeply frozen. */
export function recordedEvent(row: Row): RecordedEvent {
  const [position, stream, version, id, type, schemaVersion, data, tags, metadata, subject, recordedAt] =
    row as unknown as EventRow
  const read = (text: string) => frozenText(text, 'event at position', position)
  const event = {
    id,
    stream,
    version,
    position,
    type,
    schemaVersion,
    data: read(data),
    tags: tags === null ? noTags : (read(tags) as readonly string[]),
    metadata: metadata === null ? noMetadata : (read(metadata) as RecordedEvent['metadata']),
    recordedAt,
  }
  return Object.freeze(subject === null ? event : { ...event, subject })
}

/** The text that a value is kept as; null where reading gives the same empty value again. */
export function textUnlessEmpty(value: Json, isEmpty: boolean): string | null {
  return isEmpty ? null : JSON.stringify(value)
}

type EventRow = readonly [
  position: number,
  stream: StreamId,
  version: number,
  id: string,
  type: string,
  schemaVersion: number,
  data: string,
  tags: string | null,
  metadata: string | null,
  subject: string | null,
  recordedAt: string,
]
