import { type Clock, Wakeup } from '@ashlar/kernel'
import type { PluginEvent } from './plugin-event.ts'

/** How many events wait for a slow reader before the oldest are dropped. */
const mostWaiting = 1_000

/** An event without its time. */
export type Untimed = PluginEvent extends infer Event
  ? Event extends PluginEvent
    ? Omit<Event, 'at'>
    : never
  : never

/** Tells events to any number of readers, each at its own pace. */
export class EventFeed {
  readonly #clock: Clock
  readonly #readers = new Set<Reader>()
  readonly #wakeup = new Wakeup()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  tell(event: Untimed): void {
    if (this.#readers.size === 0) return
    const timed = Object.freeze({ ...event, at: this.#now() }) as PluginEvent
    for (const reader of this.#readers) reader.take(timed)
    this.#wakeup.wake()
  }

  /** Everything from now on, until the feed is closed. */
  read(signal: AbortSignal): AsyncGenerator<PluginEvent, void, undefined> {
    const reader = new Reader()
    this.#readers.add(reader)
    return this.#follow(reader, signal)
  }

  /** Lets readers go once they have read what waits for them. */
  close(): void {
    this.#wakeup.close()
  }

  async *#follow(reader: Reader, signal: AbortSignal): AsyncGenerator<PluginEvent, void, undefined> {
    try {
      for await (const _ of this.#wakeup.waits({ signal })) yield* this.#waiting(reader)
      yield* this.#waiting(reader)
    } finally {
      this.#readers.delete(reader)
    }
  }

  *#waiting(reader: Reader): Generator<PluginEvent, void, undefined> {
    for (;;) {
      const { missed } = reader
      reader.missed = 0
      if (missed > 0) yield Object.freeze({ type: 'missed', at: this.#now(), count: missed })
      const event = reader.waiting.shift()
      if (event === undefined) return
      yield event
    }
  }

  #now(): string {
    return this.#clock.now().toISOString()
  }
}

/** What waits for one reader. */
class Reader {
  readonly waiting: PluginEvent[] = []
  missed = 0

  take(event: PluginEvent): void {
    this.waiting.push(event)
    if (this.waiting.length <= mostWaiting) return
    this.waiting.shift()
    this.missed++
  }
}
