import type { SagaClaim, SagaLogEntry, SagaRecord } from '@ashlar/saga'
import type { Connection } from '../file/connection.ts'
import { type SagaTexts, sagaColumns, sagaRecord } from './saga-row.ts'

const isDue = "due_at is not null and status in ('running', 'compensating')"

/** The index on what is due holds each definition apart, so sagas that nobody works on are not walked over. */
const dueOfDefinition = `from sagas where tenant = ? and definition = ? and ${isDue}`

/** The sagas of a tenant's definition that are due by a moment, oldest due first, and so many at most. */
export const dueSagasOf: string = `select key, due_at ${dueOfDefinition} and due_at <= ? order by due_at, key limit ?`

/** When the next saga of a tenant's definition is due. */
export const nextDueOf: string = `select min(due_at) ${dueOfDefinition}`

/** Finds a saga. */
export function findSaga(file: Connection, tenant: string, id: string): SagaRecord | undefined {
  const row = file.row(`select ${sagaColumns} from sagas where tenant = ? and id = ?`, tenant, id)
  return row && sagaRecord(row)
}

/** Writes a new saga, or finds the one with its id. */
export function insertSaga(
  file: Connection,
  tenant: string,
  saga: SagaRecord,
  texts: SagaTexts,
): { readonly saga: SagaRecord; readonly isNew: boolean } {
  const known = findSaga(file, tenant, saga.id)
  if (known !== undefined) return { saga: known, isNew: false }
  file.insert(
    `insert into sagas (tenant, definition, ${sagaColumns})
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    tenant,
    `${saga.name}@${saga.version}`,
    saga.id,
    saga.name,
    saga.version,
    saga.status,
    saga.step,
    saga.attempt,
    texts.input,
    texts.outputs,
    texts.cause,
    texts.origin,
    saga.fence,
    saga.owner ?? null,
    saga.dueAt ?? null,
    saga.startedAt,
    saga.updatedAt,
  )
  return { saga: findSaga(file, tenant, saga.id) as SagaRecord, isNew: true }
}

/** Hands out due sagas, oldest due first. */
export function claimSagas(file: Connection, tenant: string, claim: SagaClaim): readonly SagaRecord[] {
  const { owner, definitions, limit, now, leaseUntil } = claim
  const due = [...new Set(definitions)].flatMap((definition) =>
    file.rows(dueSagasOf, tenant, definition, now, limit),
  ) as unknown as [key: number, dueAt: number][]
  const oldest = due.sort(([a, aDue], [b, bDue]) => aDue - bDue || a - b).slice(0, limit)
  return oldest.map(([key]) =>
    sagaRecord(
      file.row(
        `update sagas set owner = ?, fence = fence + 1, due_at = ? where key = ? returning ${sagaColumns}`,
        owner,
        leaseUntil,
        key,
      ) as never,
    ),
  )
}

/** A line of a log, its payload as text. */
export type NewLine = Omit<SagaLogEntry, 'sequence' | 'payload'> & { readonly payload: string }

/** Writes what a worker did, its line once; false when its fence is old. */
export function saveSaga(
  file: Connection,
  tenant: string,
  saga: SagaRecord,
  texts: SagaTexts,
  line: NewLine | undefined,
): boolean {
  const written = file.row(
    `update sagas set status = ?, step = ?, attempt = ?, outputs = ?, cause = ?, owner = ?, due_at = ?, updated_at = ?
      where tenant = ? and id = ? and fence = ? returning key`,
    saga.status,
    saga.step,
    saga.attempt,
    texts.outputs,
    texts.cause,
    saga.owner ?? null,
    saga.dueAt ?? null,
    saga.updatedAt,
    tenant,
    saga.id,
    saga.fence,
  )
  if (written === undefined) return false
  if (line !== undefined) addLine(file, written[0] as number, line)
  return true
}

function addLine(file: Connection, sagaKey: number, line: NewLine): void {
  const last = file.row(
    'select step, phase, attempt, at from saga_log where saga_key = ? order by sequence desc limit 1',
    sagaKey,
  )
  if (last?.[0] === line.step && last[1] === line.phase && last[2] === line.attempt && last[3] === line.at)
    return
  file.insert(
    `insert into saga_log (saga_key, sequence, step, phase, attempt, outcome, payload, at)
      values (?, (select coalesce(max(sequence), 0) + 1 from saga_log where saga_key = ?), ?, ?, ?, ?, ?, ?)`,
    sagaKey,
    sagaKey,
    line.step,
    line.phase,
    line.attempt,
    line.outcome,
    line.payload,
    line.at,
  )
}

/** Extends leases; tells whose are lost. */
export function renewSagas(
  file: Connection,
  tenant: string,
  held: readonly { readonly id: string; readonly fence: number }[],
  leaseUntil: number,
): readonly string[] {
  const lost: string[] = []
  for (const { id, fence } of held) {
    const renewed = file.change(
      'update sagas set due_at = ? where tenant = ? and id = ? and fence = ? and owner is not null',
      leaseUntil,
      tenant,
      id,
      fence,
    )
    if (renewed === 0) lost.push(id)
  }
  return lost
}

/** When the next saga is due. */
export function nextDueSaga(
  file: Connection,
  tenant: string,
  definitions: readonly string[],
): number | undefined {
  const moments = definitions.flatMap(
    (definition) => file.row(nextDueOf, tenant, definition)?.[0] ?? [],
  ) as number[]
  return moments.length === 0 ? undefined : moments.reduce((a, b) => Math.min(a, b))
}
