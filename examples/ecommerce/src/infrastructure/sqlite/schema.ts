import { FailureError, ok } from '@ashlar/result'
import type { SqliteStorage } from '@ashlar/sqlite'

const tables = ['customers', 'orders', 'stock_items', 'reservations'] as const

/** A table of the shop; every one has the same columns, customers one more. */
export type Table = (typeof tables)[number]

/** Makes the shop's own tables beside those of the storage, in its file. */
export async function createTables(storage: SqliteStorage): Promise<void> {
  const created = await storage.transaction(async ({ connection }) => {
    for (const table of tables)
      connection
        .prepare(
          `CREATE TABLE IF NOT EXISTS ${table} (
             id TEXT PRIMARY KEY,
             unique_key TEXT UNIQUE,
             version INTEGER NOT NULL,
             is_deleted INTEGER NOT NULL,
             meta TEXT NOT NULL,
             state TEXT NOT NULL
           ) STRICT`,
        )
        .run([])
    return ok()
  })
  if (created.isErr()) throw new FailureError(created.error)
}
