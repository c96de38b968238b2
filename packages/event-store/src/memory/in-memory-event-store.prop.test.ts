import { createContext } from '@ashlar/kernel'
import { fixedClock, sequentialIds } from '@ashlar/kernel/testing'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExpectedVersion, NewEvent, RecordedEvent, StreamId } from '../event.ts'
import type { Boundary, EventQuery } from '../event-query.ts'
import type { AppendRequest, EventStore } from '../event-store.ts'
import { eventId } from '../testing/opened-store.ts'
import { InMemoryEventStore } from './in-memory-event-store.ts'

const numRuns = process.env.ASHLAR_DEEP ? 20_000 : 500
const context = createContext({ correlationId: 'model' })

type Step =
  | { do: 'append'; requests: AppendRequest[] }
  | { do: 'archive' | 'tombstone'; stream: StreamId }
  | { do: 'read'; stream: StreamId; from: number; to: number; backwards: boolean; limit: number }
  | { do: 'query'; query: EventQuery; after: number; limit: number }
  | { do: 'fork'; steps: Step[]; commits: boolean }

const streams: StreamId[] = ['cart-1', 'cart-2-a', 'order-1']
const stream = fc.constantFrom(...streams)
const tags = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 })
const types = fc.uniqueArray(fc.constantFrom('X', 'Y'), { maxLength: 2 })
const query: fc.Arbitrary<EventQuery> = fc.oneof(
  fc.constant('all' as const),
  fc.constantFrom('cart', 'order', 'car').map((category) => ({ category })),
  fc.record({ anyOf: fc.array(fc.record({ types, tags }, { requiredKeys: [] }), { maxLength: 2 }) }),
)
const newEvent: fc.Arbitrary<NewEvent> = fc.record(
  { type: fc.constantFrom('X', 'Y'), data: fc.nat(9), tags, id: fc.nat(11).map(eventId) },
  { requiredKeys: ['type', 'data'] },
)
const expected: fc.Arbitrary<ExpectedVersion> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('any', 'any', 'none', 'exists') },
  { weight: 1, arbitrary: fc.nat(5) },
)
const boundary: fc.Arbitrary<Boundary> = fc.record({ query, after: fc.nat(12) })
const request: fc.Arbitrary<AppendRequest> = fc.record(
  { stream, expected, events: fc.array(newEvent, { maxLength: 3 }), failIf: boundary },
  { requiredKeys: ['stream', 'expected', 'events'] },
)
const limit = fc.integer({ min: 1, max: 8 })
const { step } = fc.letrec<{ step: Step; steps: Step[] }>((tie) => ({
  step: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      do: fc.constant('append' as const),
      requests: fc.array(request, { minLength: 1, maxLength: 3 }),
    }),
    fc.record({ do: fc.constantFrom('archive' as const, 'tombstone' as const), stream }),
    fc.record({
      do: fc.constant('read' as const),
      stream,
      from: fc.integer({ min: 1, max: 6 }),
      to: fc.nat(8),
      backwards: fc.boolean(),
      limit,
    }),
    fc.record({ do: fc.constant('query' as const), query, after: fc.nat(10), limit }),
    fc.record({ do: fc.constant('fork' as const), steps: tie('steps'), commits: fc.boolean() }),
  ),
  steps: fc.array(tie('step'), { maxLength: 6 }),
}))

/** What a store means, in as few words as possible: one list of events, searched from end to end. */
type Known = {
  stream: StreamId
  version: number
  position: number
  type: string
  tags: readonly string[]
  id?: string
}
type Model = { events: Known[]; archived: string[]; tombstoned: string[] }

const versionIn = (model: Model, of: string) => model.events.filter((each) => each.stream === of).length

function matches(asked: EventQuery, event: Known): boolean {
  if (asked === 'all') return true
  if ('category' in asked) return event.stream.startsWith(`${asked.category}-`)
  return asked.anyOf.some(
    (item) =>
      (item.types ?? [event.type]).includes(event.type) &&
      (item.tags ?? []).every((tag) => event.tags.includes(tag)),
  )
}

function select(model: Model, asked: EventQuery, after: number): Known[] {
  return model.events.filter(
    (event) => event.position > after && matches(asked, event) && !model.archived.includes(event.stream),
  )
}

function appendTo(model: Model, requests: readonly AppendRequest[]): unknown {
  const sent = requests.flatMap(({ stream: to, events }) => events.map((event) => ({ to, event })))
  const given = sent.flatMap(({ event }) => event.id ?? [])
  const before = sent.map(({ event }) => model.events.find(({ id }) => id !== undefined && id === event.id))
  if (new Set(given).size < given.length) return 'EventIdReused'
  if (before.some((found) => found !== undefined)) return repeatIn(model, requests)
  const draft = structuredClone(model)
  const versions: { stream: StreamId; version: number }[] = []
  for (const { stream: to, expected: wanted, events, failIf } of requests) {
    const version = versionIn(draft, to)
    if (events.length > 0) {
      if (model.tombstoned.includes(to)) return 'StreamDeleted'
      const fits =
        wanted === 'any' ||
        (wanted === 'none' ? version === 0 : wanted === 'exists' ? version > 0 : wanted === version)
      if (!fits) return `VersionConflict at ${version}`
    }
    const isBeyond = failIf && sent.length > 0 && select(model, failIf.query, failIf.after).length > 0
    if (isBeyond) return 'BoundaryConflict'
    for (const { type, tags: found = [], id } of events)
      draft.events.push({
        stream: to,
        version: versionIn(draft, to) + 1,
        position: draft.events.length + 1,
        type,
        tags: found,
        ...(id !== undefined && { id }),
      })
    versions.push({ stream: to, version: versionIn(draft, to) })
  }
  Object.assign(model, draft)
  return { streams: versions, lastPosition: model.events.length, deduplicated: false }
}

/** All or nothing must have been recorded before, each request's events in one row. */
function repeatIn(model: Model, requests: readonly AppendRequest[]): unknown {
  const last: number[] = []
  const versions: { stream: StreamId; version: number }[] = []
  for (const { stream: to, events } of requests) {
    const found = events.map(({ id }) => model.events.find((each) => each.id !== undefined && each.id === id))
    const first = found[0]?.version ?? 0
    if (found.some((each, index) => each?.stream !== to || each.version !== first + index))
      return 'EventIdReused'
    last.push(...found.map((each) => each?.position ?? 0))
    versions.push({
      stream: to,
      version: events.length === 0 ? versionIn(model, to) : first + events.length - 1,
    })
  }
  return { streams: versions, lastPosition: Math.max(...last), deduplicated: true }
}

/** One step on the model; returns what the store should answer. */
function expectOf(model: Model, next: Exclude<Step, { do: 'fork' }>): unknown {
  switch (next.do) {
    case 'append':
      return appendTo(model, next.requests)
    case 'archive':
      return void model.archived.push(next.stream)
    case 'tombstone':
      return void model.tombstoned.push(next.stream)
    case 'read': {
      const own = model.events.filter((event) => event.stream === next.stream)
      const wanted = own.filter(({ version }) => version >= next.from && version <= next.to)
      return (next.backwards ? wanted.toReversed() : wanted).slice(0, next.limit).map(positionOf)
    }
    case 'query':
      return select(model, next.query, next.after).slice(0, next.limit).map(positionOf)
  }
}

async function answerOf(store: EventStore, next: Exclude<Step, { do: 'fork' }>): Promise<unknown> {
  switch (next.do) {
    case 'append':
      return (await store.append(next.requests, context)).match(
        (receipt) => receipt,
        (refused) =>
          refused.type === 'VersionConflict' ? `VersionConflict at ${refused.actual}` : refused.type,
      )
    case 'archive':
      return store.archive(next.stream, context)
    case 'tombstone':
      return store.tombstone(next.stream, context)
    case 'read': {
      const { from, to, limit: most, backwards } = next
      const direction = backwards ? 'backwards' : 'forwards'
      return (await Array.fromAsync(store.read(next.stream, { from, to, limit: most, direction }))).map(
        positionOf,
      )
    }
    case 'query':
      return (await Array.fromAsync(store.query(next.query, { after: next.after, limit: next.limit }))).map(
        positionOf,
      )
  }
}

const positionOf = ({ position }: Pick<RecordedEvent, 'position'>) => position

async function follow(store: InMemoryEventStore, model: Model, steps: readonly Step[]): Promise<void> {
  for (const next of steps) {
    if (next.do === 'fork') {
      const { port, commit } = store.fork()
      const inside = structuredClone(model)
      await follow(port as InMemoryEventStore, inside, next.steps)
      if (next.commits) {
        commit()
        Object.assign(model, inside)
      }
    } else expect(await answerOf(store, next)).toEqual(expectOf(model, next))
    await expectSame(store, model)
  }
}

async function expectSame(store: EventStore, model: Model): Promise<void> {
  const asKnown = ({ stream: of, version, position, type, tags: found }: Known | RecordedEvent) =>
    `${position} ${of}/${version} ${type} ${found.join()}`
  const known = (events: readonly Known[]) => events.map(asKnown)
  const told = async (events: AsyncIterable<RecordedEvent>) => (await Array.fromAsync(events)).map(asKnown)

  expect(await store.safePosition()).toBe(model.events.length)
  expect(await told(store.query('all'))).toEqual(known(select(model, 'all', 0)))
  for (const each of streams) {
    expect(await told(store.read(each))).toEqual(known(model.events.filter((event) => event.stream === each)))
    const isTouched = [...model.archived, ...model.tombstoned].includes(each) || versionIn(model, each) > 0
    const info = await store.streamInfo(each)
    expect(
      info && {
        ...info,
        archivedAt: info.archivedAt !== undefined,
        tombstonedAt: info.tombstonedAt !== undefined,
      },
    ).toEqual(
      isTouched
        ? {
            stream: each,
            version: versionIn(model, each),
            archivedAt: model.archived.includes(each),
            tombstonedAt: model.tombstoned.includes(each),
          }
        : undefined,
    )
  }
}

describe('InMemoryEventStore and a model of it', () => {
  it('answer alike and hold the same, through forks of forks that are committed or dropped', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), async (steps) => {
        const store = new InMemoryEventStore({ clock: fixedClock(), ids: sequentialIds(1_000) })

        await follow(store, { events: [], archived: [], tombstoned: [] }, steps)
      }),
      { numRuns },
    )
  })

  it('come to the same with and without forks around committed steps', async () => {
    const flat = (steps: readonly Step[]): Step[] =>
      steps.flatMap((next) => (next.do === 'fork' ? (next.commits ? flat(next.steps) : []) : [next]))
    const finish = async (steps: readonly Step[]) => {
      const store = new InMemoryEventStore({ clock: fixedClock(), ids: sequentialIds(1_000) })
      await follow(store, { events: [], archived: [], tombstoned: [] }, steps)
      return (await Array.fromAsync(store.query('all'))).map(({ id: _, ...rest }) => rest)
    }

    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        expect(await finish(steps)).toEqual(await finish(flat(steps)))
      }),
      { numRuns: numRuns / 5 },
    )
  })
})
