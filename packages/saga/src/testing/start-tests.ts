import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from '../define-saga.ts'
import { type Order, OrderWorld } from './order-world.ts'
import type { SagaHarness } from './saga-harness.ts'
import { interceptedStore } from './store-wrappers.ts'

/** Declares that one id is one saga, and who is told how it ended. */
export function declareStartTests(harnessOf: () => SagaHarness): void {
  const orderOf = (id: string): Order => ({ orderId: id })

  describe('start', () => {
    it('gives the same saga for the same id and input, however the keys are ordered', async () => {
      const harness = harnessOf()
      const { store, context } = harness
      const saga = defineSaga<{ a: number; b: { c: string } }>({ name: 'twice', version: 1 })
        .pivot('only', { run: async () => ok() })
        .result(() => 'done')
      const orchestrator = harness.orchestrator([saga])

      const first = await orchestrator.start(saga, { a: 1, b: { c: 'x' } }, { id: 'o-1', context })
      const second = await orchestrator.start(saga, { b: { c: 'x' }, a: 1 }, { id: 'o-1', context })

      expect([first._unsafeUnwrap().id, second._unsafeUnwrap().id]).toEqual(['o-1', 'o-1'])
      expect((await store.find('o-1'))?.fence).toBe(0)
    })

    it('refuses the id of a saga that has another input, definition or version', async () => {
      const harness = harnessOf()
      const { context } = harness
      const sagaOf = (name: string, version: number) =>
        defineSaga<Order>({ name, version })
          .pivot('only', { run: async () => ok() })
          .result(() => 'done')
      const orchestrator = harness.orchestrator([])
      const first = await orchestrator.start(sagaOf('order', 1), orderOf('1'), { id: 'o-1', context })

      const otherInput = await orchestrator.start(sagaOf('order', 1), orderOf('2'), { id: 'o-1', context })
      const otherName = await orchestrator.start(sagaOf('refund', 1), orderOf('1'), { id: 'o-1', context })
      const otherVersion = await orchestrator.start(sagaOf('order', 2), orderOf('1'), { id: 'o-1', context })

      expect(first.isOk()).toBe(true)
      expect([otherInput, otherName, otherVersion].map((result) => result._unsafeUnwrapErr())).toMatchObject([
        { type: 'SagaInputMismatch', id: 'o-1', differs: 'input' },
        { type: 'SagaInputMismatch', differs: 'definition', expected: 'refund@1', found: 'order@1' },
        { type: 'SagaInputMismatch', differs: 'definition', expected: 'order@2', found: 'order@1' },
      ])
    })

    it.each(['', 'x'.repeat(501), 'a\u0000b', 'half \ud800'])(
      'refuses an id that can not be kept',
      async (id) => {
        const harness = harnessOf()
        const saga = new OrderWorld().saga()
        const orchestrator = harness.orchestrator([])
        const invalid = { name: 'InvalidSagaIdError', code: 'ASHLAR_SAGA_INVALID_ID' }

        const starting = orchestrator.start(saga, orderOf('1'), { id, context: harness.context })

        await expect(starting).rejects.toMatchObject(invalid)
        expect(() => orchestrator.handle(saga, id)).toThrow(expect.objectContaining(invalid))
        expect(await harness.store.find(id)).toBeUndefined()
      },
    )

    it.each([' ', 'x'.repeat(500), 'a/b', '__proto__', '💥'])('takes the id %s', async (id) => {
      const harness = harnessOf()
      const world = new OrderWorld()

      const saga = await harness.start(world.saga(), id)

      expect([saga.id, (await harness.store.find(id))?.id]).toEqual([id, id])
    })

    it('starts one saga when the same one is started several times at once', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      harness.work([world.saga()])
      harness.work([world.saga()])

      const handles = await Promise.all([1, 2, 3, 4].map(() => harness.start(world.saga())))
      const outcomes = await Promise.all(handles.map((handle) => handle.outcome()))

      expect(outcomes.map((outcome) => outcome.status)).toEqual(outcomes.map(() => 'completed'))
      expect(world.calls).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
    })
  })

  describe('outcome', () => {
    it('can be waited for through an orchestrator that never runs', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      const elsewhere = harness.orchestrator([]).handle(world.saga(), 'o-1')

      const waiting = elsewhere.outcome()
      await harness.start(world.saga())
      harness.work([world.saga()])

      expect((await waiting).status).toBe('completed')
      expect((await elsewhere.outcome()).status).toBe('completed')
    })

    it('of a saga that has ended is told while others are waited for', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      const orchestrator = harness.orchestrator([])
      const stop = new AbortController()
      const worker = harness.work([world.saga()])
      await (await harness.start(world.saga())).outcome()
      await worker.stop()

      const other = orchestrator.handle(world.saga(), 'o-2').outcome({ signal: stop.signal })
      await harness.until('o-1', () => true)
      const outcome = await orchestrator.handle(world.saga(), 'o-1').outcome()
      stop.abort(new Error('enough'))

      expect(outcome.status).toBe('completed')
      await expect(other).rejects.toThrow('enough')
    })

    it('is told though the store breaks at the first look', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      const worker = harness.work([world.saga()])
      await (await harness.start(world.saga())).outcome()
      await worker.stop()
      let failures = 0
      const store = interceptedStore(harness.store, (method) => {
        if (method === 'find' && failures++ < 2) throw new Error('no connection')
      })

      const outcome = await harness.orchestrator([], { store }).handle(world.saga(), 'o-1').outcome()

      expect(outcome.status).toBe('completed')
      expect(failures).toBeGreaterThan(2)
    })

    it('stops waiting at its signal, though the store is broken', async () => {
      const harness = harnessOf()
      const looked = Promise.withResolvers<void>()
      const store = interceptedStore(harness.store, (method) => {
        if (method !== 'find') return
        looked.resolve()
        throw new Error('no connection')
      })
      const stop = new AbortController()
      const handle = harness.orchestrator([], { store }).handle(new OrderWorld().saga(), 'o-1')

      const waiting = handle.outcome({ signal: stop.signal })
      await looked.promise
      stop.abort(new Error('enough'))

      await expect(waiting).rejects.toThrow('enough')
    })

    it('stops waiting at its signal, and the saga, and the saga goes on', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      const saga = await harness.start(world.saga())
      const stop = new AbortController()

      const waiting = saga.outcome({ signal: stop.signal })
      stop.abort(new Error('enough'))
      await expect(waiting).rejects.toThrow('enough')
      harness.work([world.saga()])

      expect((await saga.outcome()).status).toBe('completed')
    })

    it('refuses to read a saga with another definition', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      const other = defineSaga<Order>({ name: 'other', version: 1 })
        .pivot('only', { run: async () => ok() })
        .result(() => 'done')
      const saga = await harness.start(world.saga())
      harness.work([world.saga()])
      await saga.outcome()

      const reading = harness.orchestrator([]).handle(other, 'o-1').outcome()

      await expect(reading).rejects.toMatchObject({ code: 'ASHLAR_SAGA_WRONG_DEFINITION' })
    })
  })
}
