import { describe, expect, it } from 'vitest'
import type { EventStorage } from './event-storage.ts'
import {
  all,
  append,
  context,
  event,
  eventId,
  openedStore,
  refused,
  types,
  versionOf,
} from './opened-store.ts'

export function appendContract(name: string, open: () => Promise<EventStorage>): void {
  describe(`${name}: append`, () => {
    const opened = openedStore(open)

    it('gives the versions 1 to n to a new stream', async () => {
      const receipt = await append(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A'), event('B')],
      })

      expect(receipt).toMatchObject({ streams: [{ stream: 'cart-1', version: 2 }], deduplicated: false })
      expect((await all(opened.events.read('cart-1'))).map(({ version }) => version)).toEqual([1, 2])
    })

    it("refuses 'none' for a stream that exists, and tells its version", async () => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A')] })

      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('B')],
      })

      expect(failure).toMatchObject({
        type: 'VersionConflict',
        stream: 'cart-1',
        expected: 'none',
        actual: 1,
      })
    })

    it("takes 0 for 'none'", async () => {
      await append(opened.events, { stream: 'cart-1', expected: 0, events: [event('A')] })

      const failure = await refused(opened.events, { stream: 'cart-1', expected: 0, events: [event('B')] })

      expect(failure).toMatchObject({ type: 'VersionConflict', expected: 'none', actual: 1 })
    })

    it("refuses 'exists' for a stream that is missing", async () => {
      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'exists',
        events: [event('A')],
      })

      expect(failure).toMatchObject({ type: 'VersionConflict', expected: 'exists', actual: 0 })
    })

    it('takes the exact version', async () => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A')] })

      const receipt = await append(opened.events, { stream: 'cart-1', expected: 1, events: [event('B')] })

      expect(receipt.streams).toEqual([{ stream: 'cart-1', version: 2 }])
    })

    it.each([1, 3])('refuses version %i when the stream is at 2', async (expected) => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A'), event('B')] })

      const failure = await refused(opened.events, { stream: 'cart-1', expected, events: [event('C')] })

      expect(failure).toMatchObject({
        type: 'VersionConflict',
        expected,
        actual: 2,
        message: `stream "cart-1" is at version 2, expected ${expected}`,
      })
    })

    it("never refuses 'any', whoever else is writing", async () => {
      const writers = Array.from({ length: 8 }, async () => {
        for (let round = 0; round < 50; round++)
          await append(opened.events, { stream: 'hot-1', expected: 'any', events: [event('A')] })
      })

      await Promise.all(writers)

      const versions = (await all(opened.events.read('hot-1'))).map(({ version }) => version)
      expect(versions).toEqual(Array.from({ length: 400 }, (_, index) => index + 1))
    })

    it('lets exactly one of many racers have a version', async () => {
      for (let version = 0; version < 10; version++) {
        const race = Array.from({ length: 8 }, () =>
          opened.events.append({ stream: 'hot-1', expected: version, events: [event('A')] }, context),
        )

        const results = await Promise.all(race)

        expect(results.filter((result) => result.isOk())).toHaveLength(1)
      }
      expect(await versionOf(opened.events, 'hot-1')).toBe(10)
    })

    it('writes nothing when it fails', async () => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A')] })
      const before = await opened.events.safePosition()

      await refused(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('B', {}, { id: eventId(1), tags: ['sku:1'] })],
      })

      expect(await types(opened.events.query('all'))).toEqual(['A'])
      expect(await types(opened.events.query({ anyOf: [{ tags: ['sku:1'] }] }))).toEqual([])
      expect(await opened.events.safePosition()).toBe(before)
      const again = {
        stream: 'cart-2',
        expected: 'none',
        events: [event('B', {}, { id: eventId(1) })],
      } as const
      expect((await append(opened.events, again)).deduplicated).toBe(false)
    })

    it('does nothing, and succeeds, without events', async () => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A')] })

      const receipt = await append(opened.events, { stream: 'cart-1', expected: 7, events: [] })

      expect(receipt).toMatchObject({ streams: [{ stream: 'cart-1', version: 1 }], deduplicated: false })
      expect(await versionOf(opened.events, 'cart-1')).toBe(1)
      await append(opened.events, { stream: 'cart-2', expected: 'none', events: [] })
      expect(await opened.events.streamInfo('cart-2')).toBeUndefined()
    })

    it('recognises the same ids on the same stream', async () => {
      const request = {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A', {}, { id: eventId(1) }), event('B', {}, { id: eventId(2) })],
      } as const
      const first = await append(opened.events, request)
      await append(opened.events, { stream: 'cart-1', expected: 2, events: [event('C')] })

      const second = await append(opened.events, request)

      expect(second).toEqual({ ...first, deduplicated: true })
      expect(await types(opened.events.read('cart-1'))).toEqual(['A', 'B', 'C'])
    })

    it('recognises a repeated append to several streams', async () => {
      const requests = [
        { stream: 'cart-1', expected: 'none', events: [event('A', {}, { id: eventId(1) })] },
        { stream: 'cart-2', expected: 'none', events: [event('B', {}, { id: eventId(2) })] },
      ] as const
      const first = await append(opened.events, requests)

      const second = await append(opened.events, requests)

      expect(second).toEqual({ ...first, deduplicated: true })
    })

    it('leaves a stream to which it adds nothing untouched', async () => {
      const receipt = await append(opened.events, [
        { stream: 'cart-1', expected: 'none', events: [event('A')] },
        { stream: 'cart-2', expected: 7, events: [] },
      ])

      expect(receipt.streams).toEqual([
        { stream: 'cart-1', version: 1 },
        { stream: 'cart-2', version: 0 },
      ])
      expect(await opened.events.streamInfo('cart-2')).toBeUndefined()
    })

    it.each([
      ['the first only', [1, 3], 1],
      ['the last only', [3, 1], 1],
      ['another order', [2, 1], 1],
    ])('refuses ids of which some were used: %s', async (_, ids, used) => {
      await append(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A', {}, { id: eventId(1) }), event('B', {}, { id: eventId(2) })],
      })

      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: ids.map((id) => event('C', {}, { id: eventId(id) })),
      })

      expect(failure).toMatchObject({ type: 'EventIdReused', stream: 'cart-1', id: eventId(used) })
      expect(await versionOf(opened.events, 'cart-1')).toBe(2)
    })

    it('refuses an id that another stream used', async () => {
      await append(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A', {}, { id: eventId(1) })],
      })

      const failure = await refused(opened.events, {
        stream: 'cart-2',
        expected: 'none',
        events: [event('A', {}, { id: eventId(1) })],
      })

      expect(failure).toMatchObject({ type: 'EventIdReused', id: eventId(1), stream: 'cart-1' })
    })

    it('refuses an id that stands twice in one append', async () => {
      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'none',
        events: [event('A', {}, { id: eventId(1) }), event('B', {}, { id: eventId(1) })],
      })

      expect(failure).toMatchObject({ type: 'EventIdReused', id: eventId(1) })
    })

    it('writes to several streams all or none', async () => {
      await append(opened.events, { stream: 'cart-2', expected: 'none', events: [event('A')] })

      const failure = await refused(opened.events, [
        { stream: 'cart-1', expected: 'none', events: [event('B')] },
        { stream: 'cart-2', expected: 'none', events: [event('C')] },
      ])

      expect(failure).toMatchObject({ type: 'VersionConflict', stream: 'cart-2' })
      expect(await opened.events.streamInfo('cart-1')).toBeUndefined()
    })

    it('counts what the same append added to a stream before', async () => {
      const receipt = await append(opened.events, [
        { stream: 'cart-1', expected: 'none', events: [event('A'), event('B')] },
        { stream: 'cart-2', expected: 'none', events: [event('C')] },
        { stream: 'cart-1', expected: 2, events: [event('D')] },
      ])

      expect(receipt.streams.map(({ version }) => version)).toEqual([2, 1, 3])
      expect(await types(opened.events.query('all'))).toEqual(['A', 'B', 'C', 'D'])
      expect(await types(opened.events.read('cart-1'))).toEqual(['A', 'B', 'D'])
    })

    it('gives positions in the order of the events, strictly increasing', async () => {
      const writers = Array.from({ length: 4 }, async (_, writer) => {
        for (let round = 0; round < 25; round++)
          await append(opened.events, {
            stream: `cart-${writer % 2}`,
            expected: 'any',
            events: [event('A', { round }), event('B', { round })],
          })
      })

      await Promise.all(writers)

      const everything = await all(opened.events.query('all'))
      const positions = everything.map(({ position }) => position)
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b))
      for (const stream of ['cart-0', 'cart-1'] as const) {
        const own = await all(opened.events.read(stream))
        expect(own.map(({ position }) => position)).toEqual(
          everything.filter((recorded) => recorded.stream === stream).map(({ position }) => position),
        )
        expect(own.map(({ type }) => type).join('')).toBe('AB'.repeat(50))
      }
    })

    it('refuses a stream that was tombstoned, for ever', async () => {
      await append(opened.events, { stream: 'cart-1', expected: 'none', events: [event('A')] })
      await opened.events.tombstone('cart-1', context)

      const failure = await refused(opened.events, {
        stream: 'cart-1',
        expected: 'any',
        events: [event('B')],
      })

      expect(failure).toMatchObject({ type: 'StreamDeleted', stream: 'cart-1' })
      expect(await types(opened.events.read('cart-1'))).toEqual(['A'])
      expect(await opened.events.streamInfo('cart-1')).toMatchObject({
        version: 1,
        tombstonedAt: expect.any(String),
      })
    })
  })
}
