import { DatabaseSync } from 'node:sqlite'
import { type Context, createContext } from '@ashlar/kernel'
import { type Dialect, KyselyRepository, KyselyUnitOfWork, nodeSqliteDatabase } from '@ashlar/kysely'
import { type AnyFailure, err, failure, ok, orThrow, type Result } from '@ashlar/result'
import {
  CompiledQuery,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type SqliteDatabase,
  SqliteDialect,
} from 'kysely'
import pg from 'pg'
import { accountTables } from './databases.ts'
import { Account, type AccountId, type AccountRow, accountOptions, type EmailTaken } from './ledger.ts'

/** Called around each statement; may throw, break the connection, or end the process. */
export type Hook = (moment: Moment) => void | Promise<void>
export type Moment = {
  /** `during`: it is on its way to a server that has not answered yet. */
  readonly when: 'before' | 'during' | 'after'
  readonly sql: string
  /** Breaks the connection that the statement runs on; absent where there is none to break. */
  readonly cut?: Cut
}

/** Who breaks a connection: the server by ending its session, or the network. */
type Cut = { readonly byServer: () => Promise<void>; readonly byNetwork: () => void }

const table = 'accounts'
const ada = createContext({ userId: 'ada' })
const neverSeen = 'MUST NEVER BE SEEN'

/** Accounts on a database whose statements can be made to break, and the units of work that are broken. */
export class CrashLedger {
  readonly dialect: Dialect
  readonly #kysely: Kysely<unknown>
  readonly #unitOfWork: KyselyUnitOfWork
  readonly #accounts: KyselyRepository<Account, AccountRow, EmailTaken>
  readonly #close: () => Promise<void>

  private constructor(dialect: Dialect, kysely: Kysely<unknown>, close: () => Promise<void>) {
    this.dialect = dialect
    this.#kysely = kysely
    this.#close = close
    this.#unitOfWork = new KyselyUnitOfWork({ kysely, dialect })
    this.#accounts = new KyselyRepository<Account, AccountRow, EmailTaken>({
      ...accountOptions,
      unitOfWork: this.#unitOfWork,
      table,
      recordEvents: async (events, context) => {
        const of = context.causationId ?? 'nobody'
        for (const { type, data } of events) await this.#record(of, type, JSON.stringify(data), context)
      },
    })
  }

  /** @param place - a path, or the URL of a PostgreSQL database */
  static async open(place: string, hook: Hook = () => undefined): Promise<CrashLedger> {
    if (!place.startsWith('postgres:')) {
      const database = new DatabaseSync(place, { timeout: 10_000 })
      database.exec('pragma journal_mode = wal; pragma synchronous = full')
      const kysely = new Kysely<unknown>({
        dialect: new SqliteDialect({ database: hookedSqlite(nodeSqliteDatabase(database), hook) }),
      })
      return new CrashLedger('sqlite', kysely, () => kysely.destroy())
    }
    const pool = new pg.Pool({ connectionString: place, max: 3 })
    pool.on('error', () => undefined)
    pool.on('connect', (client) => client.on('error', () => undefined))
    const kysely = new Kysely<unknown>({
      dialect: new PostgresDialect({ pool: hookedPool(pool, place, hook) }),
    })
    return new CrashLedger('postgres', kysely, () => kysely.destroy())
  }

  async createTables(): Promise<void> {
    for (const sql of accountTables(table, this.dialect))
      await this.#kysely.executeQuery(CompiledQuery.raw(sql))
  }

  /** Opens a pair of accounts whose balances are only ever moved together. */
  openPair(pair: string): Promise<Result<void, AnyFailure>> {
    return this.#unitOfWork.transaction(async (tx) => {
      for (const side of ['a', 'b']) {
        const id = `${pair}-${side}` as AccountId
        await orThrow(this.#accounts.add(Account.open('Ada', `${id}@example.org`, id), within(id, tx)))
      }
      return ok()
    })
  }

  /** Moves both by their version, so that each move differs from the one before; `how` says how the work ends. */
  movePair(pair: string, how: 'save' | 'remove' | 'refuse'): Promise<Result<void, AnyFailure>> {
    return this.#unitOfWork.transaction(async (tx) => {
      for (const side of ['a', 'b']) {
        const id = `${pair}-${side}` as AccountId
        const context = within(id, tx)
        const account = (await orThrow(this.#accounts.get(id, context))).value
        account.move(account.version)._unsafeUnwrap()
        if (how === 'refuse') account.owner = neverSeen
        await orThrow(
          how === 'remove' ? this.#accounts.remove(account, context) : this.#accounts.save(account, context),
        )
      }
      return how === 'refuse' ? err(failure('NotToday', 'we are closed')) : ok()
    })
  }

  /** The version of a pair, 0 when there is none. */
  async versionOf(pair: string): Promise<number> {
    const found = await this.#accounts.get(`${pair}-a` as AccountId, ada, { includeDeleted: true })
    return found.isOk() ? found.value.version : 0
  }

  /** Everything that does not agree; rows, versions, audit fields and events. */
  async disagreements(): Promise<readonly string[]> {
    const accounts = await this.#rows(`select * from "${table}"`)
    const events = await this.#rows(`select * from "${table}_events" order by seq`)
    const versions = new Map(accounts.map(({ id, version }) => [String(id), Number(version)]))
    const strays = events.filter(({ account }) => !versions.has(String(account)))
    return [
      ...strays.map(({ account }) => `events of ${account}, which is not there`),
      ...accounts.flatMap((row) => {
        const own = events.filter(({ account }) => account === row.id)
        return disagreementsOf(row, own, versions)
      }),
    ]
  }

  close(): Promise<void> {
    return this.#close()
  }

  async #record(account: string, type: string, data: string, context: Context): Promise<void> {
    const values = this.dialect === 'sqlite' ? '?, ?, ?' : '$1, $2, $3'
    const sql = `insert into "${table}_events" (account, type, data) values (${values})`
    await this.#unitOfWork.queries(context).executeQuery(CompiledQuery.raw(sql, [account, type, data]))
  }

  async #rows(sql: string): Promise<readonly Row[]> {
    return (await this.#kysely.executeQuery<Row>(CompiledQuery.raw(sql))).rows
  }
}

type Row = Readonly<Record<string, unknown>>

/** Each version has exactly its event, in order; balance and audit fields are those of the last one. */
function disagreementsOf(row: Row, events: readonly Row[], versions: ReadonlyMap<string, number>): string[] {
  const version = Number(row.version)
  const moves = Array.from({ length: version - 1 }, (_, index) => index + 1)
  const told = ['AccountOpened {"owner":"Ada"}', ...moves.map((by) => `MoneyMoved {"by":${by}}`)]
  const other = String(row.id).replace(/[ab]$/, (side) => (side === 'a' ? 'b' : 'a'))
  const isMoved = version > 1
  const facts: Readonly<Record<string, boolean>> = {
    'an event for each version, in order':
      events.map(({ type, data }) => `${type} ${data}`).join() === told.join(),
    'the sum of its moves': Number(row.balance) === moves.reduce((sum, by) => sum + by, 0),
    'created by ada': row.created_by === 'ada' && row.created_at !== null,
    'modified when moved': (row.modified_at !== null) === isMoved && (row.modified_by === 'ada') === isMoved,
    'moved with its other half': versions.get(other) === version,
    'not refused': row.owner !== neverSeen,
  }
  return Object.entries(facts).flatMap(([fact, holds]) => (holds ? [] : [`${row.id}: not ${fact}`]))
}

/** Events don't say whose they are; the context does. */
function within(id: string, storage: object): Context {
  return { ...ada, storage, causationId: id }
}

function hookedSqlite(database: SqliteDatabase, hook: Hook): SqliteDatabase {
  const around = <T>(sql: string, run: () => T): T => {
    void hook({ when: 'before', sql })
    const answer = run()
    void hook({ when: 'after', sql })
    return answer
  }
  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql)
      return {
        reader: statement.reader,
        all: (parameters) => around(sql, () => statement.all(parameters)),
        run: (parameters) => around(sql, () => statement.run(parameters)),
        iterate: (parameters) => statement.iterate(parameters),
      }
    },
  }
}

function hookedPool(pool: pg.Pool, url: string, hook: Hook): PostgresPool {
  return {
    options: pool.options,
    end: () => pool.end(),
    async connect() {
      const client = await pool.connect()
      const { processID, connection } = client as unknown as {
        readonly processID: number
        readonly connection: { readonly stream: { destroy(): void } }
      }
      const cut: Cut = {
        byNetwork: () => connection.stream.destroy(),
        byServer: () => endSession(url, processID),
      }
      return {
        async query(sql: string, parameters: unknown[]) {
          await hook({ when: 'before', sql, cut })
          const [answer] = await Promise.all([
            client.query(sql, parameters),
            new Promise(setImmediate).then(() => hook({ when: 'during', sql, cut })),
          ])
          await hook({ when: 'after', sql, cut })
          return answer
        },
        release: (error?: boolean) => client.release(error),
      } as never
    },
  }
}

async function endSession(url: string, processId: number): Promise<void> {
  const other = new pg.Client({ connectionString: url })
  await other.connect()
  await other.query('select pg_terminate_backend($1)', [processId])
  await other.end()
}
