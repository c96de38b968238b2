import { type Json, uuidv7 } from '@ashlar/kernel'

type RawEvent = {
  readonly id: string
  readonly stream: string
  readonly version: number
  readonly position: number
  readonly type: string
  readonly data: Json
  readonly recordedAt: string
}

/**
 * The least that a store in memory has to do: a list for each stream, and events that nobody can change afterwards.
 *
 * No check, no index, no expected version. The date is written once per millisecond, as ours is.
 */
export class RawMemoryStore {
  readonly #streams = new Map<string, RawEvent[]>()
  #position = 0
  #recordedMs = 0
  #recordedAt = ''

  async append(
    stream: string,
    { type, data }: { readonly type: string; readonly data: Json },
  ): Promise<void> {
    let events = this.#streams.get(stream)
    if (events === undefined) {
      events = []
      this.#streams.set(stream, events)
    }
    const event = {
      id: uuidv7.next(),
      stream,
      version: events.length + 1,
      position: ++this.#position,
      type,
      data: frozenCopy(data),
      recordedAt: this.#now(),
    }
    events.push(Object.freeze(event))
  }

  #now(): string {
    const ms = Date.now()
    if (ms !== this.#recordedMs) {
      this.#recordedMs = ms
      this.#recordedAt = new Date(ms).toISOString()
    }
    return this.#recordedAt
  }
}

function frozenCopy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  const copy: Record<string, Json> = {}
  for (const [key, part] of Object.entries(value)) if (part !== undefined) copy[key] = frozenCopy(part)
  return Object.freeze(copy)
}
