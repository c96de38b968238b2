import { DatabaseSync } from 'node:sqlite'
import type { Points, Spending } from '../../application/plugins/shop-api.ts'

type Move = { readonly kind: 'given' | 'spent' | 'given-back'; readonly key: string; readonly points: number }

/** The points of a customer: all that were given, those that were spent and did not come back, those that are left. */
export type Purse = {
  readonly customerId: string
  readonly given: number
  readonly spent: number
  readonly left: number
}

/** Points that were spent on an order, or came back from it. */
export type OrderPoints = { readonly orderId: string; readonly points: number }

/** The points' file can't be opened, or is something else; `cause` says more. */
class PointsLedgerError extends Error {
  override readonly name = 'PointsLedgerError'
  readonly code = 'SHOP_POINTS_LEDGER'

  constructor(path: string, cause: unknown) {
    super(`"${path}" must be the points' file or a new one: ${cause}`, { cause })
  }
}

const tables = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE IF NOT EXISTS balances (
    customer_id TEXT PRIMARY KEY, points INTEGER NOT NULL CHECK (points >= 0)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS moves (
    kind TEXT NOT NULL, key TEXT NOT NULL, customer_id TEXT, order_id TEXT, points INTEGER NOT NULL CHECK (points >= 0),
    PRIMARY KEY (kind, key)
  ) STRICT;
`

/**
 * The customers' points: each move once per key, and each balance kept beside the moves.
 *
 * It lies in a file of its own, as what belongs to somebody else would, so that a plugin which dies half-way leaves either
 * a whole move or none.
 */
export class PointsLedger implements Points {
  readonly #database: DatabaseSync

  constructor(path: string) {
    this.#database = openDatabase(path)
  }

  balanceOf(customerId: string): number {
    const { points = 0 } =
      this.#database.prepare('SELECT points FROM balances WHERE customer_id = ?').get(customerId) ?? {}
    return Number(points)
  }

  /** Lets a customer have more, once per key. */
  give(customerId: string, points: number, key: string): void {
    this.#atomically(() => {
      if (this.#find('given', key) === undefined) this.#move('given', key, customerId, null, points)
    })
  }

  spend({ customerId, orderId, points, key }: Parameters<Points['spend']>[0]): Spending {
    return this.#atomically(() => {
      if (this.#find('given-back', key) !== undefined)
        return { isSpent: false, reason: 'given back before they were spent' }
      const spent = this.#find('spent', key)
      if (spent !== undefined && spent.points !== points)
        return { isSpent: false, reason: 'this key was used for another number of points' }
      if (spent !== undefined) return { isSpent: true }
      const balance = this.balanceOf(customerId)
      if (balance < points) return { isSpent: false, reason: `there are only ${balance} points of ${points}` }
      this.#move('spent', key, customerId, orderId, points)
      return { isSpent: true }
    })
  }

  giveBack(key: string): void {
    this.#atomically(() => {
      if (this.#find('given-back', key) !== undefined) return
      const spent = this.#find('spent', key)
      this.#move('given-back', key, spent?.customerId ?? null, spent?.orderId ?? null, spent?.points ?? 0)
    })
  }

  /** All who were ever given points, with the sums of their moves and the balance that is kept beside them. */
  purses(): readonly Purse[] {
    return this.#database
      .prepare(
        `SELECT customer_id AS customerId, balances.points AS left,
                sum(moves.points) FILTER (WHERE kind = 'given') AS given,
                coalesce(sum(moves.points) FILTER (WHERE kind = 'spent'), 0)
                  - coalesce(sum(moves.points) FILTER (WHERE kind = 'given-back'), 0) AS spent
         FROM balances JOIN moves USING (customer_id) GROUP BY customer_id ORDER BY min(moves.rowid)`,
      )
      .all() as unknown as Purse[]
  }

  /** What was spent on orders, or given back; a refund that forestalled its charge gave nothing back. */
  forOrders(kind: 'spent' | 'given-back'): readonly OrderPoints[] {
    return this.#database
      .prepare(
        'SELECT order_id AS orderId, points FROM moves WHERE kind = ? AND order_id IS NOT NULL ORDER BY rowid',
      )
      .all(kind) as unknown as OrderPoints[]
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close()
  }

  #find(kind: Move['kind'], key: string) {
    return this.#database
      .prepare(
        'SELECT customer_id AS customerId, order_id AS orderId, points FROM moves WHERE kind = ? AND key = ?',
      )
      .get(kind, key) as { customerId: string | null; orderId: string | null; points: number } | undefined
  }

  #move(
    kind: Move['kind'],
    key: string,
    customerId: string | null,
    orderId: string | null,
    points: number,
  ): void {
    this.#database
      .prepare('INSERT INTO moves (kind, key, customer_id, order_id, points) VALUES (?, ?, ?, ?, ?)')
      .run(kind, key, customerId, orderId, points)
    if (customerId === null) return
    const left = this.balanceOf(customerId) + (kind === 'spent' ? -points : points)
    this.#database
      .prepare('INSERT INTO balances VALUES (?, ?) ON CONFLICT DO UPDATE SET points = excluded.points')
      .run(customerId, left)
  }

  /** Whoever else writes has to wait; what fails leaves nothing. */
  #atomically<Value>(work: () => Value): Value {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const value = work()
      this.#database.exec('COMMIT')
      return value
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      throw error
    }
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
    throw new PointsLedgerError(path, error)
  }
}
