import { categoryOf, type Position, type StreamId, type Version } from '@ashlar/event-store'
import type { Connection } from '../file/connection.ts'

/** A stream as the file knows it. */
export interface FoundStream {
  readonly key: number
  readonly version: Version
  readonly archivedAt: string | null
  readonly tombstonedAt: string | null
}

/** Finds a stream; its version is that of its last event, so that nothing has to be kept in step. */
export function findStream(file: Connection, tenant: string, stream: StreamId): FoundStream | undefined {
  const row = file.row(
    `select id, archived_at, tombstoned_at, (select max(version) from events where stream_id = streams.id)
      from streams where tenant = ? and name = ?`,
    tenant,
    stream,
  )
  if (row === undefined) return undefined
  const [key, archivedAt, tombstonedAt, version] = row as unknown as [
    number,
    string | null,
    string | null,
    number | null,
  ]
  return { key, version: version ?? 0, archivedAt, tombstonedAt }
}

/** The last position that was given to anybody; 0 for none. */
export function lastPosition(file: Connection): Position {
  return (file.row('select max(position) from events')?.[0] as number | null) ?? 0
}

/** Notes when a stream was archived, once. */
export function archiveStream(file: Connection, tenant: string, stream: StreamId, at: string): void {
  file.change(
    `insert into streams (tenant, name, category, archived_at) values (?, ?, ?, ?)
      on conflict (tenant, name) do update set archived_at = coalesce(archived_at, excluded.archived_at)`,
    tenant,
    stream,
    categoryOf(stream),
    at,
  )
}

/** Notes when a stream was tombstoned, once. */
export function tombstoneStream(file: Connection, tenant: string, stream: StreamId, at: string): void {
  file.change(
    `insert into streams (tenant, name, category, tombstoned_at) values (?, ?, ?, ?)
      on conflict (tenant, name) do update set tombstoned_at = coalesce(tombstoned_at, excluded.tombstoned_at)`,
    tenant,
    stream,
    categoryOf(stream),
    at,
  )
}
