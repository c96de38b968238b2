import type { AggregateMeta } from '@ashlar/domain'
import { CompiledQuery, type Kysely } from 'kysely'
import type { Dialect } from '../dialect.ts'
import { plain } from '../unit-of-work/plain.ts'
import { Statements } from './statements.ts'
import type { StoredRow } from './stored-row.ts'
import { isUniqueViolation } from './unique-violation.ts'

/** An aggregate as it was when it was handed over. */
export type Snapshot = {
  readonly id: string
  readonly version: number
  readonly values: ReadonlyMap<string, unknown>
}

/** A unique index refused a row; which one is to be found. */
export class Refusal {
  readonly cause: unknown

  constructor(cause: unknown) {
    this.cause = cause
  }
}

/** Where statements run, and whose rows there are. */
export type Within = {
  readonly kysely: Kysely<unknown>
  /** Whether others have statements in this transaction, which must outlive a refusal of ours. */
  readonly isShared: boolean
  readonly tenant: readonly string[]
}

/** One table of rows. */
export class Table {
  readonly #statements: Statements
  readonly #needsSavepoint: boolean

  constructor(
    name: string,
    dialect: Dialect,
    options: { readonly tenantColumn: string | undefined; readonly hasRules: boolean },
  ) {
    this.#statements = new Statements(name, dialect, options.tenantColumn)
    this.#needsSavepoint = dialect === 'postgres' && options.hasRules
  }

  async find(id: string, { kysely, tenant }: Within): Promise<StoredRow | undefined> {
    const [row] = await run(kysely, this.#statements.select(), [id, ...tenant])
    return row as StoredRow | undefined
  }

  async insert({ values }: Snapshot, meta: AggregateMeta, { kysely, tenant }: Within): Promise<number> {
    const insert = this.#statements.insert([...values.keys()])
    return change(kysely, insert, [...values.values(), ...this.#statements.metaValues(meta), ...tenant])
  }

  /** On PostgreSQL a statement that fails takes its transaction along, unless there is a savepoint before it. */
  async update(snapshot: Snapshot, meta: AggregateMeta, within: Within): Promise<number | Refusal> {
    const { kysely, isShared } = within
    if (!isShared || !this.#needsSavepoint) return this.#tryUpdate(snapshot, meta, within)
    return kysely.connection().execute(async (alone) => {
      await change(alone, 'savepoint ashlar_save', [])
      const updated = await this.#tryUpdate(snapshot, meta, { ...within, kysely: alone })
      if (typeof updated === 'number') await change(alone, 'release savepoint ashlar_save', [])
      else await change(alone, 'rollback to savepoint ashlar_save', [])
      return updated
    })
  }

  async #tryUpdate(
    { id, version, values }: Snapshot,
    meta: AggregateMeta,
    { kysely, tenant }: Within,
  ): Promise<number | Refusal> {
    const columns = [...values.keys()].filter((column) => column !== 'id')
    const own = columns.map((column) => values.get(column))
    const parameters = [...own, ...this.#statements.changedMetaValues(meta), id, version, ...tenant]
    try {
      return await change(kysely, this.#statements.update(columns), parameters)
    } catch (error) {
      if (isUniqueViolation(error)) return new Refusal(error)
      throw error
    }
  }

  /** The version of a row that is kept. */
  async versionOf(id: string, { kysely, tenant }: Within): Promise<number | undefined> {
    const [row] = await run(kysely, this.#statements.selectVersion(), [id, ...tenant])
    const found = row as { readonly version: unknown; readonly is_deleted: unknown } | undefined
    return found === undefined || found.is_deleted ? undefined : Number(found.version)
  }

  /** Whether there is a row with these values; `others` leaves one id out. */
  async has(
    columns: readonly string[],
    values: readonly unknown[],
    { kysely, tenant }: Within,
    others?: { readonly than: string; readonly among: 'kept' | 'all' },
  ): Promise<boolean> {
    const sql = this.#statements.exists(columns, others?.among)
    const parameters = [...values, ...(others === undefined ? [] : [others.than]), ...tenant]
    return (await run(kysely, sql, parameters)).length > 0
  }
}

/** Plugins that rename columns would rename the repository's own. */
async function run(
  kysely: Kysely<unknown>,
  sql: string,
  parameters: readonly unknown[],
): Promise<readonly unknown[]> {
  return (await plain(kysely).executeQuery(CompiledQuery.raw(sql, [...parameters]))).rows
}

async function change(kysely: Kysely<unknown>, sql: string, parameters: readonly unknown[]): Promise<number> {
  const { numAffectedRows } = await plain(kysely).executeQuery(CompiledQuery.raw(sql, [...parameters]))
  return Number(numAffectedRows ?? 0)
}
