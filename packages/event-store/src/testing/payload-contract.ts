import type { Json } from '@ashlar/kernel'
import { describe, expect, it } from 'vitest'
import type { NewEvent } from '../event.ts'
import type { EventStorage } from './event-storage.ts'
import { all, append, context, event, eventId, openedStore, refused } from './opened-store.ts'

const deep = (levels: number): Json => {
  let value: Json = 'bottom'
  for (let level = 0; level < levels; level++) value = { down: value }
  return value
}

export function payloadContract(name: string, open: () => Promise<EventStorage>): void {
  describe(`${name}: payloads`, () => {
    const opened = openedStore(open)
    const kept = async (sent: NewEvent) => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [sent] })
      const [recorded] = await all(opened.events.read('cart-1'))
      if (recorded === undefined) throw new Error('the event is missing')
      return recorded
    }

    it.each<[string, Json]>([
      ['text of many scripts', '고객 Ελ 😀 İß \u0000 \ud800 "\\'],
      ['null', null],
      ['numbers', [0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER, 5e-324]],
      ['nested data', { a: [{ b: { c: [true, false, null, ''] } }] }],
      ['a megabyte', 'x'.repeat(1_000_000)],
      ['names of inherited properties', { constructor: 1, toString: 2, hasOwnProperty: { valueOf: 3 } }],
      ['64 levels', deep(63)],
    ])('round trips %s', async (_, data) => {
      expect((await kept(event('A', data))).data).toEqual(data)
    })

    it('keeps −0 as 0 and leaves out what is undefined', async () => {
      const { data } = await kept(event('A', { zero: -0, gone: undefined }))

      expect(Object.is((data as { zero: number }).zero, 0)).toBe(true)
      expect(Object.keys(data as object)).toEqual(['zero'])
    })

    it('round trips all that an event has', async () => {
      const sent: NewEvent = {
        id: eventId(7),
        type: 'constructor',
        schemaVersion: 3,
        data: { quantity: 2 },
        tags: ['sku:1', 'cart:1', 'sku:1'],
        metadata: { correlationId: 'c', causationId: 'd', userId: 'u', traceparent: '00-aa-bb-01' },
        subject: 'customer-ada',
      }

      const recorded = await kept(sent)

      expect(recorded).toEqual({
        ...sent,
        tags: ['sku:1', 'cart:1'],
        stream: 'cart-1',
        version: 1,
        position: recorded.position,
        recordedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      })
    })

    it('gives an id, schema version 1, and empty tags and metadata where nothing was said', async () => {
      expect(await kept({ type: 'A', data: {} })).toMatchObject({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        schemaVersion: 1,
        tags: [],
        metadata: {},
      })
    })

    it.each([
      ['a key "__proto__"', JSON.parse('{"a":{"__proto__":{"isAdmin":true}}}'), 'events[0].data.a.__proto__'],
      ['NaN', { n: [0, Number.NaN] }, 'events[0].data.n[1]'],
      ['an infinite number', Number.POSITIVE_INFINITY, 'events[0].data'],
      ['a bigint', { n: 1n }, 'events[0].data.n'],
      ['a date', { at: new Date(0) }, 'events[0].data.at'],
      ['a map', new Map(), 'events[0].data'],
      ['a function', { f: () => 1 }, 'events[0].data.f'],
      ['a hole', { list: [1, undefined] }, 'events[0].data.list[1]'],
      ['nothing', undefined, 'events[0].data'],
    ])('refuses %s with its path', async (_, data, path) => {
      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: [{ type: 'A', data: data as Json }],
      })

      expect(failure).toMatchObject({ type: 'PayloadInvalid', path })
      expect(await opened.events.streamInfo('cart-1')).toBeUndefined()
    })

    it.each([65, 5_000])('refuses %i levels without falling over', async (levels) => {
      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: [event('A', deep(levels))],
      })

      expect(failure).toMatchObject({ type: 'PayloadInvalid', expected: 'nested less deeply' })
    })

    it('refuses data that contains itself', async () => {
      const circle: { again?: unknown } = {}
      circle.again = circle

      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: [event('A', circle as Json)],
      })

      expect(failure).toMatchObject({ type: 'PayloadInvalid' })
    })

    it.each<[string, Partial<NewEvent>, string]>([
      ['an empty type', { type: '' }, 'events[0].type'],
      ['a type of 201 characters', { type: 'x'.repeat(201) }, 'events[0].type'],
      ['an id that is no UUID', { id: 'one' }, 'events[0].id'],
      ['schema version 0', { schemaVersion: 0 }, 'events[0].schemaVersion'],
      ['an empty tag', { tags: [''] }, 'events[0].tags'],
      ['a type with U+0000', { type: 'A\0B' }, 'events[0].type'],
      ['a tag with half a surrogate pair', { tags: ['ok', 'sku:\ud800'] }, 'events[0].tags'],
      ['a subject with half a surrogate pair', { subject: '\udc00' }, 'events[0].subject'],
      ['an empty subject', { subject: '' }, 'events[0].subject'],
      ['tags that are null', { tags: null as never }, 'events[0].tags'],
      ['tags that are a text', { tags: 'sku:1' as never }, 'events[0].tags'],
      ['tags that are an object', { tags: Object.create(null) }, 'events[0].tags'],
      ['a tag that is no text', { tags: [1 as never] }, 'events[0].tags'],
      ['metadata that is null', { metadata: null as never }, 'events[0].metadata'],
      ['metadata that is a list', { metadata: [] as never }, 'events[0].metadata'],
      ['metadata that is a text', { metadata: 'x' as never }, 'events[0].metadata'],
      ['metadata that is a map', { metadata: new Map() as never }, 'events[0].metadata'],
      ['metadata that is no JSON', { metadata: { at: new Date(0) as never } }, 'events[0].metadata.at'],
    ])('refuses %s', async (_, part, path) => {
      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: [event('A', {}, part)],
      })

      expect(failure).toMatchObject({ type: 'PayloadInvalid', path })
    })

    it.each(['cart', '-1', 'cart-', '', 'x'.repeat(600), 'cart-\0', 'cart-\ud800'])(
      'refuses the stream name "%.10s"',
      async (stream) => {
        const failure = await refused(opened.events, {
          stream: stream as never,
          expected: 'any',
          events: [event('A')],
        })

        expect(failure).toMatchObject({ type: 'PayloadInvalid', path: 'stream' })
      },
    )

    it.each([-1, 1.5, Number.NaN, 'some', null])('refuses the expected version %s', async (wanted) => {
      const expected = wanted as never
      const failure = await refused(opened.events, { stream: 'cart-1', expected, events: [event('A')] })

      expect(failure).toMatchObject({ type: 'PayloadInvalid', path: 'expected' })
    })

    it('names the request of several that is at fault', async () => {
      const failure = await refused(opened.events, [
        { stream: 'cart-1', expected: 'any', events: [event('A')] },
        { stream: 'cart-2', expected: 'any', events: [event('B'), event('')] },
      ])

      expect(failure).toMatchObject({ type: 'PayloadInvalid', path: '[1].events[1].type' })
      expect(await opened.events.streamInfo('cart-1')).toBeUndefined()
    })

    it('does not let a change to what was sent reach the store', async () => {
      const data = { lines: [{ quantity: 1 }] }
      const tags = ['sku:1']
      const appending = opened.events.append(
        { stream: 'cart-1', expected: 'none', events: [event('A', data, { tags })] },
        context,
      )
      data.lines.push({ quantity: 999 })
      tags.push('sku:2')
      const appended = await appending

      const [recorded] = await all(opened.events.read('cart-1'))

      expect(appended.isOk()).toBe(true)
      expect(recorded).toMatchObject({ data: { lines: [{ quantity: 1 }] }, tags: ['sku:1'] })
    })

    it('hands out what nobody can change', async () => {
      const recorded = await kept(
        event('A', { lines: [{ quantity: 1 }] }, { tags: ['sku:1'], metadata: { userId: 'u' } }),
      )
      const { lines } = recorded.data as { lines: { quantity: number }[] }

      expect(() => Object.assign(recorded, { type: 'B' })).toThrow(TypeError)
      expect(() => Object.assign(lines[0] as object, { quantity: 999 })).toThrow(TypeError)
      expect(() => lines.push({ quantity: 2 })).toThrow(TypeError)
      expect(() => (recorded.tags as string[]).push('x')).toThrow(TypeError)
      expect(() => Object.assign(recorded.metadata, { userId: 'v' })).toThrow(TypeError)
    })
  })
}
