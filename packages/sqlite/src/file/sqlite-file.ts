import { AsyncLocalStorage } from 'node:async_hooks'
import { type Clock, type IdGenerator, type Logger, NestedTransactionError } from '@ashlar/kernel'
import { Changes } from './changes.ts'
import type { Connection } from './connection.ts'
import { FilePresence } from './file-presence.ts'
import { openFile } from './open-file.ts'
import type { Patience } from './patience.ts'
import { WriteQueue } from './write-queue.ts'

/** What a file needs to be opened; every option is spelled out. */
export interface SqliteFileOptions extends Patience {
  readonly synchronous: 'full' | 'normal'
  readonly clock: Clock
  readonly ids: IdGenerator
  readonly logger: Logger
}

/** Marks the work of a transaction; work that outlives it is not inside any more. */
export type Inside = { isActive: boolean }

/** An open file: its connections, whose turn it is to write, and who is to be told. */
export class SqliteFile {
  readonly options: SqliteFileOptions
  readonly writer: Connection
  readonly reader: Connection
  readonly queue: WriteQueue
  readonly inside: AsyncLocalStorage<Inside> = new AsyncLocalStorage()
  readonly events: Changes
  readonly sagas: Changes
  readonly #presence: FilePresence
  #closing: Promise<void> | undefined
  #nowMs = Number.NaN
  #now = ''

  private constructor(options: SqliteFileOptions, writer: Connection, reader: Connection) {
    this.options = options
    this.writer = writer
    this.reader = reader
    this.events = new Changes(writer)
    this.sagas = new Changes(writer)
    this.#presence = new FilePresence(options.path)
    this.queue = new WriteQueue(this, options)
  }

  static async open(options: SqliteFileOptions): Promise<SqliteFile> {
    const { writer, reader } = await openFile(options)
    return new SqliteFile(options, writer, reader)
  }

  get isClosed(): boolean {
    return this.#closing !== undefined
  }

  /**
   * Takes the lock for writing; throws when somebody else holds it.
   *
   * @throws SqliteFileGoneError when the file was removed or replaced
   */
  begin(): void {
    this.#presence.check()
    this.writer.begin()
  }

  /** Tells those who watch what has become of the transaction. */
  settle(ended: { readonly committed: boolean }): void {
    this.events.settle(ended)
    this.sagas.settle(ended)
  }

  refuseInside(operation: string): void {
    if (this.inside.getStore()?.isActive) throw new NestedTransactionError(operation)
  }

  /** The time as text; writing a date costs as much as a small insert, so it is done once per millisecond. */
  now(): string {
    const now = this.options.clock.now()
    const ms = now.getTime()
    if (ms !== this.#nowMs) {
      this.#nowMs = ms
      this.#now = now.toISOString()
    }
    return this.#now
  }

  /** Waits until nobody is writing. */
  async idle(): Promise<void> {
    const leave = await this.queue.turn()
    leave()
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.events.close()
    this.sagas.close()
    const leave = await this.queue.turn()
    this.reader.close()
    this.writer.close()
    leave()
  }
}
