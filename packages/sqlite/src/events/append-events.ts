import type { AppendFailure, AppendReceipt, Boundary, Position, StreamId, Version } from '@ashlar/event-store'
import { categoryOf } from '@ashlar/event-store'
import {
  type AppendView,
  decideAppend,
  type PreparedAppend,
  type PreparedEvent,
  type StreamState,
} from '@ashlar/event-store/adapter'
import { ok, type Result } from '@ashlar/result'
import type { Connection } from '../file/connection.ts'
import { textUnlessEmpty } from './event-row.ts'
import { findStream, lastPosition } from './find-stream.ts'
import { firstMatch } from './select-events.ts'

/** Checks and writes an append, inside of a transaction; an Err has written nothing. */
export function appendEvents(
  file: Connection,
  tenant: string,
  requests: readonly PreparedAppend[],
  recordedAt: string,
): Result<AppendReceipt, AppendFailure> {
  const view = new FileView(file, tenant)
  const decision = decideAppend(requests, view)
  if (decision.isErr()) return decision as never
  if (!decision.value.write) return ok(decision.value.receipt)
  const { versions } = decision.value
  let position = 0
  const streams = requests.map(({ stream, events }, index) => {
    let version = versions[index] as Version
    const streamKey = events.length > 0 ? view.streamKey(stream) : 0
    for (const event of events) position = insertEvent(file, tenant, streamKey, ++version, event, recordedAt)
    return { stream, version }
  })
  return ok({ streams, lastPosition: position, deduplicated: false })
}

const insertEventSql = `insert into events
  (stream_id, version, tenant, id, type, schema_version, data, tags, metadata, subject, recorded_at)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

function insertEvent(
  file: Connection,
  tenant: string,
  streamKey: number,
  version: Version,
  event: PreparedEvent,
  recordedAt: string,
): Position {
  const { id, type, schemaVersion, data, tags, metadata, subject } = event
  const position = file.insert(
    insertEventSql,
    streamKey,
    version,
    tenant,
    id,
    type,
    schemaVersion,
    JSON.stringify(data),
    textUnlessEmpty(tags, tags.length === 0),
    textUnlessEmpty(metadata, Object.keys(metadata).length === 0),
    subject ?? null,
    recordedAt,
  )
  for (const tag of tags)
    file.insert('insert into event_tags (tenant, tag, position) values (?, ?, ?)', tenant, tag, position)
  return position
}

/** What an append sees of the file; remembers the keys of the streams that it was asked for. */
class FileView implements AppendView {
  readonly #file: Connection
  readonly #tenant: string
  readonly #keys = new Map<StreamId, number>()

  constructor(file: Connection, tenant: string) {
    this.#file = file
    this.#tenant = tenant
  }

  streamState(stream: StreamId): StreamState | undefined {
    const found = findStream(this.#file, this.#tenant, stream)
    if (found === undefined) return undefined
    this.#keys.set(stream, found.key)
    return { version: found.version, tombstoned: found.tombstonedAt !== null }
  }

  findEvent(id: string): { stream: StreamId; version: Version; position: Position } | undefined {
    const row = this.#file.row(
      `select s.name, e.version, e.position from events e join streams s on s.id = e.stream_id
        where e.tenant = ? and e.id = ?`,
      this.#tenant,
      id,
    )
    if (row === undefined) return undefined
    const [stream, version, position] = row as unknown as [StreamId, number, number]
    return { stream, version, position }
  }

  findBeyond(boundary: Boundary): Position | undefined {
    return firstMatch(this.#file, this.#tenant, boundary)
  }

  lastPosition(): Position {
    return lastPosition(this.#file)
  }

  /** The key of a stream that the decision has asked for, which is made where it is missing. */
  streamKey(stream: StreamId): number {
    const known = this.#keys.get(stream)
    if (known !== undefined) return known
    const key = this.#file.insert(
      'insert into streams (tenant, name, category) values (?, ?, ?)',
      this.#tenant,
      stream,
      categoryOf(stream),
    )
    this.#keys.set(stream, key)
    return key
  }
}
