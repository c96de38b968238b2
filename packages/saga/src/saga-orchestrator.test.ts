import { AsyncLocalStorage } from 'node:async_hooks'
import { createContext, type Logger, silentLogger, type Telemetry } from '@ashlar/kernel'
import { err, failure, ok } from '@ashlar/result'
import { describe, expect, it } from 'vitest'
import { defineSaga } from './define-saga.ts'
import { InMemorySagaStore } from './memory/in-memory-saga-store.ts'
import { SagaOrchestrator } from './saga-orchestrator.ts'
import type { SagaStore } from './saga-store.ts'
import { OrderWorld } from './testing/order-world.ts'
import { SagaHarness } from './testing/saga-harness.ts'
import { sagaOrchestratorContract } from './testing/saga-orchestrator-contract.ts'
import { interceptedStore } from './testing/store-wrappers.ts'

sagaOrchestratorContract('InMemorySagaStore', async () => {
  const sagas = new InMemorySagaStore()
  return { sagas, close: () => sagas.close() }
})

describe('SagaOrchestrator', () => {
  const context = createContext({ correlationId: 'c-1' })
  const greeting = defineSaga<string>({ name: 'greeting', version: 1 })
    .pivot('greet', { run: async ({ input }) => ok(`hello ${input}`) })
    .result((state) => state.greet)

  it('does nothing when it is constructed', () => {
    const called: string[] = []
    const store = interceptedStore(new InMemorySagaStore(), (method) => void called.push(method))

    new SagaOrchestrator({ store, sagas: [greeting] })

    expect(called).toEqual([])
  })

  it('only stores when a saga is started', async () => {
    const called: (keyof SagaStore)[] = []
    const store = interceptedStore(new InMemorySagaStore(), (method) => void called.push(method))

    const orchestrator = new SagaOrchestrator({ store, sagas: [] })
    const started = await orchestrator.start(greeting, 'Ada', { id: 'g-1', context })

    expect(started.isOk()).toBe(true)
    expect(called).toEqual(['insert'])
  })

  it("stores a saga in the context's transaction, so that it begins with the commit", async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const store = harness.store as InMemorySagaStore
    const { orchestrator } = harness.work([greeting])
    const { port, commit } = store.fork()
    const inside = createContext({ storage: { sagas: port } })

    const started = await orchestrator.start(greeting, 'Ada', { id: 'g-1', context: inside })
    const waiting = started._unsafeUnwrap().outcome()
    const before = await orchestrator.inspect('g-1')
    commit()

    expect(before).toBeUndefined()
    expect(await waiting).toEqual({ status: 'completed', value: 'hello Ada' })
    await harness.close()
  })

  it('runs steps outside of the asynchronous context of whoever started the saga', async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const transaction = new AsyncLocalStorage<string>()
    const seen: unknown[] = []
    const saga = defineSaga<string>({ name: 'curious', version: 1 })
      .step('first', {
        run: async () => {
          seen.push(transaction.getStore())
          throw new Error('no answer')
        },
        compensate: async () => void seen.push(transaction.getStore()),
        retry: { attempts: 2, firstDelayMs: 0 },
      })
      .result(() => null)
    const { orchestrator } = harness.work([saga])

    await transaction.run('inside', async () => {
      const started = await orchestrator.start(saga, 'Ada', { id: 'g-1', context })
      await started._unsafeUnwrap().outcome()
    })

    expect(seen).toEqual([undefined, undefined, undefined])
    await harness.close()
  })

  it('gives the steps of a tenant its context', async () => {
    const harness = new SagaHarness(new InMemorySagaStore({ tenantId: 'acme' }))
    const saga = defineSaga<null>({ name: 'tenant', version: 1 })
      .pivot('look', { run: async (given) => ok(given.context.tenantId ?? 'none') })
      .result((state) => state.look)
    const { orchestrator } = harness.work([saga])

    const tenants = createContext({ tenantId: 'acme' })
    const started = await orchestrator.start(saga, null, { id: 't-1', context: tenants })

    expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'completed', value: 'acme' })
    await harness.close()
  })

  it('knows nothing of an id that was never started', async () => {
    const orchestrator = new SagaOrchestrator({ store: new InMemorySagaStore(), sagas: [] })

    expect(await orchestrator.inspect('unknown')).toBeUndefined()
  })

  it('lets nobody wait for an outcome once the store is closed', async () => {
    const store = new InMemorySagaStore()
    const waiting = new SagaOrchestrator({ store, sagas: [] }).handle(greeting, 'g-1').outcome()

    await store.close()

    await expect(waiting).rejects.toMatchObject({ code: 'ASHLAR_SAGA_STORE_CLOSED' })
  })

  it('does not run over a store that was closed', async () => {
    const store = new InMemorySagaStore()
    await store.close()

    const running = new SagaOrchestrator({ store, sagas: [greeting] }).run({ signal: context.signal })

    await expect(running).resolves.toBeUndefined()
  })

  it('refuses an input that JSON can not carry', async () => {
    const orchestrator = new SagaOrchestrator({ store: new InMemorySagaStore(), sagas: [] })

    const starting = orchestrator.start(greeting, new Date(0) as never, { id: 'g-1', context })

    await expect(starting).rejects.toMatchObject({ code: 'ASHLAR_KERNEL_INVALID_JSON' })
  })

  it.each([{ concurrency: 0 }, { leaseMs: 1.5 }, { pollMs: Number.NaN }, { pollMs: 2 ** 31 }])(
    'refuses the options %o',
    (options) => {
      const construct = () => new SagaOrchestrator({ store: new InMemorySagaStore(), sagas: [], ...options })

      expect(construct).toThrow(expect.objectContaining({ code: 'ASHLAR_SAGA_INVALID' }))
    },
  )

  it('refuses two definitions of one name and version', () => {
    const construct = () =>
      new SagaOrchestrator({ store: new InMemorySagaStore(), sagas: [greeting, greeting] })

    expect(construct).toThrow('definition greeting@1 must be listed once, found twice')
  })

  it('tells of attempts that failed as warnings, and of a saga that needs attention as an error', async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const world = new OrderWorld({ 'mail/run': 'throws' })
    const told: unknown[] = []
    const logger: Logger = {
      ...silentLogger,
      warn: (fields, message) => told.push(['warn', message, fields]),
      error: (fields, message) => told.push(['error', message, fields]),
    }
    harness.work([world.saga()], { logger })

    await (await harness.start(world.saga())).outcome()

    const fields = { sagaId: 'o-1', saga: 'order@1', step: 'mail', phase: 'run', outcome: 'thrown' }
    expect(told).toMatchObject([
      ['warn', 'a step of a saga has thrown', { ...fields, attempt: 1 }],
      ['warn', 'a step of a saga has thrown', { ...fields, attempt: 2 }],
      ['error', 'a saga needs attention', { ...fields, attempt: 3 }],
    ])
    await harness.close()
  })

  it('makes a span for each attempt, and counts ended sagas', async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const world = new OrderWorld({ 'stock/run': 'throws once', 'payment/run': 'says no' })
    const spans: string[] = []
    const counted: unknown[] = []
    const telemetry: Telemetry = {
      tracer: {
        startActiveSpan: (name, _, work) =>
          work({
            setAttributes: (attributes) => spans.push(`${name}: ${attributes['saga.outcome']}`),
            setStatus: ({ message }) => spans.push(`${message}`),
            recordException: () => {},
            end: () => spans.push('end'),
          }),
      },
      meter: {
        createCounter: (name) => ({ add: (value, attributes) => counted.push([name, value, attributes]) }),
        createHistogram: () => ({ record: () => {} }),
      },
    }
    harness.work([world.saga()], { telemetry })

    await (await harness.start(world.saga())).outcome()

    expect(spans.filter((span) => span !== 'end')).toEqual([
      'saga run stock: thrown',
      'stock/run broke',
      'saga run stock: ok',
      'saga run payment: failed',
      'saga undo payment: ok',
      'saga undo stock: ok',
    ])
    const attributes = { 'saga.definition': 'order@1', 'saga.status': 'compensated' }
    expect(counted).toEqual([['ashlar.saga.ended', 1, attributes]])
    await harness.close()
  })

  const broken = (): never => {
    throw new Error('no disk left')
  }
  const late = () => Promise.reject(new Error('no disk left')) as never

  it.each([
    ['throws', broken],
    ['rejects', late],
  ])('goes on though its logger %s', async (_, tell) => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const world = new OrderWorld({ 'stock/run': 'throws once', 'mail/run': 'throws' })
    let failures = 0
    const store = interceptedStore(harness.store, (method) => {
      if (
        failures < 6 &&
        (method === 'find' || method === 'save' || method === 'watch') &&
        failures++ % 2 === 0
      )
        throw new Error('no connection')
    })
    const logger: Logger = { debug: tell, info: tell, warn: tell, error: tell }
    const { orchestrator } = harness.work([world.saga()], { store, logger })
    await harness.start(world.saga())

    const outcome = await orchestrator.handle(world.saga(), 'o-1').outcome()

    expect(outcome.status).toBe('needs-attention')
    await harness.close()
  })

  it.each<[string, Telemetry]>([
    ['a tracer that throws', { tracer: { startActiveSpan: broken } }],
    ['a tracer that rejects', { tracer: { startActiveSpan: late } }],
    [
      'a span that throws',
      {
        tracer: {
          startActiveSpan: (_name, _options, work) =>
            work({ setAttributes: broken, setStatus: broken, recordException: broken, end: broken }),
        },
      },
    ],
    [
      'a tracer that throws after the work has begun',
      {
        tracer: {
          startActiveSpan(_name, _options, work) {
            work({ setAttributes: () => {}, setStatus: () => {}, recordException: () => {}, end: () => {} })
            return broken()
          },
        },
      },
    ],
    ['a meter that throws', { meter: { createCounter: broken, createHistogram: broken } }],
    ['a counter that throws', { meter: { createCounter: () => ({ add: broken }), createHistogram: broken } }],
  ])('calls each step once, and goes on, with %s', async (_, telemetry) => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const world = new OrderWorld({ 'payment/run': 'throws once' })
    harness.work([world.saga()], { telemetry })

    const outcome = await (await harness.start(world.saga())).outcome()

    expect(outcome.status).toBe('completed')
    expect(world.calls).toEqual(['stock/run', 'payment/run', 'payment/run', 'shipment/run', 'mail/run'])
    await harness.close()
  })

  it('gives two tenants with one saga id keys that differ', async () => {
    const keys: string[] = []
    const saga = defineSaga<null>({ name: 'tenant', version: 1 })
      .step('pay', {
        run: async ({ key }) => {
          keys.push(key)
          return err(failure('Declined', 'no'))
        },
        compensate: async ({ key, runKey }) => void keys.push(key, runKey),
      })
      .result(() => null)

    for (const tenantId of ['acme', 'a/b']) {
      const harness = new SagaHarness(new InMemorySagaStore({ tenantId }))
      const { orchestrator } = harness.work([saga])
      const started = await orchestrator.start(saga, null, {
        id: 'o-1',
        context: createContext({ tenantId }),
      })
      await started._unsafeUnwrap().outcome()
      await harness.close()
    }

    expect(keys).toEqual([
      ...['acme/o-1/pay/run', 'acme/o-1/pay/undo', 'acme/o-1/pay/run'],
      ...['a%2Fb/o-1/pay/run', 'a%2Fb/o-1/pay/undo', 'a%2Fb/o-1/pay/run'],
    ])
  })

  it('tries a step that rests for nothing again and again', async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    let calls = 0
    const saga = defineSaga<null>({ name: 'poller', version: 1 })
      .retriable('wait', {
        run: async () => {
          if (++calls < 1_100) throw new Error('not yet')
          return ok(calls)
        },
        retry: { attempts: Number.POSITIVE_INFINITY, firstDelayMs: 0 },
      })
      .result((state) => state.wait)
    const { orchestrator } = harness.work([saga])

    const started = await orchestrator.start(saga, null, { id: 'p-1', context })

    expect(await started._unsafeUnwrap().outcome()).toEqual({ status: 'completed', value: 1_100 })
    await harness.close()
  })

  it('tells many outcomes, those of sagas that ended before included', async () => {
    const harness = new SagaHarness(new InMemorySagaStore())
    const { orchestrator } = harness.work([greeting])
    const start = async (id: string) =>
      (await orchestrator.start(greeting, id, { id, context }))._unsafeUnwrap()
    const ids = Array.from({ length: 200 }, (_, n) => `g-${n}`)

    const first = await Promise.all(ids.map(async (id) => (await start(id)).outcome()))
    const again = await Promise.all(ids.map((id) => orchestrator.handle(greeting, id).outcome()))

    expect(first).toEqual(ids.map((id) => ({ status: 'completed', value: `hello ${id}` })))
    expect(again).toEqual(first)
    await harness.close()
  })
})
