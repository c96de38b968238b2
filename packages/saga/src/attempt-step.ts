import { type Context, createContext } from '@ashlar/kernel'
import { type AnyFailure, FailureError, type Result } from '@ashlar/result'
import type { AnySagaDefinition, CompensateContext, RunContext, SagaStep } from './saga-definition.ts'
import { stateOf } from './saga-outcome.ts'
import type { SagaRecord } from './saga-store.ts'
import {
  InvalidStepResultError,
  StepTimeoutError,
  storableFailure,
  storableOutput,
  thrownFailure,
} from './step-failure.ts'
import { type AttemptOutcome, phaseOf } from './transition.ts'

/** How an attempt ended, or that the worker has to stop and nobody waits for its end. */
export type Attempt = AttemptOutcome | { readonly outcome: 'interrupted' }

/**
 * Tries the present step of a saga once; never rejects.
 *
 * Whatever the step does, the attempt ends at its time limit or at the worker's signal; what the step gives later is
 * ignored, its next attempt has the same key.
 */
export async function attemptStep(
  saga: SagaRecord,
  definition: AnySagaDefinition,
  signal: AbortSignal,
): Promise<Attempt> {
  if (signal.aborted) return { outcome: 'interrupted' }
  const step = definition.steps[saga.step] as SagaStep
  const ending = Promise.withResolvers<Attempt>()
  const stepSignal = new AbortController()
  const interrupt = () => {
    ending.resolve({ outcome: 'interrupted' })
    stepSignal.abort(signal.reason)
  }
  const timer = setTimeout(() => {
    const error = new StepTimeoutError(step.name, step.timeoutMs)
    ending.resolve({ outcome: 'thrown', failure: thrownFailure(error) })
    stepSignal.abort(error)
  }, step.timeoutMs)
  signal.addEventListener('abort', interrupt)
  const context = createContext({ ...saga.origin, signal: stepSignal.signal })
  void call(saga, step, context).then(ending.resolve, (error) =>
    ending.resolve({ outcome: 'thrown', failure: thrownFailure(error) }),
  )
  try {
    return await ending.promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', interrupt)
  }
}

async function call(saga: SagaRecord, step: SagaStep, context: Context): Promise<AttemptOutcome> {
  const { tenantId } = saga.origin
  const tenant = tenantId === undefined ? '' : `${encodeURIComponent(tenantId)}/`
  const keyOf = (phase: 'run' | 'undo') => `${tenant}${saga.id}/${step.name}/${phase}`
  const state = stateOf(saga)
  const phase = phaseOf(saga)
  const given: RunContext<unknown> = { input: saga.input as never, state, key: keyOf(phase), context }
  if (phase === 'run') return afterRun(step, await step.run(given as never))
  const output = Object.hasOwn(saga.outputs, step.name) ? saga.outputs[step.name] : undefined
  const undo: CompensateContext<unknown, unknown> = { ...given, output, runKey: keyOf('run') }
  return afterUndo(step, await step.compensate?.(undo as never))
}

function afterRun(step: SagaStep, result: unknown): AttemptOutcome {
  if (!isResult(result)) throw noResult(step, 'run', result)
  if (result.isOk()) return { outcome: 'ok', output: storableOutput(step.name, result.value) }
  requireFailure(step, result.error)
  if (step.kind === 'retriable') throw new FailureError(result.error)
  return { outcome: 'failed', failure: storableFailure(result.error) }
}

function afterUndo(step: SagaStep, result: unknown): AttemptOutcome {
  if (result === undefined) return { outcome: 'ok', output: null }
  if (!isResult(result)) throw noResult(step, 'compensate', result)
  if (result.isOk()) return { outcome: 'ok', output: null }
  requireFailure(step, result.error)
  return { outcome: 'failed', failure: storableFailure(result.error) }
}

function requireFailure(step: SagaStep, error: unknown): void {
  const { type, message } = Object(error)
  if (typeof type === 'string' && typeof message === 'string') return
  throw new InvalidStepResultError(`the failure of step "${step.name}" must have a type and a message`)
}

/** By its shape: a Result may come from a second copy of neverthrow. */
function isResult(value: unknown): value is Result<unknown, AnyFailure> {
  return typeof value === 'object' && value !== null && 'isOk' in value && typeof value.isOk === 'function'
}

function noResult(step: SagaStep, method: string, found: unknown): InvalidStepResultError {
  const expected = method === 'run' ? 'a Result' : 'a Result or nothing'
  const what = found === null ? 'null' : typeof found
  return new InvalidStepResultError(`${method} of step "${step.name}" must return ${expected}, found ${what}`)
}
