import { frozenJson, type Json, type JsonObject } from '@ashlar/kernel'
import type { SagaCause, SagaLogEntry, SagaOrigin, SagaPhase, SagaRecord, SagaStatus } from '@ashlar/saga'
import type { Row } from '../file/connection.ts'
import { frozenText } from '../file/frozen-text.ts'

/** What {@link sagaRecord} takes, in this order. */
export const sagaColumns =
  'id, name, version, status, step, attempt, input, outputs, cause, origin, fence, owner, due_at, started_at, updated_at'

/** What {@link sagaLogEntry} takes, in this order. */
export const logColumns = 'sequence, step, phase, attempt, outcome, payload, at'

/** Makes the saga that a row holds, deeply frozen. */
export function sagaRecord(row: Row): SagaRecord {
  const [
    id,
    name,
    version,
    status,
    step,
    attempt,
    input,
    outputs,
    cause,
    origin,
    fence,
    owner,
    dueAt,
    ...at
  ] = row as unknown as SagaRow
  const read = (text: string) => frozenText(text, 'saga', id)
  return Object.freeze({
    id,
    name,
    version,
    status,
    step,
    attempt,
    input: read(input),
    outputs: read(outputs) as JsonObject,
    cause: cause === null ? undefined : (read(cause) as SagaCause),
    origin: read(origin) as SagaOrigin,
    fence,
    owner: owner ?? undefined,
    dueAt: dueAt ?? undefined,
    startedAt: at[0],
    updatedAt: at[1],
  })
}

/** Makes the line of a log that a row holds, deeply frozen. */
export function sagaLogEntry(row: Row): SagaLogEntry {
  const [sequence, step, phase, attempt, outcome, payload, at] = row as unknown as LogRow
  return Object.freeze({
    sequence,
    step,
    phase,
    attempt,
    outcome,
    payload: frozenText(payload, 'line of a saga log', sequence),
    at,
  })
}

/** What of a saga is kept as JSON. */
export interface SagaTexts {
  readonly input: string
  readonly outputs: string
  readonly cause: string | null
  readonly origin: string
}

/** Writes down what a saga has of JSON, so that nothing can change it any more. */
export function sagaTexts({ input, outputs, cause, origin }: SagaRecord): SagaTexts {
  return {
    input: jsonText(input),
    outputs: jsonText(outputs),
    cause: cause === undefined ? null : jsonText(cause),
    origin: jsonText(origin),
  }
}

/** @throws InvalidJsonError for what JSON can't carry */
export function jsonText(value: Json | SagaCause | SagaOrigin): string {
  return JSON.stringify(frozenJson(value as Json))
}

type SagaRow = readonly [
  id: string,
  name: string,
  version: number,
  status: SagaStatus,
  step: number,
  attempt: number,
  input: string,
  outputs: string,
  cause: string | null,
  origin: string,
  fence: number,
  owner: string | null,
  dueAt: number | null,
  startedAt: string,
  updatedAt: string,
]

type LogRow = readonly [
  sequence: number,
  step: string,
  phase: SagaPhase,
  attempt: number,
  outcome: SagaLogEntry['outcome'],
  payload: string,
  at: string,
]
