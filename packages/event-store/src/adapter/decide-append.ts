import { err, failure, ok, type Result } from '@ashlar/result'
import type { AppendFailure, EventIdReused } from '../append-failure.ts'
import type { ExpectedVersion, Position, StreamId, Version } from '../event.ts'
import type { Boundary } from '../event-query.ts'
import type { AppendReceipt } from '../event-store.ts'
import type { PreparedAppend } from './prepare-append.ts'

/** What an append needs to know of a stream. */
export interface StreamState {
  /** How many events it has. */
  readonly version: Version
  /** True when it takes no more events. */
  readonly tombstoned: boolean
}

/** What an append needs to see of a store, as of the moment at which it would be written. */
export interface AppendView {
  /** The state of a stream, or undefined for one that was never touched. */
  streamState(stream: StreamId): StreamState | undefined
  /** Where an event id was used. */
  findEvent(
    id: string,
  ): { readonly stream: StreamId; readonly version: Version; readonly position: Position } | undefined
  /** The position of an event beyond the boundary, or undefined when there is none. */
  findBeyond(boundary: Boundary): Position | undefined
  /** The last position that was given. */
  lastPosition(): Position
}

/** What to do with an append: answer with a receipt at once, or write from these versions on. */
export type AppendDecision =
  | {
      /** False when there is nothing to write. */
      readonly write: false
      /** What to answer with. */
      readonly receipt: AppendReceipt
    }
  | {
      /** True when the events are to be written. */
      readonly write: true
      /** The version of each request's stream before its own events, in the order of the requests. */
      readonly versions: readonly Version[]
    }

/**
 * Decides whether an append may be written; the one place that knows what expected versions, repeated ids and
 * boundaries mean.
 *
 * @param requests - as `prepareAppend` made them
 * @param view - must not change before the decision is carried out
 * @returns what to do, or why nothing may be done
 * @example
 * ```ts
 * import { type AppendView, decideAppend, prepareAppend } from '@ashlar/event-store/adapter'
 * import { uuidv7 } from '@ashlar/kernel'
 *
 * const empty: AppendView = {
 *   streamState: () => undefined,
 *   findEvent: () => undefined,
 *   findBeyond: () => undefined,
 *   lastPosition: () => 0,
 * }
 * const late = { stream: 'cart-42', expected: 3, events: [{ type: 'ItemAdded', data: {} }] } as const
 * const decision = prepareAppend(late, { ids: uuidv7 }).andThen((requests) => decideAppend(requests, empty))
 * console.log(decision.isErr() && decision.error.message)
 * ```
 */
export function decideAppend(
  requests: readonly PreparedAppend[],
  view: AppendView,
): Result<AppendDecision, AppendFailure> {
  const repeated = findRepeated(requests, view)
  if (repeated.isErr()) return err(repeated.error)
  if (repeated.value !== undefined) return ok({ write: false, receipt: repeated.value })

  const versions: Version[] = []
  const isEmpty = requests.every(({ events }) => events.length === 0)
  for (const [index, request] of requests.entries()) {
    const state = view.streamState(request.stream)
    const version = (state?.version ?? 0) + addedBefore(requests, index)
    versions.push(version)
    if (request.events.length > 0) {
      if (state?.tombstoned === true) return err(streamDeleted(request))
      if (!isExpected(request.expected, version)) return err(versionConflict(request, version))
    }
    const beyond = request.failIf && !isEmpty ? view.findBeyond(request.failIf) : undefined
    if (beyond !== undefined) return err(boundaryConflict(request.failIf as Boundary, beyond))
  }
  if (!isEmpty) return ok({ write: true, versions })
  const streams = requests.map(({ stream }, index) => ({ stream, version: versions[index] as Version }))
  return ok({ write: false, receipt: { streams, lastPosition: view.lastPosition(), deduplicated: false } })
}

function isExpected(expected: ExpectedVersion, version: Version): boolean {
  switch (expected) {
    case 'any':
      return true
    case 'none':
      return version === 0
    case 'exists':
      return version > 0
    default:
      return version === expected
  }
}

/** Earlier requests of the same append may have added to the same stream. */
function addedBefore(requests: readonly PreparedAppend[], index: number): number {
  let added = 0
  for (let earlier = 0; earlier < index; earlier++)
    if (requests[earlier]?.stream === requests[index]?.stream) added += requests[earlier]?.events.length ?? 0
  return added
}

/** A receipt when every event was recorded before by the same ids, undefined when none was. */
function findRepeated(
  requests: readonly PreparedAppend[],
  view: AppendView,
): Result<AppendReceipt | undefined, EventIdReused> {
  if (!requests.some(({ events }) => events.some(({ idGiven }) => idGiven))) return ok(undefined)
  const seen = new Set<string>()
  const streams: { stream: StreamId; version: Version }[] = []
  let used: { readonly id: string; readonly stream: StreamId } | undefined
  let lastPosition = 0
  let isNew = false
  for (const { stream, events } of requests) {
    let version = events.length === 0 ? (view.streamState(stream)?.version ?? 0) : 0
    for (const [index, { id, idGiven }] of events.entries()) {
      if (seen.has(id)) return err(idReused(id, stream))
      seen.add(id)
      const found = idGiven ? view.findEvent(id) : undefined
      if (found === undefined) isNew = true
      else if (found.stream !== stream || (index > 0 && found.version !== version + 1))
        return err(idReused(id, found.stream))
      else {
        version = found.version
        lastPosition = Math.max(lastPosition, found.position)
        used ??= { id, stream }
      }
      if (isNew && used !== undefined) return err(idReused(used.id, used.stream))
    }
    streams.push({ stream, version })
  }
  return ok(isNew ? undefined : { streams, lastPosition, deduplicated: true })
}

function streamDeleted({ stream }: PreparedAppend): AppendFailure {
  return failure('StreamDeleted', `stream "${stream}" was tombstoned and takes no more events`, { stream })
}

function versionConflict({ stream, expected }: PreparedAppend, actual: Version): AppendFailure {
  return failure('VersionConflict', `stream "${stream}" is at version ${actual}, expected ${expected}`, {
    stream,
    expected,
    actual,
  })
}

function boundaryConflict({ query, after }: Boundary, position: Position): AppendFailure {
  return failure(
    'BoundaryConflict',
    `an event at position ${position} lies inside the boundary, expected none after ${after}`,
    { query, after, position },
  )
}

function idReused(id: string, stream: StreamId): EventIdReused {
  return failure('EventIdReused', `event id "${id}" was used before, in stream "${stream}"`, { id, stream })
}
