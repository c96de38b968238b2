import type { AnySagaDefinition, SagaDefinition } from './saga-definition.ts'
import type { SagaPhase, SagaRecord } from './saga-store.ts'
import type { StepThrew, StoredFailure } from './step-failure.ts'

/** How a saga ended. */
export type SagaOutcome<Value, Fails> =
  | {
      /** All steps have run. */
      readonly status: 'completed'
      /** What the definition's `result` made. */
      readonly value: Value
    }
  | {
      /** All steps that had run are undone. */
      readonly status: 'compensated'
      /** Why it turned back. */
      readonly cause: SagaOutcomeCause<Fails>
    }
  | {
      /** Neither direction is safe, or an undo can't be done. */
      readonly status: 'needs-attention'
      /** The step that is neither done nor undone. */
      readonly step: string
      /** Whether it was being run or undone. */
      readonly phase: SagaPhase
      /** Why it turned back or stopped, in the first place. */
      readonly cause: SagaOutcomeCause<Fails>
    }
  | {
      /** It was asked to turn back, and has. */
      readonly status: 'cancelled'
    }
  | {
      /** A person gave it up as it was. */
      readonly status: 'abandoned'
    }

/** Why a saga turned back or stopped, in the words of its definition. */
export type SagaOutcomeCause<Fails> = {
  /** The step that said no or broke. */
  readonly step: string
  /** Whether it was being run or undone. */
  readonly phase: SagaPhase
  /** What the step said, or what it threw. */
  readonly failure: StoredFailure<Fails> | StepThrew
}

/** Tells an ended saga's outcome. */
export function outcomeOf<Value, Fails>(
  saga: SagaRecord,
  definition: SagaDefinition<never, Value, Fails>,
): SagaOutcome<Value, Fails> {
  const cause = saga.cause as SagaOutcomeCause<Fails>
  switch (saga.status) {
    case 'completed':
      return { status: 'completed', value: definition.value(stateOf(saga) as never) }
    case 'compensated':
      return { status: 'compensated', cause }
    case 'needs-attention':
      return { status: 'needs-attention', ...standstill(saga, definition), cause }
    case 'cancelled':
    case 'abandoned':
      return { status: saga.status }
    case 'running':
    case 'compensating':
      throw new TypeError(`saga "${saga.id}" is ${saga.status}, expected one that has ended`)
    default:
      return saga.status satisfies never
  }
}

/** The state that steps and `result` are given. */
export function stateOf(saga: SagaRecord): object {
  return Object.freeze({ input: saga.input, ...saga.outputs })
}

/** A step that can be undone stands still only in its undoing: spent attempts of its run turn the saga back. */
function standstill(saga: SagaRecord, definition: AnySagaDefinition): { step: string; phase: SagaPhase } {
  const step = definition.steps[saga.step]
  return { step: step?.name ?? '', phase: step?.kind === 'step' ? 'undo' : 'run' }
}
