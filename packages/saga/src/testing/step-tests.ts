import { createContext } from '@ashlar/kernel'
import { err, failure, ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from '../define-saga.ts'
import type { CompensateContext, RunContext } from '../saga-definition.ts'
import type { Order } from './order-world.ts'
import type { SagaHarness } from './saga-harness.ts'

const order: Order = { orderId: '42' }

/** Declares what steps are given, what they may give, and how they rest. */
export function declareStepTests(harnessOf: () => SagaHarness): void {
  const begin = () => defineSaga<Order>({ name: 'order', version: 1 })

  describe('a step', () => {
    it('is given the input, the outputs before it, its key, and the context of the request', async () => {
      const harness = harnessOf()
      const given: RunContext<unknown>[] = []
      const saga = begin()
        .step('stock', { run: async () => ok({ reservationId: 'r-1' }), compensate: async () => {} })
        .pivot('payment', {
          run: async (context) => {
            given.push(context)
            return ok()
          },
        })
        .result((state) => state)
      harness.work([saga])
      const context = createContext({ correlationId: 'c-7', causationId: 'e-7', userId: 'grace' })

      const started = await harness.orchestrator([]).start(saga, order, { id: 'o-1', context })
      const outcome = await started._unsafeUnwrap().outcome()

      expect(given).toMatchObject([
        {
          input: order,
          state: { input: order, stock: { reservationId: 'r-1' } },
          key: 'o-1/payment/run',
          context: { correlationId: 'c-7', causationId: 'e-7', userId: 'grace' },
        },
      ])
      const state = { input: order, stock: { reservationId: 'r-1' }, payment: null }
      expect(outcome).toEqual({ status: 'completed', value: state })
    })

    it('is undone with its output and the key of its run', async () => {
      const harness = harnessOf()
      const given: CompensateContext<unknown, unknown>[] = []
      const compensate = async (context: CompensateContext<unknown, unknown>) => {
        given.push(context)
      }
      const saga = begin()
        .step('stock', { run: async () => ok({ reservationId: 'r-1' }), compensate })
        .step('payment', { run: async () => err(failure('Declined', 'no')), compensate })
        .result(() => null)
      harness.work([saga])

      const started = await harness.orchestrator([]).start(saga, order, {
        id: 'o-1',
        context: harness.context,
      })
      await started._unsafeUnwrap().outcome()

      expect(given).toMatchObject([
        { key: 'o-1/payment/undo', runKey: 'o-1/payment/run', output: undefined },
        { key: 'o-1/stock/undo', runKey: 'o-1/stock/run', output: { reservationId: 'r-1' } },
      ])
      expect(given[0]?.context.userId).toBe('ada')
    })

    it('is begun only when the output of the one before is stored', async () => {
      const harness = harnessOf()
      let stored: unknown
      const saga = begin()
        .step('stock', { run: async () => ok('r-1'), compensate: async () => {} })
        .pivot('payment', {
          run: async () => {
            stored = (await harness.store.find('o-1'))?.outputs
            return ok()
          },
        })
        .result(() => null)
      harness.work([saga])

      const started = await harness.orchestrator([]).start(saga, order, {
        id: 'o-1',
        context: harness.context,
      })
      await started._unsafeUnwrap().outcome()

      expect(stored).toEqual({ stock: 'r-1' })
    })

    it('leaves a line in the log for each attempt', async () => {
      const harness = harnessOf()
      let calls = 0
      const saga = begin()
        .step('stock', {
          run: async () => {
            if (++calls === 1) throw Object.assign(new RangeError('no answer'), { code: 'ETIMEDOUT' })
            return err(failure('OutOfStock', 'none left', { sku: 'TEA-1' }))
          },
          compensate: async () => {},
          retry: { firstDelayMs: 0 },
        })
        .result(() => null)
      const { orchestrator } = harness.work([saga])

      const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
      await started._unsafeUnwrap().outcome()

      const thrown = { type: 'StepThrew', message: 'no answer', error: 'RangeError', code: 'ETIMEDOUT' }
      const refused = { type: 'OutOfStock', message: 'none left', sku: 'TEA-1' }
      expect((await orchestrator.inspect('o-1'))?.log).toMatchObject([
        { sequence: 1, step: 'stock', phase: 'run', attempt: 1, outcome: 'thrown', payload: thrown },
        { sequence: 2, step: 'stock', phase: 'run', attempt: 2, outcome: 'failed', payload: refused },
        { sequence: 3, step: 'stock', phase: 'undo', attempt: 1, outcome: 'ok', payload: null },
      ])
    })

    it('rests between attempts, in the store and not in the worker', async () => {
      const harness = harnessOf()
      let calls = 0
      const saga = begin()
        .pivot('payment', {
          run: async () => {
            if (++calls < 3) throw new Error('no answer')
            return ok('p-1')
          },
          retry: { firstDelayMs: 200, factor: 3 },
        })
        .result((state) => state.payment)
      const first = harness.work([saga])
      const now = harness.clock.now().getTime()

      const started = await first.orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
      const resting = await harness.until('o-1', ({ attempt }) => attempt === 1)
      expect(resting).toMatchObject({ status: 'running', owner: undefined, dueAt: now + 200 })
      await first.stop()
      harness.clock.advance(200)
      harness.work([saga])
      const restingLonger = await harness.until('o-1', ({ attempt }) => attempt === 2)
      expect(restingLonger).toMatchObject({ owner: undefined, dueAt: now + 200 + 600 })
      harness.clock.advance(600)

      const outcome = await started._unsafeUnwrap().outcome()
      expect(outcome).toEqual({ status: 'completed', value: 'p-1' })
    })

    it('that ignores its signal can not hang the saga, and what it gives too late is ignored', async () => {
      const harness = harnessOf()
      const late = Promise.withResolvers<void>()
      let signal: AbortSignal | undefined
      const saga = begin()
        .step('stock', {
          run: async ({ context }) => {
            signal = context.signal
            await late.promise
            return ok('too late')
          },
          compensate: async () => {},
          timeoutMs: 1,
          retry: { attempts: 1 },
        })
        .result(() => null)
      const { orchestrator } = harness.work([saga])

      const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
      const outcome = await started._unsafeUnwrap().outcome()
      late.resolve()

      const timedOut = { type: 'StepThrew', error: 'StepTimeoutError', code: 'ASHLAR_SAGA_STEP_TIMEOUT' }
      expect(outcome).toMatchObject({ status: 'compensated', cause: { step: 'stock', failure: timedOut } })
      expect(signal?.reason).toMatchObject({ code: 'ASHLAR_SAGA_STEP_TIMEOUT' })
      expect((await orchestrator.inspect('o-1'))?.saga.outputs).toEqual({})
    })

    it.each<[string, () => unknown, RegExp]>([
      [
        'no Result',
        () => ({ reservationId: 'r-1' }),
        /run of step "stock" must return a Result, found object/,
      ],
      ['nothing', () => undefined, /must return a Result, found undefined/],
      ['a Date', () => ok(new Date(0)), /output of step "stock" can't be kept: .*an instance of Date/],
      [
        'a part that is no JSON',
        () => ok({ lines: [{ pence: 1n }] }),
        /lines\[0\]\.pence must be JSON, found bigint/,
      ],
      ['a key "__proto__"', () => ok(JSON.parse('{"__proto__":1}')), /"__proto__"/],
      ['a failure without a type', () => err('no'), /must have a type and a message/],
    ])('that gives %s counts as one that threw, with a message that says so', async (_, run, message) => {
      const harness = harnessOf()
      const saga = begin()
        .step('stock', {
          run: async () => run() as never,
          compensate: async () => {},
          retry: { attempts: 1 },
        })
        .result(() => null)
      harness.work([saga])

      const started = await harness.orchestrator([]).start(saga, order, {
        id: 'o-1',
        context: harness.context,
      })

      expect(await started._unsafeUnwrap().outcome()).toMatchObject({
        status: 'compensated',
        cause: { failure: { type: 'StepThrew', message: expect.stringMatching(message) } },
      })
    })

    it.each<[string, () => unknown]>([
      ['null', () => null],
      ['a text', () => 'broken'],
      ['an object without text', () => Object.create(null)],
      [
        'an error whose message is a trap',
        () => Object.defineProperty(new Error(), 'message', { get: trap }),
      ],
    ])('may throw %s', async (_, thrown) => {
      const harness = harnessOf()
      const run = async (): Promise<never> => {
        throw thrown()
      }
      const saga = begin()
        .step('stock', { run, compensate: async () => {}, retry: { attempts: 1 } })
        .result(() => null)
      harness.work([saga])

      const started = await harness.orchestrator([]).start(saga, order, {
        id: 'o-1',
        context: harness.context,
      })

      expect(await started._unsafeUnwrap().outcome()).toMatchObject({
        status: 'compensated',
        cause: { failure: { type: 'StepThrew' } },
      })
    })

    it('that says no with facts that JSON can not carry still says no', async () => {
      const harness = harnessOf()
      const saga = begin()
        .step('stock', {
          run: async () => err(failure('OutOfStock', 'none left', { since: new Date(0) })),
          compensate: async () => {},
        })
        .result(() => null)
      harness.work([saga])

      const started = await harness.orchestrator([]).start(saga, order, {
        id: 'o-1',
        context: harness.context,
      })

      const cause = { step: 'stock', phase: 'run', failure: { type: 'OutOfStock', message: 'none left' } }
      expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'compensated', cause })
    })
  })
}

function trap(): never {
  throw new Error('a trap')
}
