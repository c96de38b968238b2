import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from '../define-saga.ts'
import type { SagaStore } from '../saga-store.ts'
import { gatedSaga } from './gated-saga.ts'
import { type Order, OrderWorld } from './order-world.ts'
import { leaseMs, type SagaHarness } from './saga-harness.ts'
import { interceptedStore } from './store-wrappers.ts'

/** Declares how several workers share a store, and what becomes of those who lose a lease. */
export function declareWorkerTests(harnessOf: () => SagaHarness): void {
  const orderOf = (id: string): Order => ({ orderId: id })

  describe('several workers', () => {
    it('share sagas and call each step once', async () => {
      const harness = harnessOf()
      const worlds = Array.from({ length: 24 }, () => new OrderWorld())
      const calls: string[] = []
      const saga = defineSaga<Order>({ name: 'order', version: 1 })
        .step('stock', {
          run: async ({ key }) => {
            calls.push(key)
            return ok(key)
          },
          compensate: async () => {},
        })
        .pivot('payment', {
          run: async ({ key }) => {
            calls.push(key)
            return ok(key)
          },
        })
        .result((state) => state.payment)
      for (const _ of [1, 2, 3]) harness.work([saga], { concurrency: 3 })

      const outcomes = await Promise.all(
        worlds.map(async (_, n) => {
          const id = `o-${n}`
          const started = await harness.orchestrator([]).start(saga, orderOf(id), {
            id,
            context: harness.context,
          })
          return started._unsafeUnwrap().outcome()
        }),
      )

      expect(outcomes).toEqual(worlds.map((_, n) => ({ status: 'completed', value: `o-${n}/payment/run` })))
      expect(calls).toHaveLength(48)
      expect(new Set(calls).size).toBe(48)
    })

    it('leave sagas of unknown definitions and versions alone', async () => {
      const harness = harnessOf()
      const { store, context } = harness
      const world = new OrderWorld()
      const newer = defineSaga<Order>({ name: 'order', version: 2 })
        .pivot('only', { run: async () => ok('new') })
        .result((state) => state.only)
      const started = await harness.orchestrator([]).start(newer, orderOf('2'), { id: 'o-2', context })
      const before = await store.find('o-2')
      harness.work([world.saga()])

      await (await harness.start(world.saga())).outcome()

      expect(await store.find('o-2')).toEqual(before)
      harness.work([newer, world.saga()])
      expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'completed', value: 'new' })
    })

    it('go on with other sagas while one is stuck', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      const broken = new OrderWorld({ 'payment/run': 'says no', 'payment/undo': 'throws' })
      const { orchestrator } = harness.work([gated.saga, broken.saga()], { concurrency: 2 })

      const started = await orchestrator.start(gated.saga, orderOf('1'), {
        id: 'g-1',
        context: harness.context,
      })
      await gated.begun
      const outcome = await (await harness.start(broken.saga())).outcome()
      gated.letGo('late')

      expect(outcome.status).toBe('needs-attention')
      expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'completed', value: 'late' })
    })

    it('refuse what a zombie wants to write after another worker has taken over', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      const healthy = gatedSaga()
      const answers: boolean[] = []
      let isFrozen = false
      const store = interceptedStore(harness.store, (method) => {
        if (isFrozen && method !== 'save') throw new Error('the process stands still')
      })
      const zombie = harness.work([gated.saga], {
        store: {
          ...store,
          async save(saga, entry) {
            const isSaved = await harness.store.save(saga, entry)
            answers.push(isSaved)
            return isSaved
          },
        },
      })
      const started = await harness
        .orchestrator([])
        .start(gated.saga, orderOf('1'), { id: 'g-1', context: harness.context })
      await gated.begun
      isFrozen = true
      harness.clock.advance(leaseMs)
      harness.work([healthy.saga])
      healthy.letGo('by the healthy one')
      const outcome = await started._unsafeUnwrap().outcome()
      const before = await harness.orchestrator([]).inspect('g-1')

      gated.letGo('by the zombie')
      await zombie.orchestrator.close()

      expect(outcome).toEqual({ status: 'completed', value: 'by the healthy one' })
      expect(answers).toEqual([false])
      expect(await harness.orchestrator([]).inspect('g-1')).toEqual(before)
      expect(gated.runs).toEqual(['g-1/stock/run'])
    })

    it('stop at once when a sign of life tells that their lease was lost', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      harness.work([gated.saga], { leaseMs: 30 })
      const { context } = harness
      const started = await harness.orchestrator([]).start(gated.saga, orderOf('1'), { id: 'g-1', context })
      const signal = await gated.begun

      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      const now = harness.clock.now().getTime() + leaseMs
      await harness.store.claim({
        owner: 'another',
        definitions: ['gated@1'],
        limit: 1,
        now,
        leaseUntil: now + leaseMs,
      })
      await aborted

      expect(started.isOk()).toBe(true)
      expect(signal.reason).toMatchObject({ message: 'the lease of saga "g-1" was lost' })
      expect((await harness.store.find('g-1'))?.owner).toBe('another')
    })

    it('drop an attempt whose lease they slept through, when they claim the saga again', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      harness.work([gated.saga])
      const started = await harness
        .orchestrator([])
        .start(gated.saga, orderOf('1'), { id: 'g-1', context: harness.context })
      const signal = await gated.begun

      const aborted = new Promise((resolve) => signal.addEventListener('abort', resolve))
      harness.clock.advance(leaseMs)
      await aborted
      gated.letGo('done')

      expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'completed', value: 'done' })
      expect(gated.runs).toEqual(['g-1/stock/run', 'g-1/stock/run', 'g-1/payment/run'])
      expect(await harness.store.log('g-1')).toHaveLength(2)
    })

    it('save what a step did that blocked them for longer than its lease, and do not begin it for ever', async () => {
      const harness = harnessOf()
      const runs: string[] = []
      const block = (step: string) => {
        runs.push(step)
        if (runs.length < 20) harness.clock.advance(leaseMs)
        return ok(step)
      }
      const saga = defineSaga<Order>({ name: 'blocking', version: 1 })
        .step('first', { run: async () => block('first'), compensate: async () => {} })
        .retriable('second', { run: async () => block('second') })
        .result(({ first, second }) => [first, second])
      const { orchestrator } = harness.work([saga])

      const started = await orchestrator.start(saga, orderOf('1'), { id: 'o-1', context: harness.context })
      const outcome = await started._unsafeUnwrap().outcome()

      expect(outcome).toEqual({ status: 'completed', value: ['first', 'second'] })
      expect(runs.length).toBeLessThan(5)
    })

    it('keep their leases while a step takes long, even if signs of life fail now and then', async () => {
      const harness = harnessOf()
      const gated = gatedSaga()
      const renewed = Promise.withResolvers<void>()
      const firstEnd = harness.clock.now().getTime() + 30
      let failures = 0
      const store: SagaStore = {
        ...interceptedStore(harness.store, () => {}),
        async renew(held, leaseUntil) {
          if (failures++ < 2) throw new Error('no connection')
          const lost = await harness.store.renew(held, leaseUntil)
          if (leaseUntil > firstEnd) renewed.resolve()
          return lost
        },
      }
      harness.work([gated.saga], { leaseMs: 30, store })
      const started = await harness
        .orchestrator([])
        .start(gated.saga, orderOf('1'), { id: 'g-1', context: harness.context })
      await gated.begun

      harness.clock.advance(20)
      await renewed.promise

      expect((await harness.store.find('g-1'))?.dueAt).toBe(firstEnd + 20)
      gated.letGo('done')
      expect((await started._unsafeUnwrap().outcome()).status).toBe('completed')
    })
  })
}
