import type { SagaClaim, SagaLogEntry, SagaRecord } from '../saga-store.ts'

/** The moment at which {@link sampleSaga} is due; milliseconds since 1970. */
export const sampleNow = 1_767_225_600_000

const sampleTime = '2026-01-01T00:00:00.000Z'

/** A saga that was just started and is due, changed where a test wants it. */
export function sampleSaga(id: string, changes: Partial<SagaRecord> = {}): SagaRecord {
  return {
    id,
    name: 'order',
    version: 1,
    status: 'running',
    step: 0,
    attempt: 0,
    input: { orderId: id },
    outputs: {},
    cause: undefined,
    origin: { correlationId: 'c-1' },
    fence: 0,
    owner: undefined,
    dueAt: sampleNow,
    startedAt: sampleTime,
    updatedAt: sampleTime,
    ...changes,
  }
}

/** A claim of all that is due of `order@1`, changed where a test wants it. */
export function sampleClaim(changes: Partial<SagaClaim> = {}): SagaClaim {
  return {
    owner: 'worker-a',
    definitions: ['order@1'],
    limit: 10,
    now: sampleNow,
    leaseUntil: sampleNow + 5_000,
    ...changes,
  }
}

/** A line of a log, changed where a test wants it. */
export function sampleEntry(
  changes: Partial<Omit<SagaLogEntry, 'sequence'>> = {},
): Omit<SagaLogEntry, 'sequence'> {
  return {
    step: 'inventory',
    phase: 'run',
    attempt: 1,
    outcome: 'ok',
    payload: { reservationId: 'r-1' },
    at: sampleTime,
    ...changes,
  }
}
