import { TransactionEndedError } from '@ashlar/kernel'
import { named, SqliteTransactionLostError } from '../sqlite-error.ts'
import type { Connection } from './connection.ts'
import { patiently } from './patience.ts'
import type { SqliteFile } from './sqlite-file.ts'

/** The way that a port takes to the file: from outside, or as a part of one transaction. */
export interface Lane {
  readonly file: SqliteFile
  /** Whether the storage was closed. */
  readonly isClosed: boolean
  /** Throws when nothing may be read or written this way now. */
  admit(operation: string): void
  /** Throws when nothing may be written this way now. */
  admitWrite(operation: string): void
  /** Runs work that only reads, at once unless the file is locked; it may be run again. */
  read<T>(work: (connection: Connection) => T): Promise<T>
  /** Runs work that may write; it may be run again, and all that it wrote is undone when it throws. */
  write<T>(work: (connection: Connection) => T, signal?: AbortSignal): Promise<T>
  /** Waits until what was written is in the file. */
  idle(): Promise<void>
}

/** Reads what was committed; writes in a transaction that is shared with others. */
export class OuterLane implements Lane {
  readonly file: SqliteFile

  constructor(file: SqliteFile) {
    this.file = file
  }

  get isClosed(): boolean {
    return this.file.isClosed
  }

  admit(): void {}

  /** @throws NestedTransactionError inside of the storage's transaction: the write would wait for itself */
  admitWrite(operation: string): void {
    this.file.refuseInside(operation)
  }

  async read<T>(work: (connection: Connection) => T): Promise<T> {
    const { reader, options } = this.file
    try {
      return await patiently(() => work(reader), options)
    } catch (error) {
      throw named(options.path, error)
    }
  }

  write<T>(work: (connection: Connection) => T, signal?: AbortSignal): Promise<T> {
    return this.file.queue.run(work, signal)
  }

  idle(): Promise<void> {
    return this.file.idle()
  }
}

/** Reads and writes at once, inside of a transaction that is under way. */
export class TransactionLane implements Lane {
  readonly file: SqliteFile
  readonly isClosed = false
  #isEnded = false

  constructor(file: SqliteFile) {
    this.file = file
  }

  /** Lets nothing pass any more. */
  end(): void {
    this.#isEnded = true
  }

  /** @throws TransactionEndedError after the end, SqliteTransactionLostError where SQLite has ended it early */
  admit(operation: string): void {
    if (this.#isEnded) throw new TransactionEndedError(operation)
    if (!this.file.writer.isInTransaction) throw new SqliteTransactionLostError(operation)
  }

  admitWrite(operation: string): void {
    this.admit(operation)
  }

  async read<T>(work: (connection: Connection) => T): Promise<T> {
    this.admit('read')
    try {
      return work(this.file.writer)
    } catch (error) {
      throw named(this.file.options.path, error)
    }
  }

  async write<T>(work: (connection: Connection) => T): Promise<T> {
    const { writer, options } = this.file
    try {
      return writer.savepoint(() => work(writer))
    } catch (error) {
      throw named(options.path, error)
    }
  }

  async idle(): Promise<void> {}
}
