import { type Context, createContext, type Json } from '@ashlar/kernel'
import { afterEach, beforeEach } from 'vitest'
import type { NewEvent, RecordedEvent, StreamId } from '../event.ts'
import type { AppendReceipt, AppendRequest, EventStore } from '../event-store.ts'
import type { EventStorage } from './event-storage.ts'

export const context: Context = createContext({ correlationId: 'event-store-contract' })

/** A store that is opened before each test and closed after it. */
export function openedStore(open: () => Promise<EventStorage>): {
  readonly storage: EventStorage
  readonly events: EventStore
} {
  let storage: EventStorage
  beforeEach(async () => {
    storage = await open()
  })
  afterEach(() => storage.close())
  return {
    get storage() {
      return storage
    },
    get events() {
      return storage.events
    },
  }
}

export function event(type: string, data: Json = {}, more: Partial<NewEvent> = {}): NewEvent {
  return { type, data, ...more }
}

export function eventId(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, '0')}`
}

/** Appends what must be taken. */
export async function append(
  store: EventStore,
  request: AppendRequest | readonly AppendRequest[],
): Promise<AppendReceipt> {
  return (await store.append(request, context))._unsafeUnwrap()
}

/** Appends what must be refused. */
export async function refused(
  store: EventStore,
  request: AppendRequest | readonly AppendRequest[],
): Promise<object> {
  return (await store.append(request, context))._unsafeUnwrapErr()
}

export async function all(events: AsyncIterable<RecordedEvent>): Promise<RecordedEvent[]> {
  return Array.fromAsync(events)
}

export async function types(events: AsyncIterable<RecordedEvent>): Promise<string[]> {
  return (await all(events)).map(({ type }) => type)
}

export async function versionOf(store: EventStore, stream: StreamId): Promise<number | undefined> {
  return (await store.streamInfo(stream))?.version
}
