import type { AggregateMeta } from '@ashlar/domain'

/** A row as a driver gives it: its own columns, and those of the repository. */
export type StoredRow = {
  readonly version: number | string | bigint
  readonly created_at: string | Date
  readonly created_by: string | null
  readonly modified_at: string | Date | null
  readonly modified_by: string | null
  readonly is_deleted: number | bigint | boolean
  readonly [column: string]: unknown
}

/** Tells the repository's columns from the aggregate's. */
export function metaOfRow(
  row: StoredRow,
  tenantColumn: string | undefined,
): { readonly meta: AggregateMeta; readonly own: object } {
  const { version, created_at, created_by, modified_at, modified_by, is_deleted, ...rest } = row
  const own: { [column: string]: unknown } = rest
  if (tenantColumn !== undefined) delete own[tenantColumn]
  const meta = {
    version: Number(version),
    createdAt: timeText(created_at),
    ...(created_by !== null && { createdBy: created_by }),
    ...(modified_at !== null && { modifiedAt: timeText(modified_at) }),
    ...(modified_by !== null && { modifiedBy: modified_by }),
    isDeleted: Boolean(is_deleted),
  }
  return { meta: Object.freeze(meta), own }
}

function timeText(time: string | Date): string {
  return typeof time === 'string' ? time : time.toISOString()
}
