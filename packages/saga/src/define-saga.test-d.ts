import { createContext, type Json } from '@ashlar/kernel'
import { err, type Failure, failure, ok, okAsync, orThrow, type Result } from '@ashlar/result'
import { defineSaga } from './define-saga.ts'
import { InMemorySagaStore } from './memory/in-memory-saga-store.ts'
import type { SagaDefinition } from './saga-definition.ts'
import { SagaOrchestrator } from './saga-orchestrator.ts'
import type { StepThrew } from './step-failure.ts'

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function expectType<_ extends true>(): void {}

type Order = { readonly orderId: string; readonly pence: number }
type OutOfStock = Failure<'OutOfStock', { readonly sku: string }>
type Declined = Failure<'Declined'>
type LateRefusal = Failure<'LateRefusal', { readonly at: Date }>

declare const reserve: () => Promise<Result<{ reservationId: string }, OutOfStock>>
declare const charge: () => Promise<Result<{ paymentId: string }, Declined>>
declare const notify: () => Promise<Result<void, Failure<'MailboxFull'>>>
const nothing = async (): Promise<void> => {}

const begin = defineSaga<Order>({ name: 'order', version: 1 })

const fulfilment = begin
  .step('stock', { run: reserve, compensate: nothing })
  .step('payment', { run: charge, compensate: async ({ output }) => void output?.paymentId })
  .step('note', { run: async () => ok(), compensate: () => okAsync(1) })
  .pivot('shipment', { run: async ({ state }) => ok({ shipmentId: state.payment.paymentId }) })
  .retriable('mail', { run: () => orThrow(notify()) })
  .result(({ input, stock, shipment, note, mail }) => ({ input, stock, shipment, note, mail }))

type Value = {
  input: Order
  stock: { readonly reservationId: string }
  shipment: { readonly shipmentId: string }
  note: null
  mail: null
}
expectType<Equal<typeof fulfilment, SagaDefinition<Order, Value, OutOfStock | Declined>>>()

// A step may give a ResultAsync, and a failure with facts that JSON can't carry; the outcome then tells it without them.
const late = begin
  .step('a', { run: () => okAsync(1), compensate: nothing })
  .pivot('b', { run: async (): Promise<Result<number, LateRefusal>> => ok(1) })
  .result((state) => state.a + state.b)

export async function outcomes(orchestrator: SagaOrchestrator): Promise<void> {
  const outcome = await orchestrator.handle(late, 'o-1').outcome()
  if (outcome.status === 'completed') expectType<Equal<typeof outcome.value, number>>()
  if (outcome.status !== 'compensated') return
  expectType<Equal<typeof outcome.cause.failure, Failure<'LateRefusal'> | StepThrew>>()
  // @ts-expect-error the cause of a compensated saga has no value
  outcome.value
}

export async function starting(orchestrator: SagaOrchestrator): Promise<void> {
  const context = createContext()
  const started = await orchestrator.start(fulfilment, { orderId: '1', pence: 2 }, { id: 'o-1', context })
  if (started.isErr())
    expectType<Equal<typeof started.error.type, 'SagaInputMismatch'>>()
    // @ts-expect-error the input lacks a part
  ;(await orchestrator.start(fulfilment, { orderId: '1' }, { id: 'o-1', context })).isOk()
  // @ts-expect-error the input has a part of another type
  ;(await orchestrator.start(fulfilment, { orderId: 1, pence: 2 }, { id: 'o-1', context })).isOk()
  // @ts-expect-error no id
  ;(await orchestrator.start(fulfilment, { orderId: '1', pence: 2 }, { context })).isOk()
  // @ts-expect-error no context
  ;(await orchestrator.start(fulfilment, { orderId: '1', pence: 2 }, { id: 'o-1' })).isOk()
  // @ts-expect-error run needs a signal
  await orchestrator.run({})
  // @ts-expect-error what comes later is absent until then
  orchestrator.cancel
}

export const mixed: SagaOrchestrator = new SagaOrchestrator({
  store: new InMemorySagaStore(),
  sagas: [fulfilment, late],
})

export function neverRun(): void {
  const step = { run: async () => ok(1), compensate: nothing }

  // @ts-expect-error an input that JSON can't carry
  defineSaga<{ at: Date }>({ name: 'order', version: 1 })
  // @ts-expect-error a saga has a version
  defineSaga<Order>({ name: 'order' })
  // @ts-expect-error the state of a later step
  begin.step('a', { run: async ({ state }) => ok(state.later), compensate: nothing })
  // @ts-expect-error its own output is not there while it runs
  begin.step('a', { run: async ({ state }) => ok(state.a), compensate: nothing })
  // @ts-expect-error its own output may be absent while it is undone
  begin.step('a', { run: async () => ok({ n: 1 }), compensate: async ({ output }) => void output.n })
  // @ts-expect-error the key of the run is only known while it is undone
  begin.step('a', { run: async ({ runKey }) => ok(runKey), compensate: nothing })
  // @ts-expect-error a step needs a compensate
  begin.step('a', { run: async () => ok(1) })
  // @ts-expect-error compensate gives a Result or nothing
  begin.step('a', { run: async () => ok(1), compensate: async () => 42 })
  // @ts-expect-error run gives a Result
  begin.step('a', { run: async () => 1, compensate: nothing })
  // @ts-expect-error a name twice
  begin.step('a', step).step('a', step)
  // @ts-expect-error a name twice, after the pivot
  begin.pivot('a', { run: step.run }).retriable('a', { run: step.run })
  // @ts-expect-error "input" is taken
  begin.step('input', step)
  // @ts-expect-error "__proto__" is no name
  begin.step('__proto__', step)
  // @ts-expect-error an empty name
  begin.step('', step)
  // @ts-expect-error a name with a slash
  begin.step('a/b', step)
  // @ts-expect-error a name that is only known when it runs
  begin.step('a' as string, step)
  // @ts-expect-error a name that is one of several
  begin.step('a' as 'a' | 'b', step)
  // @ts-expect-error a name that is only half known
  begin.pivot('a' as `a${string}`, { run: step.run })
  // @ts-expect-error no step that could be undone after the pivot
  begin.pivot('a', { run: step.run }).step('b', step)
  // @ts-expect-error no second pivot
  begin.pivot('a', { run: step.run }).pivot('b', { run: step.run })
  // @ts-expect-error the pivot is not undone
  begin.pivot('a', { run: step.run, compensate: nothing })
  // @ts-expect-error nothing is undone after the pivot
  begin.pivot('a', { run: step.run }).retriable('b', { run: step.run, compensate: nothing })
  // @ts-expect-error a step after the pivot can't say no
  begin.pivot('a', { run: step.run }).retriable('b', { run: async () => err(failure('No', 'no')) })
  // @ts-expect-error an output that JSON can't carry: a date
  begin.step('a', { run: async () => ok({ at: new Date(0) }), compensate: nothing })
  // @ts-expect-error an output that JSON can't carry: a bigint
  begin.pivot('a', { run: async () => ok(1n) })
  // @ts-expect-error an output that JSON can't carry: a class
  begin.pivot('a', { run: async () => ok(new Map<string, Json>()) })
  // @ts-expect-error a failure has a type and a message
  begin.pivot('a', { run: async () => err('no') })
  // @ts-expect-error a step without output leaves null behind
  begin.step('a', { run: async () => ok(), compensate: nothing }).result((state) => state.a.length)
  // @ts-expect-error the state is not changed
  begin.step('a', step).result((state) => (state.a = 2))
  const lists = async () => ok({ lines: ['TEA-1'] })
  begin
    // @ts-expect-error no part of an output is changed
    .step('a', { run: lists, compensate: async ({ output }) => void output?.lines.push('MUG-1') })
    // @ts-expect-error no part of the state is changed
    .result((state) => state.a.lines.push('MUG-1'))
  defineSaga<{ lines: string[] }>({ name: 'order', version: 1 })
    // @ts-expect-error no part of the input is changed
    .pivot('a', { run: async ({ input }) => ok(input.lines.push('MUG-1')) })
  // @ts-expect-error the result of a step that does not exist
  begin.step('a', step).result((state) => state.b)
  // @ts-expect-error an option that does not exist
  begin.step('a', { ...step, retry: { times: 3 } })
  // @ts-expect-error what comes later is absent until then
  begin.parallel
}
