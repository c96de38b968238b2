import type { Span, Telemetry } from '@ashlar/kernel'
import type { Attempt } from './attempt-step.ts'
import { guard } from './guarded-logger.ts'
import { definitionKey } from './saga-definition.ts'
import type { SagaPhase, SagaRecord } from './saga-store.ts'

/** What a worker tells of itself. */
export interface WorkerInstruments {
  /** Wraps one attempt of a step. */
  attempt(saga: SagaRecord, step: string, phase: SagaPhase, work: () => Promise<Attempt>): Promise<Attempt>
  /** Counts a saga that has ended. */
  end(saga: SagaRecord): void
}

const spanError = 2

/** Spans for attempts and a count of ended sagas, as far as there are instruments for them; what they throw is ignored. */
export function workerInstruments({ tracer, meter }: Telemetry = {}): WorkerInstruments {
  const endedSagas = guard(() =>
    meter?.createCounter('ashlar.saga.ended', { description: 'sagas that ended, by status' }),
  )
  return {
    attempt(saga, step, phase, work) {
      if (tracer === undefined) return work()
      const attributes = { 'saga.id': saga.id, 'saga.definition': definitionKey(saga), 'saga.phase': phase }
      let attempting: Promise<Attempt> | undefined
      const begin = () => (attempting ??= work())
      guard(() =>
        tracer.startActiveSpan(`saga ${phase} ${step}`, { attributes }, (span) =>
          begin().then((attempt) => describe(span, attempt)),
        ),
      )
      return begin()
    },
    end: (saga) =>
      guard(() => endedSagas?.add(1, { 'saga.definition': definitionKey(saga), 'saga.status': saga.status })),
  }
}

function describe(span: Span, attempt: Attempt): void {
  guard(() => span.setAttributes({ 'saga.outcome': attempt.outcome }))
  if (attempt.outcome === 'thrown')
    guard(() => span.setStatus({ code: spanError, message: attempt.failure.message }))
  guard(() => span.end())
}
