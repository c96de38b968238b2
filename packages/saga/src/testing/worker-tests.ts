import { createContext, silentLogger, systemClock } from '@ashlar/kernel'
import { ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from '../define-saga.ts'
import type { SagaStore } from '../saga-store.ts'
import { type Order, OrderWorld } from './order-world.ts'
import { leaseMs, type SagaHarness } from './saga-harness.ts'
import { interceptedStore } from './store-wrappers.ts'

/** A saga of one step before the pivot that tells when it has begun, and ends when it is let go. */
function gatedSaga() {
  const begun = Promise.withResolvers<AbortSignal>()
  const gate = Promise.withResolvers<string>()
  const runs: string[] = []
  const saga = defineSaga<Order>({ name: 'gated', version: 1 })
    .step('stock', {
      run: async ({ key, context }) => {
        runs.push(key)
        begun.resolve(context.signal)
        return ok(await gate.promise)
      },
      compensate: async () => {},
    })
    .pivot('payment', {
      run: async ({ key }) => {
        runs.push(key)
        return ok()
      },
    })
    .result((state) => state.stock)
  return { saga, begun: begun.promise, letGo: gate.resolve, runs }
}

/** Declares how several workers share a store, and how a run begins and ends. */
export function declareWorkerTests(harnessOf: () => SagaHarness): void {
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

    it('stops waiting at its signal, and the saga goes on', async () => {
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
