import { createContext, silentLogger, systemClock } from '@ashlar/kernel'
import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from '../define-saga.ts'
import type { SagaStore } from '../saga-store.ts'
import { gatedSaga } from './gated-saga.ts'
import { type Order, OrderWorld } from './order-world.ts'
import type { SagaHarness } from './saga-harness.ts'
import { interceptedStore } from './store-wrappers.ts'

/** Declares how a run begins and ends, and that it outlives a store that breaks. */
export function declareRunTests(harnessOf: () => SagaHarness): void {
  const orderOf = (id: string): Order => ({ orderId: id })

  describe('a store that breaks', () => {
    it.each<keyof SagaStore>(['save', 'claim', 'nextDue', 'watch'])(
      'in %s neither turns a saga back nor ends the run',
      async (method) => {
        const harness = harnessOf()
        const world = new OrderWorld()
        let failures = 0
        const store = interceptedStore(harness.store, (called) => {
          if (called === method && failures++ < 2) throw new Error('no connection')
        })
        const warnings: object[] = []
        const logger = { ...silentLogger, warn: (fields: object) => warnings.push(fields) }
        harness.work([world.saga()], { store, logger })

        const outcome = await (await harness.start(world.saga())).outcome()

        expect(outcome.status).toBe('completed')
        expect(world.effects).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
        expect(warnings.length).toBeGreaterThan(0)
      },
    )
  })

  describe('a run', () => {
    it('that is aborted stops its steps, and gives their sagas back uncounted', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      const worker = harness.work([gated.saga])
      const started = await harness
        .orchestrator([])
        .start(gated.saga, orderOf('1'), { id: 'g-1', context: harness.context })
      const signal = await gated.begun

      await worker.stop()

      expect(signal.reason).toMatchObject({ message: 'the worker was stopped' })
      const known = await worker.orchestrator.inspect('g-1')
      expect(known?.saga).toMatchObject({ status: 'running', step: 0, attempt: 0, owner: undefined })
      expect(known?.log).toEqual([])

      gated.letGo('second try')
      harness.work([gated.saga])
      const outcome = await started._unsafeUnwrap().outcome()
      expect(outcome).toEqual({ status: 'completed', value: 'second try' })
    })

    it('that is closed finishes the step under way, begins no other, and gives the saga back', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      const worker = harness.work([gated.saga])
      const started = await harness
        .orchestrator([])
        .start(gated.saga, orderOf('1'), { id: 'g-1', context: harness.context })
      await gated.begun

      const closing = worker.orchestrator.close()
      gated.letGo('done')
      await closing
      await worker.done

      expect(gated.runs).toEqual(['g-1/stock/run'])
      expect(await harness.store.find('g-1')).toMatchObject({
        status: 'running',
        step: 1,
        outputs: { stock: 'done' },
        owner: undefined,
        dueAt: harness.clock.now().getTime(),
      })
      harness.work([gated.saga])
      expect((await started._unsafeUnwrap().outcome()).status).toBe('completed')
    })

    it('does nothing when its signal was aborted before', async () => {
      const harness = harnessOf()
      const world = new OrderWorld()
      await harness.start(world.saga())

      await harness.orchestrator([world.saga()]).run({ signal: AbortSignal.abort() })

      expect((await harness.store.find('o-1'))?.fence).toBe(0)
    })

    it('can not be had twice at once, nor after the close', async () => {
      const harness = harnessOf()
      const { signal } = createContext()
      const { orchestrator } = harness.work([])

      await expect(orchestrator.run({ signal })).rejects.toMatchObject({ code: 'ASHLAR_SAGA_RUN_REFUSED' })
      await orchestrator.close()
      await orchestrator.close()
      await expect(orchestrator.run({ signal })).rejects.toMatchObject({ code: 'ASHLAR_SAGA_RUN_REFUSED' })
    })

    it('is woken by a start, and by the time at which an attempt is due', async () => {
      const harness = harnessOf()
      let calls = 0
      const saga = defineSaga<Order>({ name: 'order', version: 1 })
        .pivot('payment', {
          run: async () => {
            if (++calls < 3) throw new Error('no answer')
            return ok(calls)
          },
          retry: { firstDelayMs: 5 },
        })
        .result((state) => state.payment)
      const { orchestrator } = harness.work([saga], { clock: systemClock, pollMs: 2 ** 31 - 1 })

      const started = await orchestrator.start(saga, orderOf('1'), { id: 'o-1', context: harness.context })

      const outcome = await started._unsafeUnwrap().outcome()
      expect(outcome).toEqual({ status: 'completed', value: 3 })
    })

    it('ends when the store is closed', async () => {
      const harness = harnessOf()
      const { done } = harness.work([new OrderWorld().saga()])

      await harness.store.close()

      await expect(done).resolves.toBeUndefined()
    })
  })
}
