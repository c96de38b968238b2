import type { Context } from '@ashlar/kernel'
import {
  type AppendFailure,
  type AppendRequest,
  type Boundary,
  categoryOf,
  type EventQuery,
  type EventStore,
  type Fold,
  InMemoryEventStore,
  type NewEvent,
  type RecordedEvent,
  type StreamId,
  streamId,
} from './index.ts'

declare const store: EventStore
declare const context: Context
declare const recorded: RecordedEvent
declare const boundary: Boundary

const opened: NewEvent = { type: 'CartOpened', data: { customerId: 'ada' }, tags: ['customer:ada'] }
export const request: AppendRequest = {
  stream: 'cart-42',
  expected: 'none',
  events: [opened],
  failIf: boundary,
}
export const many: readonly AppendRequest[] = [
  request,
  { ...request, stream: streamId('cart', '43'), expected: 3 },
]
export const inMemory: EventStore = new InMemoryEventStore({ tenantId: 'acme' })

// @ts-expect-error a stream's name has a hyphen
export const nameless: StreamId = 'cart'

// @ts-expect-error only a stream's name has a category
categoryOf('cart')

// @ts-expect-error a date in the data
export const dated: NewEvent = { type: 'CartOpened', data: { at: new Date(0) } }

// @ts-expect-error a bigint in the data
export const big: NewEvent = { type: 'CartOpened', data: 1n }

// @ts-expect-error an event has data, if only null
export const dataless: NewEvent = { type: 'CartOpened' }

// @ts-expect-error metadata is an object
export const flat: NewEvent = { type: 'CartOpened', data: null, metadata: 'ada' }

// @ts-expect-error tags are a list
export const tagged: NewEvent = { type: 'CartOpened', data: null, tags: 'customer:ada' }

// @ts-expect-error what a writer expects must be said
export const careless: AppendRequest = { stream: 'cart-42', events: [opened] }

// @ts-expect-error there is no such expectation
export const vague: AppendRequest = { stream: 'cart-42', expected: 'some', events: [opened] }

// @ts-expect-error a boundary has a query
export const unbound: AppendRequest = { stream: 'cart-42', expected: 'any', events: [], failIf: { after: 3 } }

// @ts-expect-error a query is of one kind
export const empty: EventQuery = {}

// @ts-expect-error items of a query name types or tags
export const unknown: EventQuery = { anyOf: [{ streams: ['cart-42'] }] }

// @ts-expect-error a recorded event stands still
recorded.type = 'Other'

// @ts-expect-error so do its tags
recorded.tags.push('other')

// @ts-expect-error its data must be looked at before it is used
export const unseen: unknown = recorded.data.customerId

// @ts-expect-error appending wants a context
export const contextless: Promise<unknown> = store.append(request)

// @ts-expect-error there is no such direction
store.read('cart-42', { direction: 'sideways' })

// @ts-expect-error watching wants a signal
store.watch({})

const total: Fold<number> = { initialState: () => 0, evolve: (state) => state + 1 }
export const loaded: Promise<number> = store.load('all', total).then(({ state }) => state)

// @ts-expect-error a fold evolves to its own kind of state
export const folded: Fold<number> = { initialState: () => 0, evolve: () => 'one' }

export function tell(refused: AppendFailure): string {
  switch (refused.type) {
    case 'VersionConflict':
      return `${refused.stream} ${refused.expected} ${refused.actual}`
    case 'BoundaryConflict':
      return `${refused.position} > ${refused.after}`
    case 'StreamDeleted':
      return refused.stream
    case 'EventIdReused':
      return refused.id
    case 'PayloadInvalid':
      return refused.path
    case 'OutcomeUnknown':
      return String(refused.cause)
    default:
      return refused satisfies never
  }
}

export function half(refused: AppendFailure): string {
  if (refused.type === 'VersionConflict') return refused.stream
  // @ts-expect-error five more are left
  return refused satisfies never
}
