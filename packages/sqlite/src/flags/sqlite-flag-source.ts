import { type Clock, frozenJson, type Json, silentLogger, systemClock, uuidv7, Wakeup } from '@ashlar/kernel'
import type { Result } from '@ashlar/result'
import { Changes } from '../file/changes.ts'
import { FilePresence } from '../file/file-presence.ts'
import { OuterLane } from '../file/lane.ts'
import { SqliteFile } from '../file/sqlite-file.ts'
import { SqliteInvalidOptionError } from '../sqlite-error.ts'
import {
  documentOf,
  type FlagRevisionConflict,
  findDocument,
  type KeptDocument,
  saveDocument,
} from './flag-document-row.ts'
import { SqliteFlagSourceClosedError, SqliteFlagsMissingError } from './sqlite-flag-source-error.ts'

/** Options of {@link SqliteFlagSource.open}. */
export interface SqliteFlagSourceOptions {
  /** The file's path, that of a storage for one; it is made where it is missing, its folder is not. */
  readonly path: string
  /** Which of the file's documents; `default` unless told. */
  readonly name?: string
  /** How often `watch` looks for saves of other connections and processes, a whole number from 1; 250 ms unless told. */
  readonly pollMs?: number
  /** How long to wait for another process that is writing, from 0; 5,000 unless told. */
  readonly busyTimeoutMs?: number
  /** Tells when documents were saved; the machine's clock unless told. */
  readonly clock?: Clock
}

/** Options of {@link SqliteFlagSource.save}. */
export interface SaveFlagsOptions {
  /** The revision that the caller has seen, 0 for none; without it the document is saved over whatever is there. */
  readonly expectedRevision?: number
  /** Gives up while the save waits for its turn. */
  readonly signal?: AbortSignal
}

/**
 * A source of feature flags, and a place to save them: a table in an SQLite file.
 *
 * It fits `FlagSource` of `@ashlar/feature-flags`. A storage may have the same file open, in this process or another one.
 *
 * @example
 * ```ts
 * import { mkdtemp } from 'node:fs/promises'
 * import { tmpdir } from 'node:os'
 * import { join } from 'node:path'
 * import { SqliteFlagSource } from '@ashlar/sqlite'
 *
 * const folder = await mkdtemp(join(tmpdir(), 'shop-'))
 * const source = await SqliteFlagSource.open({ path: join(folder, 'shop.db') })
 * const saved = await source.save({ version: 1, flags: {} }, { expectedRevision: 0 })
 * console.log(saved.isOk()) // true
 * console.log(await source.load()) // { document: { version: 1, flags: {}, revision: '1' } }
 * await source.close()
 * ```
 */
export class SqliteFlagSource implements AsyncDisposable {
  /** What messages call it. */
  readonly name: string
  readonly #document: string
  readonly #file: SqliteFile
  readonly #lane: OuterLane
  readonly #presence: FilePresence
  readonly #changes: Changes
  #answered: KeptDocument | undefined

  private constructor(file: SqliteFile, document: string, pollMs: number) {
    const { path } = file.options
    this.name = `flag document "${document}" of ${path}`
    this.#document = document
    this.#file = file
    this.#lane = new OuterLane(file)
    this.#presence = new FilePresence(path)
    this.#changes = new Changes({ row: (sql) => this.#look(sql) }, { pollMs, keepsAlive: false })
  }

  /**
   * Opens a file, and brings it to the schema of this release.
   *
   * @param options - the path, and which document
   * @returns the source
   * @throws SqliteInvalidOptionError for an option that can't be, and what {@link SqliteStorage.open} throws
   * @example See {@link SqliteFlagSource}.
   */
  static async open(options: SqliteFlagSourceOptions): Promise<SqliteFlagSource> {
    const { path, name = 'default', pollMs = 250, busyTimeoutMs = 5_000, clock = systemClock } = options
    checkOptions({ path, name, pollMs, busyTimeoutMs })
    const rest = { synchronous: 'full', clock, ids: uuidv7, logger: silentLogger } as const
    return new SqliteFlagSource(await SqliteFile.open({ path, busyTimeoutMs, ...rest }), name, pollMs)
  }

  /**
   * Reads the document; one that names no revision of its own gets that of its row, as text.
   *
   * @param options - `signal`, which gives up waiting
   * @returns the document, deeply frozen, or `'unchanged'` when it is what this source answered last
   * @throws SqliteFlagsMissingError when there is none; SqliteBrokenRowError when the row holds no JSON;
   *   SqliteFileGoneError when the file was removed or replaced; SqliteFlagSourceClosedError after `close()`; the
   *   signal's reason
   */
  async load(
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<{ readonly document: Json } | 'unchanged'> {
    options.signal?.throwIfAborted()
    const kept = await this.#lane.read((file) => {
      this.#refuseWhenClosed('load')
      this.#presence.require()
      return findDocument(file, this.#document)
    })
    options.signal?.throwIfAborted()
    if (kept === undefined) throw new SqliteFlagsMissingError(this.name)
    const known = this.#answered
    if (kept.revision === known?.revision && kept.text === known.text) return 'unchanged'
    const document = documentOf(kept, this.#document)
    this.#answered = kept
    return { document }
  }

  /**
   * Comes round at once, then after each commit to the file: of this source at once, of others within `pollMs`. Watching
   * keeps no process alive.
   *
   * @param options - `signal` ends the iteration
   * @returns a sequence that ends when the source is closed
   * @throws the signal's reason when it is aborted; SqliteFlagSourceClosedError after `close()`
   */
  async *watch(options: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    this.#refuseWhenClosed('watch')
    yield* this.#changes.follow(new Wakeup(), options)
  }

  /**
   * Saves the document; it is not checked for being one of flags.
   *
   * It has a transaction of its own: inside a storage's transaction on the same file it would wait for that one's end.
   *
   * @param document - JSON
   * @param options - `expectedRevision`, so that nobody's save is lost
   * @returns the new revision, which counts saves from 1; `FlagRevisionConflict` when it is not the expected one that is there
   * @throws InvalidJsonError for what is no JSON; SqliteFileGoneError when the file was removed or replaced;
   *   SqliteBusyError when somebody else is writing for too long; SqliteFlagSourceClosedError after `close()`; the
   *   signal's reason
   */
  async save(
    document: unknown,
    { expectedRevision: expected, signal }: SaveFlagsOptions = {},
  ): Promise<Result<{ readonly revision: number }, FlagRevisionConflict>> {
    this.#refuseWhenClosed('save')
    signal?.throwIfAborted()
    const text = JSON.stringify(frozenJson(document as Json, { maxDepth }))
    const savedAt = this.#file.now()
    const saved = await this.#lane.write((file) => {
      this.#presence.require()
      return saveDocument(file, this.#document, { text, savedAt, expected })
    }, signal)
    this.#changes.touch()
    this.#changes.settle({ committed: saved.isOk() })
    return saved
  }

  /** Waits for what is under way, ends all watching, then refuses all else; closing again does nothing. */
  async close(): Promise<void> {
    this.#changes.close()
    await this.#file.close()
  }

  /** Closes at the end of an `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  /** Where it can't be told, as the file has gone or is broken, who watches is told once, and sees the reason when it loads. */
  #look(sql: string): ReturnType<SqliteFile['writer']['row']> {
    try {
      this.#presence.require()
      return this.#file.writer.row(sql)
    } catch {
      return ['unknown']
    }
  }

  #refuseWhenClosed(operation: string): void {
    if (this.#file.isClosed) throw new SqliteFlagSourceClosedError(this.name, operation)
  }
}

/** Conditions may lie inside each other. */
const maxDepth = 500

function checkOptions(options: {
  path: unknown
  name: unknown
  pollMs: unknown
  busyTimeoutMs: unknown
}): void {
  const { path, name, pollMs, busyTimeoutMs } = options
  if (typeof path !== 'string') throw new SqliteInvalidOptionError('path', 'text', path)
  if (typeof name !== 'string' || name === '') throw new SqliteInvalidOptionError('name', 'text', name)
  if (!Number.isInteger(pollMs) || Number(pollMs) < 1 || Number(pollMs) > 2 ** 31 - 1)
    throw new SqliteInvalidOptionError('pollMs', 'a whole number from 1', pollMs)
  if (!Number.isFinite(busyTimeoutMs) || Number(busyTimeoutMs) < 0)
    throw new SqliteInvalidOptionError('busyTimeoutMs', 'a finite number from 0', busyTimeoutMs)
}
