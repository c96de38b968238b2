import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import {
  type Dialect,
  KyselyReader,
  type KyselyReaderOptions,
  KyselyUnitOfWork,
  nodeSqliteDatabase,
  TableMap,
} from '@ashlar/kysely'
import { defineFields } from '@ashlar/specification'
import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'

/** As little as a list needs: something unique, something to sort by, something that may be missing. */
export type Note = {
  readonly id: string
  readonly title: string
  readonly rank: number
  readonly topic: string | null
}

export const notes = defineFields<Note>()(
  ({ text, number }) => ({
    id: text((note) => note.id),
    title: text((note) => note.title),
    rank: number((note) => note.rank),
    topic: text((note) => note.topic, { nullable: true }),
  }),
  { id: 'id', sortable: ['title', 'rank', 'topic'] },
)

/** Notes in an empty table that belongs to tenants and forgets nothing. */
export class NoteDatabase {
  readonly kysely: Kysely<unknown>
  readonly unitOfWork: KyselyUnitOfWork<unknown>
  readonly table: TableMap<Note, typeof notes.fields>
  readonly #statements: string[] = []

  private constructor(kysely: Kysely<unknown>, dialect: Dialect) {
    this.kysely = kysely
    this.unitOfWork = new KyselyUnitOfWork({ kysely, dialect })
    const columns = { id: 'id', title: 'title', rank: 'rank', topic: 'topic' }
    this.table = new TableMap(notes, { dialect, table: 'notes', columns })
  }

  static async sqlite(): Promise<NoteDatabase> {
    const database = nodeSqliteDatabase(new DatabaseSync(':memory:'))
    const made = new NoteDatabase(new Kysely({ dialect: new SqliteDialect({ database }) }), 'sqlite')
    await made.make('text', 'is_deleted integer not null default 0')
    return made
  }

  static async postgres(url: string, schema: string): Promise<NoteDatabase> {
    const pool = new pg.Pool({ connectionString: url, max: 4, options: `-c search_path=${schema}` })
    await pool.query(`drop schema if exists ${schema} cascade; create schema ${schema}`)
    const made = new NoteDatabase(new Kysely({ dialect: new PostgresDialect({ pool }) }), 'postgres')
    await made.make('text collate "C"', 'is_deleted boolean not null default false')
    return made
  }

  /** What the readers of this database have asked for since the last look. */
  get statements(): readonly string[] {
    return this.#statements.splice(0)
  }

  /** Begins to note statements anew. */
  forget(): void {
    this.#statements.length = 0
  }

  async make(text: string, isDeleted: string): Promise<void> {
    await this.run(
      `create table notes (id ${text} primary key, title ${text} not null, rank int not null, topic ${text}, tenant_id ${text} not null default 'acme', ${isDeleted})`,
    )
  }

  async run(sql: string, parameters: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
    return (await this.kysely.executeQuery<Record<string, unknown>>(CompiledQuery.raw(sql, [...parameters])))
      .rows
  }

  async add(...added: readonly Note[]): Promise<void> {
    const places = this.table.dialect === 'sqlite' ? '?, ?, ?, ?' : '$1, $2, $3, $4'
    for (const { id, title, rank, topic } of added)
      await this.run(`insert into notes (id, title, rank, topic) values (${places})`, [
        id,
        title,
        rank,
        topic,
      ])
  }

  /** A reader of ids, whose statements are noted. */
  reader(options: Partial<KyselyReaderOptions<Note, typeof notes.fields, { readonly id: string }>> = {}) {
    const { kysely, table } = this
    const executeQuery: Kysely<unknown>['executeQuery'] = (query, ...rest) => {
      this.#statements.push((query as CompiledQuery).sql)
      return kysely.executeQuery(query, ...rest)
    }
    const unitOfWork = {
      dialect: table.dialect,
      queries: () => ({ withoutPlugins: () => ({ executeQuery }) }),
    }
    return new KyselyReader<Note, { readonly id: string }, typeof notes.fields>({
      unitOfWork,
      table,
      select: ({ text }) => ({ id: text('id') }),
      ...options,
    })
  }
}

export const context = createContext()

/** One who differs from others only in what the test is about. */
export function aNote(differing: Partial<Note> = {}): Note {
  return { id: 'n-1', title: 'Tea', rank: 1, topic: null, ...differing }
}
