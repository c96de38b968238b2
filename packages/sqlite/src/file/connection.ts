import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { SqliteTransactionLostError } from '../sqlite-error.ts'
import { ConnectionLender } from './lent-connection.ts'
import { StatementCache } from './statement-cache.ts'

/** A row, its values in the order of the statement's columns. */
export type Row = readonly (string | number | null)[]

/** One connection to the file, with its statements prepared once; every statement is run to its end at once. */
export class Connection {
  readonly lender: ConnectionLender
  readonly #database: DatabaseSync
  readonly #statements: StatementCache<StatementSync>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.lender = new ConnectionLender(database)
    this.#statements = new StatementCache((sql) => {
      const statement = database.prepare(sql)
      statement.setReturnArrays(true)
      return statement
    })
  }

  get isOpen(): boolean {
    return this.#database.isOpen
  }

  get isInTransaction(): boolean {
    return this.#database.isTransaction
  }

  row(sql: string, ...parameters: SQLInputValue[]): Row | undefined {
    return this.#statements.get(sql).get(...parameters) as unknown as Row | undefined
  }

  rows(sql: string, ...parameters: SQLInputValue[]): readonly Row[] {
    return this.#statements.get(sql).all(...parameters) as unknown as readonly Row[]
  }

  /** Returns the row id of the last insert. */
  insert(sql: string, ...parameters: SQLInputValue[]): number {
    return this.#statements.get(sql).run(...parameters).lastInsertRowid as number
  }

  /** Returns how many rows were changed. */
  change(sql: string, ...parameters: SQLInputValue[]): number {
    return this.#statements.get(sql).run(...parameters).changes as number
  }

  /** Takes the lock for writing; throws when somebody else holds it. */
  begin(): void {
    this.change('begin immediate')
  }

  commit(): void {
    if (!this.isInTransaction) throw new SqliteTransactionLostError('commit')
    this.change('commit')
  }

  rollback(): void {
    if (this.isInTransaction) this.change('rollback')
  }

  /** Runs work whose writes are undone when it throws, inside of a transaction. */
  savepoint<T>(work: () => T): T {
    this.change('savepoint ashlar_job')
    try {
      const value = work()
      this.change('release ashlar_job')
      return value
    } catch (error) {
      if (this.isInTransaction) {
        this.change('rollback to ashlar_job')
        this.change('release ashlar_job')
      }
      throw error
    }
  }

  /** Runs work that sees the file as of one moment. */
  snapshot<T>(work: () => T): T {
    if (this.isInTransaction) return work()
    this.change('begin')
    try {
      return work()
    } finally {
      this.change('commit')
    }
  }

  close(): void {
    if (this.isOpen) this.#database.close()
  }
}
