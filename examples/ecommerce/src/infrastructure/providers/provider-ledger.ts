import { DatabaseSync } from 'node:sqlite'
import type { Clock } from '@ashlar/kernel'

export type Service = 'payments' | 'shipping' | 'notifications'
/** What goes wrong at a provider, and when: before it has done anything, or after it has. */
export type Mishap = 'decline' | 'fail-before' | 'fail-after' | 'hang-before' | 'hang-after'
export type Effect = {
  readonly service: Service
  readonly operation: string
  readonly key: string
  readonly reference: string
  readonly payload: string
}

/** The providers' file can't be opened, or is something else; `cause` says more. */
class ProviderLedgerError extends Error {
  override readonly name = 'ProviderLedgerError'
  readonly code = 'SHOP_PROVIDER_LEDGER'

  constructor(path: string, cause: unknown) {
    super(`"${path}" must be the providers' file or a new one: ${cause}`, { cause })
  }
}

const tables = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS requests (
    number INTEGER PRIMARY KEY, service TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS effects (
    service TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL, reference TEXT NOT NULL, payload TEXT NOT NULL,
    PRIMARY KEY (service, operation, key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS mishaps (
    number INTEGER PRIMARY KEY, service TEXT NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL, remaining INTEGER NOT NULL
  ) STRICT;
`

/**
 * What the outside world remembers of us: every request, and each effect once per key.
 *
 * It lies in a file of its own, and is written whatever becomes of our transactions, as a real provider would.
 */
export class ProviderLedger {
  readonly #database: DatabaseSync
  readonly #clock: Clock

  constructor(path: string, clock: Clock) {
    this.#clock = clock
    this.#database = openDatabase(path)
  }

  /** Notes that we were asked. */
  request(service: Service, operation: string, key: string): void {
    this.#database
      .prepare('INSERT INTO requests (service, operation, key, at) VALUES (?, ?, ?, ?)')
      .run(service, operation, key, this.#clock.now().toISOString())
  }

  /** Does what was asked for, unless it was done under this key before; tells what was done then or now. */
  effect(effect: Effect): Effect {
    const { service, operation, key, reference, payload } = effect
    this.#database
      .prepare('INSERT INTO effects VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING')
      .run(service, operation, key, reference, payload)
    return this.find(service, operation, key) ?? effect
  }

  find(service: Service, operation: string, key: string): Effect | undefined {
    return this.#database
      .prepare('SELECT * FROM effects WHERE service = ? AND operation = ? AND key = ?')
      .get(service, operation, key) as Effect | undefined
  }

  /** All effects of an operation, in the order in which they came about. */
  effects(service: Service, operation: string): readonly Effect[] {
    return this.#database
      .prepare('SELECT * FROM effects WHERE service = ? AND operation = ? ORDER BY rowid')
      .all(service, operation) as unknown as Effect[]
  }

  /** How often an operation was asked for; under one key, where one is named. */
  requests(service: Service, operation: string, key?: string): number {
    const { count } = this.#database
      .prepare(
        'SELECT count(*) AS count FROM requests WHERE service = ? AND operation = ? AND key = coalesce(?, key)',
      )
      .get(service, operation, key ?? null) as { count: number }
    return count
  }

  /** Lets the next so many requests go wrong, whoever sends them. */
  arrange(service: Service, operation: string, kind: Mishap, times = 1): void {
    this.#database
      .prepare('INSERT INTO mishaps (service, operation, kind, remaining) VALUES (?, ?, ?, ?)')
      .run(service, operation, kind, times)
  }

  /** Lets everything go well again. */
  calm(): void {
    this.#database.exec('DELETE FROM mishaps')
  }

  /** The mishap that meets this request, used up by it. */
  nextMishap(service: Service, operation: string): Mishap | undefined {
    const found = this.#database
      .prepare(
        `UPDATE mishaps SET remaining = remaining - 1
         WHERE number = (SELECT min(number) FROM mishaps WHERE service = ? AND operation = ? AND remaining > 0)
         RETURNING kind`,
      )
      .get(service, operation) as { kind: Mishap } | undefined
    return found?.kind
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 5_000 })
    database.exec(tables)
    return database
  } catch (error) {
    database?.close()
    throw new ProviderLedgerError(path, error)
  }
}
