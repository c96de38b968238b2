import { type EventStore, StoreClosedError } from '@ashlar/event-store'
import { requireTenantId } from '@ashlar/event-store/adapter'
import {
  type Clock,
  type IdGenerator,
  type Logger,
  silentLogger,
  systemClock,
  type TransactionOptions,
  type UnitOfWork,
  uuidv7,
} from '@ashlar/kernel'
import type { IdempotencyStore } from '@ashlar/mediator'
import type { Result } from '@ashlar/result'
import type { SagaStore } from '@ashlar/saga'
import { SqliteEventStore } from './events/sqlite-event-store.ts'
import { OuterLane, TransactionLane } from './file/lane.ts'
import { patiently } from './file/patience.ts'
import { type Inside, SqliteFile } from './file/sqlite-file.ts'
import { SqliteIdempotencyStore } from './idempotency/sqlite-idempotency-store.ts'
import { SqliteSagaStore } from './sagas/sqlite-saga-store.ts'
import type { SqliteConnection } from './sqlite-connection.ts'
import { named, SqliteInvalidOptionError } from './sqlite-error.ts'

/** Options of {@link SqliteStorage.open}. */
export interface SqliteStorageOptions {
  /** The file's path; it is made where it is missing, its folder is not. */
  readonly path: string
  /**
   * When a commit is safe: `full`, the default, when the disk has it; `normal`, when the operating system has it, so that
   * the last commits may be lost when the power fails, but not when the process is killed.
   */
  readonly synchronous?: 'full' | 'normal'
  /** How long to wait for another process that is writing, from 0; 5,000 unless told. */
  readonly busyTimeoutMs?: number
  /** Tells when events were recorded; the machine's clock unless told. */
  readonly clock?: Clock
  /** Names events that come without an id; UUIDv7 unless told. */
  readonly ids?: IdGenerator
  /** Hears of writes that had to be repeated; silent unless told. */
  readonly logger?: Logger
}

/** The ports of a storage; those of a transaction are bound to its commit. */
export interface SqlitePorts {
  /** Events. */
  readonly events: EventStore
  /** Sagas. */
  readonly sagas: SagaStore
  /** Keys and responses of idempotent commands. */
  readonly idempotency: IdempotencyStore
  /** For SQL of one's own, in the shape that Kysely's dialect takes; read-only outside of transactions. */
  readonly connection: SqliteConnection
}

/**
 * All storage ports on one SQLite file and one transaction.
 *
 * One connection writes, another one reads what was committed. Writes of concurrent callers share a commit.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { createContext } from '@ashlar/kernel'
 * import { SqliteStorage } from '@ashlar/sqlite'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'shop-'))
 * const storage = await SqliteStorage.open({ path: join(folder, 'shop.db') })
 * const opened = { type: 'CartOpened', data: { customerId: 'ada' } }
 * const result = await storage.transaction(async (tx) => {
 *   tx.connection.prepare('create table carts (id text primary key) strict').run([])
 *   tx.connection.prepare('insert into carts (id) values (?)').run(['42'])
 *   return tx.events.append({ stream: 'cart-42', expected: 'none', events: [opened] }, createContext())
 * })
 * console.log(result.isOk(), storage.connection.prepare('select id from carts').all([]))
 * await storage.close()
 * ```
 */
export class SqliteStorage implements SqlitePorts, UnitOfWork<SqlitePorts> {
  /** Events, committed one by one. */
  readonly events: EventStore
  /** Sagas, committed one by one. */
  readonly sagas: SagaStore
  /** Keys and responses of idempotent commands, committed one by one; `prune` deletes what has expired. */
  readonly idempotency: IdempotencyStore
  /** For queries of one's own over what was committed; it can't write. */
  readonly connection: SqliteConnection
  readonly #file: SqliteFile
  readonly #tenantId: string | undefined
  #isClosed = false

  private constructor(file: SqliteFile, tenantId: string | undefined) {
    const lane = new OuterLane(file)
    this.#file = file
    this.#tenantId = tenantId
    this.events = new SqliteEventStore(lane, tenantId)
    this.sagas = new SqliteSagaStore(lane, tenantId)
    this.idempotency = new SqliteIdempotencyStore(lane, tenantId, () => this.#isClosed)
    this.connection = file.reader.lender.lend((operation) => this.#refuseWhenClosed(operation), {
      savepoints: false,
    })
  }

  /**
   * Opens a file, and brings it to the schema of this release.
   *
   * @param options - the path, and how to write
   * @returns the storage of no tenant
   * @throws SqliteInvalidOptionError for an option that can't be; SqliteMemoryPathError for `:memory:`, an empty path and URIs; SqliteOpenError for a folder and for a file whose
   *   folder is missing; SqliteReadOnlyError for what may not be written; SqliteForeignFileError for what is no database of
   *   Ashlar; SqliteSchemaTooNewError for one of a newer release; SqliteBusyError when it is locked for too long
   * @example See {@link SqliteStorage}.
   */
  static async open(options: SqliteStorageOptions): Promise<SqliteStorage> {
    const {
      path,
      synchronous = 'full',
      busyTimeoutMs = 5_000,
      clock = systemClock,
      ids = uuidv7,
      logger = silentLogger,
    } = options
    checkOptions({ path, synchronous, busyTimeoutMs })
    return new SqliteStorage(
      await SqliteFile.open({ path, synchronous, busyTimeoutMs, clock, ids, logger }),
      undefined,
    )
  }

  /**
   * Runs work whose writes are committed together or not at all, after all writers that came before.
   *
   * @param work - gets the ports of the transaction; Err and throw roll everything back
   * @param options - `signal` gives up waiting
   * @returns what the work returned
   * @throws what the work threw; the signal's reason when it is aborted while waiting; NestedTransactionError inside of
   *   another transaction of the same file; SqliteFileGoneError when the file was removed or replaced; SqliteBusyError when another process is writing for too long; StoreClosedError
   *   after `close()`
   */
  async transaction<Value, Fails>(
    work: (tx: SqlitePorts) => Promise<Result<Value, Fails>>,
    options: TransactionOptions = {},
  ): Promise<Result<Value, Fails>> {
    this.#refuseWhenClosed('transaction')
    this.#file.refuseInside('transaction')
    const { signal } = options
    const leave = await this.#file.queue.turn(signal)
    try {
      await this.#begin(signal)
      return await this.#runInside(work)
    } finally {
      leave()
    }
  }

  /**
   * Gives the same ports for one tenant.
   *
   * @param tenantId - 1 character or more of well-formed text without U+0000
   * @returns a storage on the same file, with the same turns; closing it leaves the file open
   * @throws InvalidNameError for what can't be a tenant's id
   */
  forTenant(tenantId: string): SqliteStorage {
    requireTenantId(tenantId)
    return new SqliteStorage(this.#file, tenantId)
  }

  /**
   * Waits for what is under way, then refuses all else; closing again does nothing.
   *
   * @throws NestedTransactionError inside of its own transaction
   */
  async close(): Promise<void> {
    if (!this.#isClosed) this.#file.refuseInside('close')
    this.#isClosed = true
    if (this.#tenantId === undefined) await this.#file.close()
    else await Promise.all([this.events.close(), this.sagas.close()])
  }

  #begin(signal: AbortSignal | undefined): Promise<void> {
    return patiently(
      () => this.#file.begin(),
      this.#file.options,
      () => signal?.throwIfAborted(),
    ).catch((error: unknown) => {
      throw named(this.#file.options.path, error)
    })
  }

  async #runInside<Value, Fails>(
    work: (tx: SqlitePorts) => Promise<Result<Value, Fails>>,
  ): Promise<Result<Value, Fails>> {
    const { writer, inside } = this.#file
    const lane = new TransactionLane(this.#file)
    const mark: Inside = { isActive: true }
    const events = new SqliteEventStore(lane, this.#tenantId)
    const sagas = new SqliteSagaStore(lane, this.#tenantId)
    const idempotency = new SqliteIdempotencyStore(lane, this.#tenantId, () => false)
    const connection = writer.lender.lend((operation) => lane.admit(operation), { savepoints: true })
    let committed = false
    try {
      const result = await inside.run(mark, () => work({ events, sagas, idempotency, connection }))
      const isOk = result.isOk()
      lane.end()
      if (isOk) this.#commit()
      committed = isOk
      return result
    } finally {
      mark.isActive = false
      lane.end()
      events.release()
      sagas.release()
      writer.rollback()
      this.#file.settle({ committed })
    }
  }

  #commit(): void {
    try {
      this.#file.writer.commit()
    } catch (error) {
      throw named(this.#file.options.path, error)
    }
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#isClosed || this.#file.isClosed) throw new StoreClosedError(operation)
  }
}

function checkOptions(options: Pick<SqliteStorageOptions, 'path' | 'synchronous' | 'busyTimeoutMs'>): void {
  const { path, synchronous, busyTimeoutMs } = options
  if (typeof path !== 'string') throw new SqliteInvalidOptionError('path', 'text', path)
  if (synchronous !== 'full' && synchronous !== 'normal')
    throw new SqliteInvalidOptionError('synchronous', `"full" or "normal"`, synchronous)
  if (!Number.isFinite(busyTimeoutMs) || Number(busyTimeoutMs) < 0)
    throw new SqliteInvalidOptionError('busyTimeoutMs', 'a finite number from 0', busyTimeoutMs)
}
