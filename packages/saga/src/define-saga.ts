import type { Json } from '@ashlar/kernel'
import type { AnyFailure, Result, ResultAsync } from '@ashlar/result'
import { InvalidSagaError, requireCount } from './invalid-saga-error.ts'
import { defaultAttempts, retryPolicy, type SagaRetry } from './retry-policy.ts'
import type {
  CompensateContext,
  DeepReadonly,
  Kept,
  RunContext,
  SagaDefinition,
  SagaStep,
  SagaStepKind,
} from './saga-definition.ts'

/** A promise of a Result; neverthrow's `ResultAsync` is one at run time, but not to the compiler. */
export type Eventually<Value, Fails> = PromiseLike<Result<Value, Fails>> | ResultAsync<Value, Fails>

/** How often and how long a step is tried. */
export interface StepOptions {
  /** When `run` throws or takes too long; 3 attempts unless told, 20 after the pivot. */
  readonly retry?: SagaRetry
  /** How long one attempt may take before it counts as thrown, and its signal is aborted; 30 000 unless told. */
  readonly timeoutMs?: number
}

/** A step that can be undone. */
export interface CompensatedStep<State, Output, Fails> extends StepOptions {
  /** Does it: Err turns the saga back at once, a throw is tried again. */
  run(context: RunContext<State>): Eventually<Output, Fails>
  /** Undoes it, even if it only may have happened; Err and throw are tried again. */
  compensate(
    context: CompensateContext<State, DeepReadonly<NoInfer<Output>>>,
  ): Eventually<unknown, AnyFailure> | PromiseLike<void>
  /** When `compensate` says no, throws or takes too long; 10 attempts unless told. */
  readonly compensateRetry?: SagaRetry
}

/** The point of no return: it may still say no, but once it has happened the saga only goes forward. */
export interface PivotStep<State, Output, Fails> extends StepOptions {
  /** Does it: Err turns the saga back at once, a throw is tried again; spent attempts need a person. */
  run(context: RunContext<State>): Eventually<Output, Fails>
}

/** A step after the pivot: it can't say no, and is tried again until it is done or needs a person. */
export interface RetriableStep<State, Output> extends StepOptions {
  /** Does it; `orThrow` of `@ashlar/result` makes a port that can fail fit. */
  run(context: RunContext<State>): Eventually<Output, never>
}

// biome-ignore lint/suspicious/noConfusingVoidType: a step without output returns Ok of void
type Storable = Json | void

/** One name, known to the compiler and without a slash, that no earlier step has. */
type Free<State, Name extends string> = Name &
  ([Extract<Name, Taken<State>>] extends [never] ? OneName<Name> : never)

type Taken<State> = keyof State | '' | '__proto__' | `${string}/${string}`

/** A record of any names has none that must be there; what several names have in common is no name. */
type OneName<Name extends string> =
  Record<never, never> extends Record<Name, 1> ? never : [Name] extends [Intersected<Name>] ? Name : never

type Intersected<Name> = (Name extends unknown ? (name: Name) => void : never) extends (
  name: infer All,
) => void
  ? All
  : never

/** What is known once a step has run. */
type After<State, Name extends string, Output> = State & {
  readonly [Key in Name]: Kept<DeepReadonly<Output>>
}

/** A saga whose point of no return was defined: only steps that can't say no may follow. */
export interface SagaAfterPivot<Input, State, Fails> {
  /**
   * Adds a step that can't say no.
   *
   * @throws InvalidSagaError for a name that is taken, and for options that can't be
   */
  retriable<const Name extends string, Output extends Storable>(
    name: Free<State, Name>,
    step: RetriableStep<State, Output>,
  ): SagaAfterPivot<Input, After<State, Name, Output>, Fails>

  /**
   * Ends the definition.
   *
   * @param value - makes what a completed saga tells, of the input and the outputs of all steps
   * @throws InvalidSagaError for a saga without a step
   */
  result<Value>(value: (state: Readonly<State>) => Value): SagaDefinition<Input, Value, Fails>
}

/** A saga that is being defined; each call gives a new one, so that a beginning can be shared. */
export interface Saga<Input, State, Fails> extends SagaAfterPivot<Input, State, Fails> {
  /**
   * Adds a step that is undone when this step or a later one fails.
   *
   * @throws InvalidSagaError for a name that is taken, and for options that can't be
   */
  step<const Name extends string, Output extends Storable, StepFails extends AnyFailure = never>(
    name: Free<State, Name>,
    step: CompensatedStep<State, Output, StepFails>,
  ): Saga<Input, After<State, Name, Output>, Fails | StepFails>

  /**
   * Adds the point of no return.
   *
   * @throws InvalidSagaError for a name that is taken, and for options that can't be
   */
  pivot<const Name extends string, Output extends Storable, StepFails extends AnyFailure = never>(
    name: Free<State, Name>,
    step: PivotStep<State, Output, StepFails>,
  ): SagaAfterPivot<Input, After<State, Name, Output>, Fails | StepFails>
}

/**
 * Begins to define a saga: steps that are undone, a pivot, and steps that can't say no.
 *
 * @param options - `name` and `version` are stored with each saga; a worker that knows neither leaves the saga alone
 * @returns a builder without a step
 * @throws {@link InvalidSagaError} for a blank name, or a version that is no whole number from 1
 * @example
 * ```ts
 * import { err, failure, ok } from '@ashlar/result'
 * import { defineSaga } from '@ashlar/saga'
 *
 * type Order = { orderId: string; pence: number }
 *
 * const fulfilment = defineSaga<Order>({ name: 'order-fulfilment', version: 1 })
 *   .step('payment', {
 *     run: async ({ input, key }) =>
 *       input.pence > 100 ? err(failure('Declined', 'too much')) : ok({ paymentId: `p/${key}` }),
 *     compensate: async ({ output, runKey }) => console.log('refund', output?.paymentId ?? runKey),
 *   })
 *   .pivot('shipment', { run: async ({ state }) => ok({ shipmentId: `s/${state.payment.paymentId}` }) })
 *   .retriable('mail', { run: async () => ok() })
 *   .result((state) => state.shipment.shipmentId)
 *
 * console.log(fulfilment.steps.map((step) => `${step.kind} ${step.name}`))
 * ```
 */
export function defineSaga<Input extends Json>(options: {
  readonly name: string
  readonly version: number
}): Saga<Input, { readonly input: DeepReadonly<Input> }, never> {
  if (options.name.trim() === '') throw new InvalidSagaError('the name of a saga', 'text', '""')
  requireCount(`the version of saga "${options.name}"`, options.version, Number.MAX_SAFE_INTEGER)
  return builder(options.name, options.version, []) as Saga<
    Input,
    { readonly input: DeepReadonly<Input> },
    never
  >
}

type AnyStep = StepOptions & {
  run: SagaStep['run']
  compensate?: SagaStep['compensate']
  compensateRetry?: SagaRetry
}

/** The types are those of {@link Saga}; what stands here only gathers the steps. */
function builder(name: string, version: number, steps: readonly SagaStep[]): object {
  const add = (kind: SagaStepKind) => (stepName: string, step: AnyStep) =>
    builder(name, version, [...steps, toStep(kind, stepName, step, name, steps)])
  return Object.freeze({
    step: add('step'),
    pivot: add('pivot'),
    retriable: add('retriable'),
    result(value: (state: never) => unknown) {
      if (steps.length === 0) throw new InvalidSagaError(`saga "${name}"`, 'of at least one step', 'none')
      return Object.freeze({ name, version, steps: Object.freeze(steps), value })
    },
  })
}

function toStep(
  kind: SagaStepKind,
  name: string,
  step: AnyStep,
  saga: string,
  before: readonly SagaStep[],
): SagaStep {
  const subject = `step "${name}" of saga "${saga}"`
  requireFreeName(name, saga, before)
  requireOrder(kind, subject, before)
  const { run, compensate, timeoutMs = 30_000 } = Object(step) as AnyStep
  if (typeof run !== 'function') throw new InvalidSagaError(`run of ${subject}`, 'a function', typeof run)
  if (kind === 'step' && typeof compensate !== 'function')
    throw new InvalidSagaError(subject, 'compensated by a function', typeof compensate)
  return Object.freeze({
    name,
    kind,
    run: run.bind(step),
    compensate: kind === 'step' ? compensate?.bind(step) : undefined,
    retry: retryPolicy(subject, defaultAttempts[kind === 'retriable' ? 'retriable' : 'run'], step.retry),
    compensateRetry: retryPolicy(subject, defaultAttempts.compensate, step.compensateRetry),
    timeoutMs: requireCount(`timeoutMs of ${subject}`, timeoutMs),
  })
}

/** A slash would make keys ambiguous; the names of parts of the state are taken. */
function requireFreeName(name: string, saga: string, before: readonly SagaStep[]): void {
  const isTaken = name === 'input' || before.some((step) => step.name === name)
  if (!isTaken && name !== '' && name !== '__proto__' && !name.includes('/')) return
  throw new InvalidSagaError(
    `the name of a step of saga "${saga}"`,
    'text without a slash that no other step has, neither "input" nor "__proto__"',
    `"${name}"${isTaken ? ', which is taken' : ''}`,
  )
}

function requireOrder(kind: SagaStepKind, subject: string, before: readonly SagaStep[]): void {
  if (kind === 'retriable' || before.every((step) => step.kind === 'step')) return
  throw new InvalidSagaError(subject, 'retriable, for it comes after the pivot', kind)
}
