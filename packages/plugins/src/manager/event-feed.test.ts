import { describe, expect, it } from 'vitest'
import { EventFeed } from './event-feed.ts'
import type { PluginEvent } from './plugin-event.ts'

const clock = { now: () => new Date(0) }
const denied = (what: string) => ({ type: 'denied', plugin: 'p', what }) as const
const whatOf = (event: PluginEvent): unknown => (event.type === 'denied' ? event.what : event)

async function drained(events: AsyncIterable<PluginEvent>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const event of events) all.push(whatOf(event))
  return all
}

describe('EventFeed', () => {
  it('tells each reader everything from the moment on at which it was made', async () => {
    const feed = new EventFeed(clock)
    const { signal } = new AbortController()

    const early = feed.read(signal)
    feed.tell(denied('one'))
    const late = feed.read(signal)
    feed.tell(denied('two'))
    feed.close()

    expect(await drained(early)).toEqual(['one', 'two'])
    expect(await drained(late)).toEqual(['two'])
  })

  it('bears the time, and can not be changed', async () => {
    const feed = new EventFeed(clock)
    const events = feed.read(new AbortController().signal)

    feed.tell(denied('one'))
    const { value } = await events.next()

    expect(value).toEqual({ type: 'denied', plugin: 'p', what: 'one', at: '1970-01-01T00:00:00.000Z' })
    expect(Object.isFrozen(value)).toBe(true)
  })

  it('tells a slow reader how many it has missed', async () => {
    const feed = new EventFeed(clock)
    const events = feed.read(new AbortController().signal)

    for (let number = 0; number < 1_500; number++) feed.tell(denied(`${number}`))
    feed.close()
    const all = await drained(events)

    expect(all).toHaveLength(1_001)
    expect(all[0]).toMatchObject({ type: 'missed', count: 500 })
    expect(all.at(-1)).toBe('1499')
  })

  it('wakes a reader that waits, and ends with its signal', async () => {
    const feed = new EventFeed(clock)
    const stop = new AbortController()
    const events = feed.read(stop.signal)

    const waiting = events.next()
    feed.tell(denied('one'))
    const first = await waiting
    const next = events.next()
    stop.abort(new Error('enough'))

    expect(first.value).toMatchObject({ what: 'one' })
    await expect(next).rejects.toThrow('enough')
    expect(await events.next()).toEqual({ done: true, value: undefined })
  })
})
