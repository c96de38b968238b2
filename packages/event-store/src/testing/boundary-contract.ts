import { describe, expect, it } from 'vitest'
import type { RecordedEvent } from '../event.ts'
import type { EventQuery } from '../event-query.ts'
import type { Fold } from '../event-store.ts'
import type { EventStorage } from './event-storage.ts'
import { append, context, event, openedStore, refused, types } from './opened-store.ts'

const count: Fold<number> = { initialState: () => 0, evolve: (counted) => counted + 1 }
const course = (id: number): EventQuery => ({ anyOf: [{ types: ['Enrolled'], tags: [`course:${id}`] }] })

export function boundaryContract(name: string, open: () => Promise<EventStorage>): void {
  describe(`${name}: dynamic consistency boundaries`, () => {
    const opened = openedStore(open)
    const enrolled = (courseId: number, student: string) =>
      event('Enrolled', { student }, { tags: [`course:${courseId}`, `student:${student}`] })

    it('folds the events of a query in order', async () => {
      await append(opened.events, {
        stream: 'course-1',
        expected: 'none',
        events: [enrolled(1, 'a'), enrolled(2, 'b')],
      })
      await append(opened.events, { stream: 'course-1', expected: 2, events: [enrolled(1, 'c')] })
      const students: Fold<string[]> = {
        initialState: () => [],
        evolve: (seen, { data }: RecordedEvent) => [...seen, (data as { student: string }).student],
      }

      const { state } = await opened.events.load(course(1), students)

      expect(state).toEqual(['a', 'c'])
    })

    it('lets exactly one of many racers write inside a shared boundary', async () => {
      for (let round = 0; round < 100; round++) {
        const query = course(round)
        const racers = Array.from({ length: 8 }, async (_, racer) => {
          const { state, boundary } = await opened.events.load(query, count)
          if (state > 0) return false
          const result = await opened.events.append(
            {
              stream: `student-${round}-${racer}`,
              expected: 'any',
              events: [enrolled(round, `s${racer}`)],
              failIf: boundary,
            },
            context,
          )
          return result.isOk()
        })

        const won = (await Promise.all(racers)).filter(Boolean)

        expect(won).toHaveLength(1)
        expect((await opened.events.load(query, count)).state).toBe(1)
      }
    })

    it('notices what was written between the load and the append', async () => {
      const { boundary } = await opened.events.load(course(1), count)
      const receipt = await append(opened.events, {
        stream: 'student-a',
        expected: 'any',
        events: [enrolled(1, 'a')],
      })

      const failure = await refused(opened.events, {
        stream: 'student-b',
        expected: 'any',
        events: [enrolled(1, 'b')],
        failIf: boundary,
      })

      expect(failure).toMatchObject({
        type: 'BoundaryConflict',
        after: boundary.after,
        position: receipt.lastPosition,
      })
      expect(await types(opened.events.read('student-b'))).toEqual([])
    })

    it('notices what is written while events are read', async () => {
      await append(opened.events, { stream: 'student-a', expected: 'any', events: [enrolled(1, 'a')] })
      let interloper: Promise<unknown> | undefined
      const slow: Fold<number> = {
        initialState: () => 0,
        evolve(counted) {
          interloper ??= append(opened.events, {
            stream: 'student-b',
            expected: 'any',
            events: [enrolled(1, 'b')],
          })
          return counted + 1
        },
      }
      const { state, boundary } = await opened.events.load(course(1), slow)
      await interloper

      const result = await opened.events.append(
        { stream: 'student-c', expected: 'any', events: [enrolled(1, 'c')], failIf: boundary },
        context,
      )

      expect(state === 1 ? result.isErr() : state === 2 && result.isOk()).toBe(true)
    })

    it('does not take an unchanged boundary for a conflict', async () => {
      await append(opened.events, { stream: 'student-a', expected: 'any', events: [enrolled(1, 'a')] })
      const first = await opened.events.load(course(1), count)
      const second = await opened.events.load(course(1), count)

      const receipt = await append(opened.events, {
        stream: 'student-b',
        expected: 'any',
        events: [enrolled(1, 'b')],
        failIf: first.boundary,
      })

      expect(first).toEqual(second)
      expect(receipt.deduplicated).toBe(false)
    })

    it('lets disjoint boundaries be', async () => {
      const loads = await Promise.all([1, 2, 3, 4].map((id) => opened.events.load(course(id), count)))

      const appends = loads.map(({ boundary }, index) =>
        opened.events.append(
          {
            stream: `student-${index}`,
            expected: 'any',
            events: [enrolled(index + 1, 's')],
            failIf: boundary,
          },
          context,
        ),
      )

      expect((await Promise.all(appends)).every((result) => result.isOk())).toBe(true)
    })

    it('never refuses an append that names no boundary', async () => {
      const writes = Array.from({ length: 40 }, (_, index) =>
        opened.events.append(
          { stream: `student-${index}`, expected: 'any', events: [enrolled(1, 's')] },
          context,
        ),
      )

      expect((await Promise.all(writes)).every((result) => result.isOk())).toBe(true)
    })

    it('watches over boundaries of all events, of a category and of types alone', async () => {
      const queries: EventQuery[] = ['all', { category: 'student' }, { anyOf: [{ types: ['Enrolled'] }] }]
      for (const query of queries) {
        const { boundary } = await opened.events.load(query, count)
        await append(opened.events, { stream: 'student-a', expected: 'any', events: [enrolled(1, 'a')] })

        const failure = await refused(opened.events, {
          stream: 'other-1',
          expected: 'any',
          events: [event('Other')],
          failIf: boundary,
        })

        expect(failure).toMatchObject({ type: 'BoundaryConflict', query })
      }
    })

    it.each<[string, unknown, string]>([
      ['null', null, 'failIf'],
      ['no position', { query: 'all' }, 'failIf.after'],
      ['the position NaN', { query: 'all', after: Number.NaN }, 'failIf.after'],
      ['the position −1', { query: 'all', after: -1 }, 'failIf.after'],
      ['half a position', { query: 'all', after: 0.5 }, 'failIf.after'],
      ['a text for a position', { query: 'all', after: '0' }, 'failIf.after'],
      ['no query', { after: 0 }, 'failIf.query'],
      ['an empty query', { query: {}, after: 0 }, 'failIf.query.anyOf'],
      ['a category that is no text', { query: { category: 1 }, after: 0 }, 'failIf.query.category'],
      ['an item that is none', { query: { anyOf: [null] }, after: 0 }, 'failIf.query.anyOf[0]'],
      [
        'tags that are no list',
        { query: { anyOf: [{}, { tags: 't' }] }, after: 0 },
        'failIf.query.anyOf[1].tags',
      ],
      [
        'a type that is no text',
        { query: { anyOf: [{ types: ['A', 1] }] }, after: 0 },
        'failIf.query.anyOf[0].types[1]',
      ],
    ])('refuses a boundary of %s with its path', async (_, failIf, path) => {
      const request = { stream: 'cart-1', expected: 'any', events: [event('A')], failIf } as never

      const failure = await refused(opened.events, request)
      const ofSeveral = await refused(opened.events, [request])

      expect(failure).toMatchObject({ type: 'PayloadInvalid', path })
      expect(ofSeveral).toMatchObject({ type: 'PayloadInvalid', path: `[0].${path}` })
      expect(await opened.events.safePosition()).toBe(0)
    })

    it('does not let a change to a boundary that was sent reach the store', async () => {
      await append(opened.events, { stream: 'student-a', expected: 'any', events: [enrolled(1, 'a')] })
      const tags = ['course:1']
      const failIf = { query: { anyOf: [{ tags }] }, after: 0 }

      const appending = opened.events.append(
        { stream: 'student-b', expected: 'any', events: [enrolled(1, 'b')], failIf },
        context,
      )
      tags[0] = 'course:2'
      failIf.after = 99

      expect((await appending)._unsafeUnwrapErr()).toMatchObject({
        type: 'BoundaryConflict',
        query: { anyOf: [{ tags: ['course:1'] }] },
        after: 0,
      })
    })

    it('hands out a boundary that nobody can change', async () => {
      const tags = ['course:1']
      const item = { tags }
      const { boundary } = await opened.events.load({ anyOf: [item] }, count)
      tags[0] = 'course:2'

      expect(boundary.query).toEqual({ anyOf: [{ tags: ['course:1'] }] })
      const { anyOf } = boundary.query as { anyOf: { tags: string[] }[] }
      expect(() => anyOf.push({ tags: [] })).toThrow(TypeError)
      expect(() => anyOf[0]?.tags.push('x')).toThrow(TypeError)
      expect(() => Object.assign(boundary.query, { category: 'cart' })).toThrow(TypeError)
    })

    it.each([null, {}, 'none', { anyOf: [{ tags: 'course:1' }] }])(
      'refuses to look for %o, which is no query',
      async (anything) => {
        const query = anything as never
        const code = 'ASHLAR_EVENT_STORE_INVALID_READ'

        await expect(opened.events.load(query, count)).rejects.toMatchObject({ code })
        await expect(types(opened.events.query(query))).rejects.toMatchObject({ code })
      },
    )

    it('asks for the boundary of a request without events when others have some, and of no append that is empty', async () => {
      await append(opened.events, { stream: 'student-a', expected: 'any', events: [enrolled(1, 'a')] })
      const guard = {
        stream: 'student-b',
        expected: 'any',
        events: [],
        failIf: { query: course(1), after: 0 },
      } as const

      const failure = await refused(opened.events, [
        { stream: 'student-c', expected: 'any', events: [enrolled(2, 'c')] },
        guard,
      ])
      const empty = await append(opened.events, [guard, guard])

      expect(failure).toMatchObject({ type: 'BoundaryConflict', query: course(1), after: 0 })
      expect(await types(opened.events.read('student-c'))).toEqual([])
      expect(empty.streams.map(({ version }) => version)).toEqual([0, 0])
    })
  })
}
