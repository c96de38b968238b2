import type { RecordedEvent, StreamId } from '@ashlar/event-store'
import { isStreamId, type ReadRange } from '@ashlar/event-store/adapter'
import type { Connection } from '../file/connection.ts'
import { eventColumns, recordedEvent } from './event-row.ts'

const pageSize = 500

const ofStream = `select ${eventColumns} from streams s cross join events e on e.stream_id = s.id
  where s.tenant = ? and s.name = ? and e.version between ? and ?`
const forwards = `${ofStream} order by e.version limit ?`
const backwards = `${ofStream} order by e.version desc limit ?`

/** One page of a stream, and what is left of the range, if there may be more. */
export function readStream(
  file: Connection,
  tenant: string,
  stream: StreamId,
  range: ReadRange,
): { readonly events: readonly RecordedEvent[]; readonly rest: ReadRange | undefined } {
  if (!isStreamId(stream)) return { events: [], rest: undefined }
  const size = Math.min(range.limit, pageSize)
  const sql = range.backwards ? backwards : forwards
  const events = file.rows(sql, tenant, stream, range.from, range.to, size).map(recordedEvent)
  const last = events.at(-1)
  if (last === undefined || events.length < size) return { events, rest: undefined }
  const rest = range.backwards ? { to: last.version - 1 } : { from: last.version + 1 }
  return { events, rest: { ...range, ...rest, limit: range.limit - size } }
}
