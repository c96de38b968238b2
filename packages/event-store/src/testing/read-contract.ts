import { describe, expect, it } from 'vitest'
import type { EventStorage } from './event-storage.ts'
import { all, append, context, event, openedStore, types } from './opened-store.ts'

export function readContract(name: string, open: () => Promise<EventStorage>): void {
  describe(`${name}: read and query`, () => {
    const opened = openedStore(open)
    const five = ['A', 'B', 'C', 'D', 'E']
    const writeFive = () =>
      append(opened.events, { stream: 'cart-1', expected: 'none', events: five.map((type) => event(type)) })

    it.each([
      ['all', {}, 'ABCDE'],
      ['from a version', { from: 3 }, 'CDE'],
      ['up to a version', { to: 3 }, 'ABC'],
      ['between two versions', { from: 2, to: 4 }, 'BCD'],
      ['a limited number', { limit: 2 }, 'AB'],
      ['backwards', { direction: 'backwards' }, 'EDCBA'],
      ['the last one', { direction: 'backwards', limit: 1 }, 'E'],
      ['backwards between two versions', { direction: 'backwards', from: 2, to: 4, limit: 2 }, 'DC'],
      ['nothing beyond the end', { from: 6 }, ''],
      ['nothing where the bounds cross', { from: 4, to: 2 }, ''],
    ] as const)('reads %s', async (_, options, expected) => {
      await writeFive()

      expect((await types(opened.events.read('cart-1', options))).join('')).toBe(expected)
    })

    it('reads long streams whole and in order', async () => {
      const events = Array.from({ length: 1_300 }, (_, index) => event('A', index + 1))
      await append(opened.events, { stream: 'cart-1', expected: 'none', events })

      const forwards = (await all(opened.events.read('cart-1'))).map(({ data }) => data)
      const backwards = (await all(opened.events.read('cart-1', { direction: 'backwards' }))).map(
        ({ data }) => data,
      )

      expect(forwards).toEqual(events.map(({ data }) => data))
      expect(backwards).toEqual(events.map(({ data }) => data).reverse())
    })

    it('finds nothing in a stream that is missing', async () => {
      expect(await types(opened.events.read('cart-1'))).toEqual([])
      expect(await opened.events.streamInfo('cart-1')).toBeUndefined()
    })

    it.each([{ from: 0 }, { from: -1 }, { from: 1.5 }, { from: Number.NaN }, { limit: 0 }, { limit: -1 }])(
      'refuses to read with %o',
      async (options) => {
        await expect(types(opened.events.read('cart-1', options))).rejects.toMatchObject({
          code: 'ASHLAR_EVENT_STORE_INVALID_READ',
        })
      },
    )

    it('stops reading when the signal is aborted', async () => {
      await writeFive()
      const stop = new AbortController()
      const read: string[] = []

      const reading = (async () => {
        for await (const { type } of opened.events.read('cart-1', { signal: stop.signal })) {
          read.push(type)
          stop.abort(new Error('enough'))
        }
      })()

      await expect(reading).rejects.toThrow('enough')
      expect(read).toEqual(['A'])
    })

    it('does not append once the signal is aborted', async () => {
      const aborted = { ...context, signal: AbortSignal.abort(new Error('too late')) }

      const appending = opened.events.append(
        { stream: 'cart-1', expected: 'any', events: [event('A')] },
        aborted,
      )

      await expect(appending).rejects.toThrow('too late')
      expect(await opened.events.streamInfo('cart-1')).toBeUndefined()
    })

    it('selects by category, types and tags, in the order of positions', async () => {
      await append(opened.events, [
        { stream: 'cart-1', expected: 'none', events: [event('Opened', {}, { tags: ['c:1'] })] },
        { stream: 'order-1', expected: 'none', events: [event('Placed', {}, { tags: ['c:1', 'o:1'] })] },
        { stream: 'cart-2', expected: 'none', events: [event('Closed', {}, { tags: ['c:2', 'c:1'] })] },
      ])
      const select = async (query: Parameters<typeof opened.events.query>[0]) =>
        types(opened.events.query(query))

      expect(await select('all')).toEqual(['Opened', 'Placed', 'Closed'])
      expect(await select({ category: 'cart' })).toEqual(['Opened', 'Closed'])
      expect(await select({ category: 'car' })).toEqual([])
      expect(await select({ anyOf: [{ types: ['Placed', 'Closed'] }] })).toEqual(['Placed', 'Closed'])
      expect(await select({ anyOf: [{ tags: ['c:1'] }] })).toEqual(['Opened', 'Placed', 'Closed'])
      expect(await select({ anyOf: [{ tags: ['c:1', 'c:2'] }] })).toEqual(['Closed'])
      expect(await select({ anyOf: [{ types: ['Opened'], tags: ['o:1'] }] })).toEqual([])
      expect(
        await select({ anyOf: [{ tags: ['c:2'] }, { types: ['Opened'] }, { tags: ['c:1', 'c:2'] }] }),
      ).toEqual(['Opened', 'Closed'])
      expect(await select({ anyOf: [{}] })).toEqual(['Opened', 'Placed', 'Closed'])
      expect(await select({ anyOf: [{ types: [] }] })).toEqual([])
      expect(await select({ anyOf: [] })).toEqual([])
    })

    it('finds nothing by words that can not be stored, though one looks like what it would become', async () => {
      const near = event('A\ufffd', {}, { tags: ['t:\ufffd', 'cut'] })
      await append(opened.events, { stream: 'cart\ufffd-1\ufffd', expected: 'none', events: [near] })
      const select = (query: Parameters<typeof opened.events.query>[0]) => types(opened.events.query(query))

      for (const half of ['\ud800', '\udfff']) {
        expect(await types(opened.events.read(`cart\ufffd-1${half}`))).toEqual([])
        expect(await opened.events.streamInfo(`cart\ufffd-1${half}`)).toBeUndefined()
        expect(await select({ category: `cart${half}` })).toEqual([])
        expect(await select({ anyOf: [{ tags: [`t:${half}`] }] })).toEqual([])
        expect(await select({ anyOf: [{ tags: ['cut', `t:${half}`] }] })).toEqual([])
        expect(await select({ anyOf: [{ types: [`A${half}`] }] })).toEqual([])
        expect(await select({ anyOf: [{ types: [`A${half}`, 'A\ufffd'] }] })).toEqual(['A\ufffd'])
        expect(await select({ anyOf: [{ types: [`A${half}`] }, { tags: ['cut'] }] })).toEqual(['A\ufffd'])
      }
      expect(await select({ anyOf: [{ tags: ['cut\0'] }] })).toEqual([])
      expect(await types(opened.events.read('cart\ufffd-1\ufffd\0x'))).toEqual([])
    })

    it.each(['cart', '-1', 'cart-', '', 'x'.repeat(600), 'cart-\0', 'cart-\ud800', undefined])(
      'refuses to archive or tombstone the stream "%.10s"',
      async (name) => {
        const stream = name as never
        const code = 'ASHLAR_EVENT_STORE_INVALID_NAME'

        await expect(opened.events.archive(stream, context)).rejects.toMatchObject({ code })
        await expect(opened.events.tombstone(stream, context)).rejects.toMatchObject({ code })
        expect(await opened.events.streamInfo(stream)).toBeUndefined()
      },
    )

    it('selects after a position, and no more than the limit', async () => {
      await writeFive()
      const [first, , third] = await all(opened.events.query('all'))

      expect(await types(opened.events.query('all', { after: third?.position ?? 0 }))).toEqual(['D', 'E'])
      expect(await types(opened.events.query('all', { after: first?.position ?? 0, limit: 2 }))).toEqual([
        'B',
        'C',
      ])
    })

    it('selects long results whole and in order', async () => {
      const events = Array.from({ length: 1_300 }, (_, index) =>
        event('A', index, { tags: [`t:${index % 3}`] }),
      )
      await append(opened.events, { stream: 'cart-1', expected: 'none', events })

      const found = await all(opened.events.query({ anyOf: [{ tags: ['t:0'] }, { tags: ['t:1'] }] }))

      expect(found.map(({ data }) => data)).toEqual(
        events.map(({ data }) => data).filter((data) => Number(data) % 3 !== 2),
      )
    })

    it('hides an archived stream from queries, not from those who name it', async () => {
      await append(opened.events, [
        { stream: 'cart-1', expected: 'none', events: [event('A', {}, { tags: ['c:1'] })] },
        { stream: 'cart-2', expected: 'none', events: [event('B', {}, { tags: ['c:1'] })] },
      ])

      await opened.events.archive('cart-1', context)
      await append(opened.events, { stream: 'cart-1', expected: 1, events: [event('C')] })

      expect(await types(opened.events.query('all'))).toEqual(['B'])
      expect(await types(opened.events.query({ category: 'cart' }))).toEqual(['B'])
      expect(await types(opened.events.query({ anyOf: [{ tags: ['c:1'] }] }))).toEqual(['B'])
      expect(await types(opened.events.read('cart-1'))).toEqual(['A', 'C'])
      expect(await opened.events.streamInfo('cart-1')).toMatchObject({
        version: 2,
        archivedAt: expect.any(String),
      })
    })
  })
}
