import { createContext } from '@ashlar/kernel'
import { err, failure, ok } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defineSaga } from './define-saga.ts'
import { InMemorySagaStore } from './memory/in-memory-saga-store.ts'
import { type Order, OrderWorld } from './testing/order-world.ts'
import { leaseMs, SagaHarness } from './testing/saga-harness.ts'
import { dyingStore, interceptedStore } from './testing/store-wrappers.ts'

const order: Order = { orderId: '42' }
const begin = () => defineSaga<Order>({ name: 'order', version: 1 })

describe('what hand-written sagas get wrong, a saga of ours gets right:', () => {
  let harness: SagaHarness

  beforeEach(() => {
    harness = new SagaHarness(new InMemorySagaStore())
  })
  afterEach(() => harness.close())

  /** Lets a first worker die at its n-th save, and ends its lease. */
  const dieAtSave = async (world: OrderWorld, save: number, moment: 'before' | 'after') => {
    const dying = dyingStore(harness.store, save, moment)
    const worker = harness.work([world.saga()], { store: dying.store })
    const saga = await harness.start(world.saga())
    await dying.death
    await worker.stop()
    harness.clock.advance(leaseMs)
    return saga
  }

  it('what a step gave is stored, so that another worker can undo it', async () => {
    const world = new OrderWorld({ 'shipment/run': 'says no' })
    const saga = await dieAtSave(world, 3, 'after')

    harness.work([world.saga()])
    await saga.outcome()

    expect(world.undone).toEqual(['done payment/run', 'done stock/run'])
  })

  it('which steps have run is stored, so that another worker begins behind them', async () => {
    const world = new OrderWorld()
    const saga = await dieAtSave(world, 2, 'after')

    harness.work([world.saga()])
    await saga.outcome()

    expect(world.calls).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
  })

  it('a saga whose worker died is found and finished, without a person', async () => {
    const world = new OrderWorld()
    const saga = await dieAtSave(world, 1, 'before')

    harness.work([world.saga()])

    expect((await saga.outcome()).status).toBe('completed')
  })

  it('a step whose effect was not noted is asked again, by the same key', async () => {
    const world = new OrderWorld()
    const saga = await dieAtSave(world, 2, 'before')

    harness.work([world.saga()])
    await saga.outcome()

    expect(world.calls).toEqual(['stock/run', 'payment/run', 'payment/run', 'shipment/run', 'mail/run'])
    expect(world.effects).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
  })

  it('each attempt of a step has the same key, each step and each undo another', async () => {
    const keys: string[] = []
    const note = async ({ key }: { key: string }) => void keys.push(key)
    const saga = begin()
      .step('stock', { run: async (given) => ok(await note(given)), compensate: note })
      .step('payment', {
        run: async (given) => {
          await note(given)
          throw new Error('no answer')
        },
        compensate: note,
        retry: { attempts: 2, firstDelayMs: 0 },
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    await started._unsafeUnwrap().outcome()

    expect(keys).toEqual([
      'o-1/stock/run',
      'o-1/payment/run',
      'o-1/payment/run',
      'o-1/payment/undo',
      'o-1/stock/undo',
    ])
  })

  it("the caller's cancelled request does not cancel the undoing", async () => {
    const request = new AbortController()
    const undone: boolean[] = []
    const saga = begin()
      .step('stock', {
        run: async () => {
          request.abort()
          return err(failure('OutOfStock', 'none left'))
        },
        compensate: async ({ context }) => void undone.push(context.signal.aborted),
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const context = createContext({ signal: request.signal })
    const started = await orchestrator.start(saga, order, { id: 'o-1', context })
    await started._unsafeUnwrap().outcome()

    expect(undone).toEqual([false])
  })

  it('a caller who goes away does not turn the saga back', async () => {
    const request = new AbortController()
    const world = new OrderWorld()
    const { orchestrator } = harness.work([world.saga()])

    const context = createContext({ signal: request.signal })
    const started = await orchestrator.start(world.saga(), order, { id: 'o-1', context })
    request.abort()

    expect((await started._unsafeUnwrap().outcome()).status).toBe('completed')
  })

  it('an undo that fails is tried again, then needs attention', async () => {
    const world = new OrderWorld({ 'payment/run': 'says no', 'payment/undo': 'throws' })
    harness.work([world.saga()])

    const outcome = await (await harness.start(world.saga())).outcome()

    expect(outcome).toMatchObject({ status: 'needs-attention', step: 'payment', phase: 'undo' })
    expect(world.calls.filter((call) => call === 'payment/undo')).toHaveLength(3)
  })

  it('undone and half undone are told apart, and a restart in between undoes nothing twice', async () => {
    const world = new OrderWorld({ 'payment/run': 'says no' })
    const saga = await dieAtSave(world, 3, 'after')
    const between = await harness.store.find('o-1')

    harness.work([world.saga()])
    const outcome = await saga.outcome()

    expect([between?.status, outcome.status]).toEqual(['compensating', 'compensated'])
    expect(world.calls).toEqual(['stock/run', 'payment/run', 'payment/undo', 'stock/undo'])
  })

  it('a store that breaks after a step went well turns nothing back', async () => {
    const world = new OrderWorld()
    let failures = 0
    const store = interceptedStore(harness.store, (method) => {
      if (method === 'save' && failures++ === 3) throw new Error('no connection')
    })
    harness.work([world.saga()], { store })

    const outcome = await (await harness.start(world.saga())).outcome()

    expect(outcome.status).toBe('completed')
    expect(world.calls).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
  })

  it('the first cause is kept, whatever fails afterwards', async () => {
    const world = new OrderWorld({ 'payment/run': 'says no', 'payment/undo': 'throws' })
    harness.work([world.saga()])

    await (await harness.start(world.saga())).outcome()

    const cause = { step: 'payment', phase: 'run', failure: { type: 'SaidNo', step: 'payment/run' } }
    expect(await harness.store.find('o-1')).toMatchObject({ cause })
  })

  it('steps run in the order in which they are written', async () => {
    const ran: string[] = []
    const step = (name: string) => ({ run: async () => ok(void ran.push(name)), compensate: async () => {} })
    const saga = begin()
      .step('9', step('9'))
      .step('b', step('b'))
      .step('1', step('1'))
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    await started._unsafeUnwrap().outcome()

    expect(ran).toEqual(['9', 'b', '1'])
  })

  it('what a step did before it said no is undone, too', async () => {
    const reserved = new Set<string>()
    const saga = begin()
      .step('stock', {
        run: async () => {
          reserved.add('TEA-1')
          return err(failure('OutOfStock', 'no mugs left'))
        },
        compensate: async () => reserved.clear(),
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    await started._unsafeUnwrap().outcome()

    expect(reserved.size).toBe(0)
  })

  it('a step that took too long after its effect is undone by the key of its run', async () => {
    const refunded: string[] = []
    const saga = begin()
      .step('payment', {
        run: () => new Promise<never>(() => {}),
        compensate: async ({ output, runKey }) => void refunded.push(`${output} ${runKey}`),
        timeoutMs: 1,
        retry: { attempts: 1 },
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    await started._unsafeUnwrap().outcome()

    expect(refunded).toEqual(['undefined o-1/payment/run'])
  })

  it('one fault of the machinery does not turn the saga back', async () => {
    const world = new OrderWorld({ 'payment/run': 'throws once' })
    harness.work([world.saga()])

    const outcome = await (await harness.start(world.saga())).outcome()

    expect(outcome.status).toBe('completed')
  })

  it('mail that can not be sent does not refund the order', async () => {
    const world = new OrderWorld({ 'mail/run': 'throws' })
    harness.work([world.saga()])

    const outcome = await (await harness.start(world.saga())).outcome()

    expect(outcome).toMatchObject({ status: 'needs-attention', step: 'mail', phase: 'run' })
    expect(world.undone).toEqual([])
  })

  it('a saga whose definition was renamed waits for a worker that knows it', async () => {
    const world = new OrderWorld()
    const saga = await harness.start(world.saga(), 'old')
    const renamed = defineSaga<Order>({ name: 'purchase', version: 1 })
      .pivot('only', { run: async () => ok() })
      .result(() => 'done')
    const { orchestrator } = harness.work([renamed])
    const other = await orchestrator.start(renamed, order, { id: 'new', context: harness.context })
    await other._unsafeUnwrap().outcome()

    expect(await harness.store.find('old')).toMatchObject({ status: 'running', fence: 0 })
    harness.work([world.saga()])
    expect((await saga.outcome()).status).toBe('completed')
  })

  it('a step is told by its signal when its time is up', async () => {
    const reasons: unknown[] = []
    const saga = begin()
      .step('stock', {
        run: ({ context }) =>
          new Promise<never>((_, reject) => {
            context.signal.addEventListener('abort', () => {
              reasons.push(context.signal.reason)
              reject(context.signal.reason)
            })
          }),
        compensate: async () => {},
        timeoutMs: 1,
        retry: { attempts: 1 },
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    await started._unsafeUnwrap().outcome()

    expect(reasons).toMatchObject([{ code: 'ASHLAR_SAGA_STEP_TIMEOUT' }])
  })

  it('new steps are a new version, and running sagas keep theirs', async () => {
    const version = (number: number) =>
      defineSaga<Order>({ name: 'order', version: number })
        .pivot('only', { run: async () => ok(`by version ${number}`) })
        .result((state) => state.only)
    const starter = harness.orchestrator([])
    const old = await starter.start(version(1), order, { id: 'old', context: harness.context })
    const young = await starter.start(version(2), order, { id: 'young', context: harness.context })

    harness.work([version(2), version(1)])

    expect(await old._unsafeUnwrap().outcome()).toMatchObject({ value: 'by version 1' })
    expect(await young._unsafeUnwrap().outcome()).toMatchObject({ value: 'by version 2' })
  })

  it('an order that is sent twice is one saga', async () => {
    const world = new OrderWorld()
    harness.work([world.saga()])

    const first = await harness.start(world.saga())
    const second = await harness.start(world.saga())
    await Promise.all([first.outcome(), second.outcome()])

    expect(world.calls).toEqual(['stock/run', 'payment/run', 'shipment/run', 'mail/run'])
  })

  it('a worker whose lease has passed on can not overwrite what the next one wrote', async () => {
    const world = new OrderWorld()
    await harness.start(world.saga())
    const claim = { definitions: ['order@1'], limit: 1, now: harness.clock.now().getTime() }
    const [old] = await harness.store.claim({ ...claim, owner: 'old', leaseUntil: claim.now })
    const [next] = await harness.store.claim({ ...claim, owner: 'next', leaseUntil: claim.now + leaseMs })

    const isSaved = old && (await harness.store.save({ ...old, status: 'completed' }, undefined))

    expect(isSaved).toBe(false)
    expect(await harness.store.find('o-1')).toEqual(next)
  })

  it('steps can not change the state of others, and the time is the one that is handed in', async () => {
    const saga = begin()
      .step('stock', { run: async () => ok({ lines: ['TEA-1'] }), compensate: async () => {} })
      .step('vandal', {
        run: async ({ state }) => ok((state.stock.lines as string[]).push('MUG-1')),
        compensate: async () => {},
        retry: { attempts: 1 },
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, order, { id: 'o-1', context: harness.context })
    const outcome = await started._unsafeUnwrap().outcome()

    expect(outcome).toMatchObject({ cause: { failure: { type: 'StepThrew', error: 'TypeError' } } })
    const stored = await harness.store.find('o-1')
    expect(stored?.outputs).toEqual({ stock: { lines: ['TEA-1'] } })
    expect(stored?.updatedAt).toBe(harness.clock.now().toISOString())
  })
})
