import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { type Json, uuidv7 } from '@ashlar/kernel'
import { SqliteStorage } from '@ashlar/sqlite'

/** An event that a program would write by hand. */
export interface RawAppend {
  readonly stream: string
  readonly type: string
  readonly data: Json
}

/**
 * What a program would write by hand on `node:sqlite`: the same tables, statements prepared once, one transaction.
 *
 * No check, no expected version, no queue.
 */
export class RawSqliteStore {
  readonly #database: DatabaseSync
  readonly #begin: StatementSync
  readonly #upsertStream: StatementSync
  readonly #insertEvent: StatementSync
  readonly #commit: StatementSync

  private constructor(path: string) {
    const database = new DatabaseSync(path)
    database.exec('pragma journal_mode = wal; pragma synchronous = full')
    this.#database = database
    this.#begin = database.prepare('begin immediate')
    this.#upsertStream = database.prepare(
      `insert into streams (tenant, name, category) values ('', ?, ?)
        on conflict (tenant, name) do update set category = excluded.category returning id`,
    )
    this.#insertEvent = database.prepare(
      `insert into events (stream_id, version, tenant, id, type, schema_version, data, recorded_at)
        values (?, ?, '', ?, ?, 1, ?, ?)`,
    )
    this.#commit = database.prepare('commit')
  }

  /** Lets the package make its tables, so that both write to the same ones. */
  static async open(path: string): Promise<RawSqliteStore> {
    const storage = await SqliteStorage.open({ path })
    await storage.close()
    return new RawSqliteStore(path)
  }

  /** Appends first events of new streams, all in one transaction. */
  async append(appends: readonly RawAppend[]): Promise<void> {
    this.#begin.run()
    for (const { stream, type, data } of appends) {
      const row = this.#upsertStream.get(stream, stream.slice(0, stream.indexOf('-')))
      const recordedAt = new Date().toISOString()
      this.#insertEvent.run(row?.id as number, 1, uuidv7.next(), type, JSON.stringify(data), recordedAt)
    }
    this.#commit.run()
  }

  close(): void {
    this.#database.close()
  }
}
