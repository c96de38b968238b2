/**
 * Sagas: durable steps with compensation, resumed after a crash by any worker.
 *
 * @packageDocumentation
 */
export {
  type CompensatedStep,
  defineSaga,
  type Eventually,
  type PivotStep,
  type RetriableStep,
  type Saga,
  type SagaAfterPivot,
  type StepOptions,
} from './define-saga.ts'
export { InvalidSagaError } from './invalid-saga-error.ts'
export { InvalidSagaIdError } from './invalid-saga-id-error.ts'
export {
  InMemorySagaStore,
  type InMemorySagaStoreOptions,
  type SagaStoreFork,
} from './memory/in-memory-saga-store.ts'
export type { SagaInputMismatch } from './new-saga.ts'
export { requireMoment } from './require-moment.ts'
export type { RetryPolicy, SagaRetry } from './retry-policy.ts'
export type {
  AnySagaDefinition,
  CompensateContext,
  DeepReadonly,
  Kept,
  RunContext,
  SagaDefinition,
  SagaStep,
  SagaStepKind,
} from './saga-definition.ts'
export { SagaRunRefusedError, WrongSagaError } from './saga-error.ts'
export {
  type SagaHandle,
  SagaOrchestrator,
  type SagaOrchestratorOptions,
} from './saga-orchestrator.ts'
export type { SagaOutcome, SagaOutcomeCause } from './saga-outcome.ts'
export type {
  SagaCause,
  SagaClaim,
  SagaLogEntry,
  SagaOrigin,
  SagaPhase,
  SagaRecord,
  SagaStatus,
  SagaStore,
} from './saga-store.ts'
export { SagaStoreClosedError } from './saga-store-error.ts'
export {
  InvalidStepResultError,
  type StepThrew,
  StepTimeoutError,
  type StoredFailure,
} from './step-failure.ts'
