import type { Json, JsonObject, Random } from '@ashlar/kernel'
import { delayAfter, type RetryPolicy } from './retry-policy.ts'
import type { AnySagaDefinition, SagaStep } from './saga-definition.ts'
import type { SagaCause, SagaLogEntry, SagaPhase, SagaRecord, SagaStatus } from './saga-store.ts'

/** How one attempt of a step ended. */
export type AttemptOutcome =
  | { readonly outcome: 'ok'; readonly output: Json }
  | { readonly outcome: 'failed' | 'thrown'; readonly failure: SagaCause['failure'] }

/** What to write after an attempt. */
export type Transition = { readonly saga: SagaRecord; readonly entry: Omit<SagaLogEntry, 'sequence'> }

/** What a transition depends on besides the saga and the attempt. */
export type TransitionOptions = {
  readonly now: Date
  readonly leaseUntil: number
  readonly random: Random
}

/** Tells whether nothing more will be done with a saga unless a person does it. */
export function isEnded(status: SagaStatus): boolean {
  return status !== 'running' && status !== 'compensating'
}

/** Tells whether a saga's present step is run or undone. */
export function phaseOf(saga: SagaRecord): SagaPhase {
  return saga.status === 'compensating' ? 'undo' : 'run'
}

/**
 * The state machine: what becomes of a saga after one attempt of its present step.
 *
 * It looks at nothing but its arguments.
 */
export function transition(
  saga: SagaRecord,
  definition: AnySagaDefinition,
  attempt: AttemptOutcome,
  options: TransitionOptions,
): Transition {
  const step = definition.steps[saga.step] as SagaStep
  const at = options.now.toISOString()
  const next =
    phaseOf(saga) === 'run'
      ? afterRun(saga, definition.steps, step, attempt, options)
      : afterUndo(saga, definition.steps, step, attempt, options)
  return {
    saga: { ...next, updatedAt: at },
    entry: {
      step: step.name,
      phase: phaseOf(saga),
      attempt: saga.attempt + 1,
      outcome: attempt.outcome,
      payload: attempt.outcome === 'ok' ? attempt.output : attempt.failure,
      at,
    },
  }
}

function afterRun(
  saga: SagaRecord,
  steps: readonly SagaStep[],
  step: SagaStep,
  attempt: AttemptOutcome,
  options: TransitionOptions,
): SagaRecord {
  if (attempt.outcome === 'ok') {
    const outputs: JsonObject = { ...saga.outputs, [step.name]: attempt.output }
    const ran = { ...saga, outputs, attempt: 0, step: saga.step + 1 }
    return ran.step === steps.length ? ended(ran, 'completed') : held(ran, options)
  }
  const cause: SagaCause = { step: step.name, phase: 'run', failure: attempt.failure }
  if (attempt.outcome === 'failed') return undoFrom({ ...saga, cause }, steps, saga.step, options)
  const tried = { ...saga, attempt: saga.attempt + 1 }
  if (tried.attempt < step.retry.attempts) return resting(tried, step.retry, options)
  // Whether a pivot has happened is unknown then, and behind it nothing is undone: neither direction is safe.
  return step.kind === 'step'
    ? undoFrom({ ...saga, cause }, steps, saga.step, options)
    : ended({ ...tried, cause }, 'needs-attention')
}

function afterUndo(
  saga: SagaRecord,
  steps: readonly SagaStep[],
  step: SagaStep,
  attempt: AttemptOutcome,
  options: TransitionOptions,
): SagaRecord {
  if (attempt.outcome === 'ok') return undoFrom(saga, steps, saga.step - 1, options)
  const tried = { ...saga, attempt: saga.attempt + 1 }
  return tried.attempt < step.compensateRetry.attempts
    ? resting(tried, step.compensateRetry, options)
    : ended(tried, 'needs-attention')
}

/** The failing step comes first: it may have done half of its work. */
function undoFrom(
  saga: SagaRecord,
  steps: readonly SagaStep[],
  from: number,
  options: TransitionOptions,
): SagaRecord {
  const step = steps.findLastIndex((step, index) => index <= from && step.compensate !== undefined)
  if (step === -1) return ended({ ...saga, step: 0, attempt: 0 }, 'compensated')
  return held({ ...saga, status: 'compensating', step, attempt: 0 }, options)
}

function held(saga: SagaRecord, { leaseUntil }: TransitionOptions): SagaRecord {
  return { ...saga, dueAt: leaseUntil }
}

function resting(saga: SagaRecord, policy: RetryPolicy, { now, random }: TransitionOptions): SagaRecord {
  return { ...saga, owner: undefined, dueAt: now.getTime() + delayAfter(saga.attempt, policy, random) }
}

function ended(saga: SagaRecord, status: SagaStatus): SagaRecord {
  return { ...saga, status, owner: undefined, dueAt: undefined }
}
