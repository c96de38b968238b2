import type { IdempotencyClaim, IdempotencyClaimRequest, IdempotencyEntry } from '@ashlar/mediator'
import type { Connection, Row } from '../file/connection.ts'
import { frozenText } from '../file/frozen-text.ts'

const findEntry =
  'select fingerprint, until, response from idempotency_keys where tenant = ? and key = ? and until > ?'

/** A fence is the moment of its claim, or one more than the last: it rises even where the last was deleted. */
const claimFree = `insert into idempotency_keys (tenant, key, fingerprint, fence, until)
  values (?, ?, ?, ?, ?)
  on conflict (tenant, key) do update set
    fingerprint = excluded.fingerprint,
    fence = max(fence + 1, excluded.fence),
    until = excluded.until,
    response = null
  returning fence`

const complete = `update idempotency_keys set response = ?, until = ?
  where tenant = ? and key = ? and fence = ? and response is null`

const release = 'delete from idempotency_keys where tenant = ? and key = ? and fence = ? and response is null'

const prune = `delete from idempotency_keys where tenant = ? and key in
  (select key from idempotency_keys where tenant = ? and until <= ? order by until limit ?)`

/** Gives the key to the caller, or tells who has it. */
export function claimKey(
  file: Connection,
  tenant: string,
  { key, fingerprint, now, leaseUntil }: IdempotencyClaimRequest,
): IdempotencyClaim {
  const known = findKey(file, tenant, key, now)
  if (known !== undefined) return known
  const claimed = file.row(claimFree, tenant, key, fingerprint, now, leaseUntil) as readonly [fence: number]
  return { status: 'claimed', fence: claimed[0] }
}

/** Keeps the response; false when the fence is old or there is one. */
export function completeKey(
  file: Connection,
  tenant: string,
  answer: {
    readonly key: string
    readonly fence: number
    readonly response: string
    readonly expiresAt: number
  },
): boolean {
  const { key, fence, response, expiresAt } = answer
  return file.change(complete, response, expiresAt, tenant, key, fence) === 1
}

/** Forgets a claim that has no response. */
export function releaseKey(file: Connection, tenant: string, key: string, fence: number): void {
  file.change(release, tenant, key, fence)
}

/** Finds a key that is not free. */
export function findKey(
  file: Connection,
  tenant: string,
  key: string,
  now: number,
): IdempotencyEntry | undefined {
  const row = file.row(findEntry, tenant, key, now)
  return row && entryOf(row, key)
}

/** Deletes keys that were free before; tells how many. */
export function pruneKeys(file: Connection, tenant: string, before: number, limit: number): number {
  return file.change(prune, tenant, tenant, before, limit)
}

function entryOf(row: Row, key: string): IdempotencyEntry {
  const [fingerprint, until, response] = row as readonly [string, number, string | null]
  if (response === null) return { status: 'in-flight', fingerprint, leaseUntil: until }
  return { status: 'completed', fingerprint, response: frozenText(response, 'idempotency key', key) }
}
