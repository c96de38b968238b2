import type { Context, Json } from '@ashlar/kernel'
import type { AnyFailure, Result } from '@ashlar/result'
import type { RetryPolicy } from './retry-policy.ts'

/** What a step's `run` is given. */
export interface RunContext<State> {
  /** What the saga was started with. */
  readonly input: State extends { readonly input: infer Input } ? Input : never
  /** The input, and the outputs of the steps before, by name; deeply frozen. */
  readonly state: Readonly<State>
  /**
   * The same for each attempt of this step in this saga; hand it on, so that nothing happens twice.
   *
   * `order-42/payment/run`; where the saga belongs to a tenant, `acme/order-42/payment/run`, the tenant's id encoded as
   * in a URI, so that two tenants never share a key.
   */
  readonly key: string
  /** Rebuilt from the request that started the saga; its signal is aborted when the step must stop. */
  readonly context: Context
}

/** What a step's `compensate` is given. */
export interface CompensateContext<State, Output> extends RunContext<State> {
  /** What `run` gave; undefined when it said no, or when nobody knows how it ended: then undo by `runKey`. */
  readonly output: Kept<Output> | undefined
  /** The `key` that `run` was given. */
  readonly runKey: string
}

/** An output as it is kept: `null` for a step without one. */
export type Kept<Output> = Output extends void ? null : Output

/** JSON that is frozen, to the compiler, too. */
export type DeepReadonly<Value> = Json extends Value
  ? Value
  : Value extends string | number | boolean | null | undefined
    ? Value
    : { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> }

/** What kind a step is: undone on failure, the point of no return, or behind it. */
export type SagaStepKind = 'step' | 'pivot' | 'retriable'

/** A step as a definition holds it, its types forgotten. */
export interface SagaStep {
  /** Unique in its saga. */
  readonly name: string
  /** Decides what its failures mean. */
  readonly kind: SagaStepKind
  /** Does it. */
  readonly run: (context: RunContext<never>) => PromiseLike<Result<unknown, AnyFailure>>
  /** Undoes it; only steps before the pivot have one. */
  readonly compensate: ((context: CompensateContext<never, never>) => PromiseLike<unknown>) | undefined
  /** How often `run` is tried. */
  readonly retry: RetryPolicy
  /** How often `compensate` is tried. */
  readonly compensateRetry: RetryPolicy
  /** How long one attempt of either may take. */
  readonly timeoutMs: number
}

/**
 * A saga as data: its steps in order, and how its value is made of their outputs.
 *
 * @see `defineSaga` for an example
 */
export interface SagaDefinition<Input, Value, Fails> {
  /** What kind of saga it is; stored with each. */
  readonly name: string
  /** Which steps it has; counts from 1, and is raised whenever running sagas could not go on with the changed steps. */
  readonly version: number
  /** In the order in which they run. */
  readonly steps: readonly SagaStep[]
  /** Makes the value of the state in which the last step left it. */
  readonly value: (state: never) => Value
  /** Only for the compiler. */
  readonly '~types'?: (input: Input) => Fails
}

/** Any definition, its types unknown. */
export type AnySagaDefinition = SagaDefinition<never, unknown, unknown>

/** How stores and workers call a definition: `name@version`. */
export function definitionKey({
  name,
  version,
}: {
  readonly name: string
  readonly version: number
}): string {
  return `${name}@${version}`
}
