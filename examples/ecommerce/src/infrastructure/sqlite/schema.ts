import { FailureError, ok } from '@ashlar/result'
import type { SqliteConnection, SqliteStorage } from '@ashlar/sqlite'

/** What `KyselyRepository` keeps of each aggregate beside its own columns. */
const kept = [
  'version INTEGER NOT NULL',
  'created_at TEXT NOT NULL',
  'created_by TEXT',
  'modified_at TEXT',
  'modified_by TEXT',
  'is_deleted INTEGER NOT NULL',
]

const tables = new Map([
  [
    'customers',
    [
      'id TEXT PRIMARY KEY',
      'name TEXT NOT NULL',
      'email TEXT NOT NULL',
      'email_key TEXT NOT NULL UNIQUE',
      'phone TEXT NOT NULL',
      'address TEXT NOT NULL',
      'status TEXT NOT NULL',
      'tier TEXT NOT NULL',
      'tier_rank INTEGER NOT NULL',
      'open_minor INTEGER NOT NULL',
      'completed_minor INTEGER NOT NULL',
      ...kept,
    ],
  ],
  [
    'orders',
    [
      'id TEXT PRIMARY KEY',
      'customer_id TEXT NOT NULL',
      'cart_id TEXT NOT NULL',
      'lines TEXT NOT NULL',
      'currency TEXT NOT NULL',
      'total_minor INTEGER NOT NULL',
      'shipping TEXT NOT NULL',
      'placed_at TEXT NOT NULL',
      'status TEXT NOT NULL',
      ...kept,
    ],
  ],
  [
    'stock_items',
    ['id TEXT PRIMARY KEY', 'available INTEGER NOT NULL', 'reserved INTEGER NOT NULL', ...kept],
  ],
  ['reservations', ['id TEXT PRIMARY KEY', 'lines TEXT NOT NULL', 'status TEXT NOT NULL', ...kept]],
])

/** Columns that came later; a file from before gets them, with the value that was meant all along. */
const additions = new Map([['orders', ["payment TEXT NOT NULL DEFAULT 'card'"]]])

/** One for each order of a search but that by address, whose own index is unique. */
const indexes = [
  'customers_by_name ON customers (name, id)',
  'customers_by_tier ON customers (tier_rank, id)',
  'customers_by_creation ON customers (created_at, id)',
]

/** A file has the shop's tables in another form than this program, and no known way leads from one to the other. */
class OtherSchemaError extends Error {
  override readonly name = 'OtherSchemaError'
  readonly code = 'SHOP_OTHER_SCHEMA'

  constructor(path: string, table: string, columns: readonly string[], found: readonly string[]) {
    super(
      `table "${table}" of "${path}" must have the columns ${columns.join(', ')}, found ${found.join(', ')}: open it with the program that made it`,
    )
  }
}

/** Makes the shop's own tables beside those of the storage, in its file; a file of another form stays as it is. */
export async function createTables(storage: SqliteStorage, path: string): Promise<void> {
  const created = await storage.transaction(async ({ connection }) => {
    for (const [table, original] of tables) {
      const columns = [...original, ...(additions.get(table) ?? [])]
      connection.prepare(`CREATE TABLE IF NOT EXISTS ${table} (${columns.join(', ')}) STRICT`).run([])
      if (namesOf(original).join() === namesFound(connection, table).join())
        for (const column of columns.slice(original.length))
          connection.prepare(`ALTER TABLE ${table} ADD COLUMN ${column}`).run([])
      verify(connection, path, table, columns)
    }
    for (const index of indexes) connection.prepare(`CREATE INDEX IF NOT EXISTS ${index}`).run([])
    return ok()
  })
  if (created.isErr()) throw new FailureError(created.error)
}

function verify(connection: SqliteConnection, path: string, table: string, columns: readonly string[]): void {
  const [wanted, found] = [namesOf(columns), namesFound(connection, table)]
  if (found.join() !== wanted.join()) throw new OtherSchemaError(path, table, wanted, found)
}

function namesOf(columns: readonly string[]): readonly string[] {
  return columns.map((column) => column.slice(0, column.indexOf(' ')))
}

function namesFound(connection: SqliteConnection, table: string): readonly string[] {
  const rows = connection.prepare('SELECT name FROM pragma_table_info(?)').all([table])
  return (rows as readonly { readonly name: string }[]).map(({ name }) => name)
}
