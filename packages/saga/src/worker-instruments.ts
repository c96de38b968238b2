import type { Telemetry } from '@ashlar/kernel'
import type { Attempt } from './attempt-step.ts'
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

/** Spans for attempts and a count of ended sagas, as far as there are instruments for them. */
export function workerInstruments({ tracer, meter }: Telemetry = {}): WorkerInstruments {
  const endedSagas = meter?.createCounter('ashlar.saga.ended', { description: 'sagas that ended, by status' })
  return {
    attempt(saga, step, phase, work) {
      if (tracer === undefined) return work()
      const attributes = { 'saga.id': saga.id, 'saga.definition': definitionKey(saga), 'saga.phase': phase }
      return tracer.startActiveSpan(`saga ${phase} ${step}`, { attributes }, async (span) => {
        const attempt = await work()
        span.setAttributes({ 'saga.outcome': attempt.outcome })
        if (attempt.outcome === 'thrown')
          span.setStatus({ code: spanError, message: attempt.failure.message })
        span.end()
        return attempt
      })
    },
    end: (saga) => endedSagas?.add(1, { 'saga.definition': definitionKey(saga), 'saga.status': saga.status }),
  }
}
