/**
 * For those who write an event store of their own: the checks and decisions that all stores share.
 *
 * @packageDocumentation
 */

export {
  type AppendDecision,
  type AppendView,
  decideAppend,
  type StreamState,
} from './adapter/decide-append.ts'
export { frozenQuery } from './adapter/frozen-query.ts'
export { matchesQuery } from './adapter/match-query.ts'
export {
  type PreparedAppend,
  type PreparedEvent,
  type PrepareOptions,
  prepareAppend,
} from './adapter/prepare-append.ts'
export { checkQueryOptions, checkReadOptions, type ReadRange } from './adapter/read-range.ts'
export { isStorable, isStreamId, requireStreamId, requireTenantId } from './adapter/storable-name.ts'
