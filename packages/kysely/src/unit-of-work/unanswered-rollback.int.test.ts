import { DatabaseSync } from 'node:sqlite'
import { ok } from '@ashlar/result'
import { CompiledQuery, Kysely, PostgresDialect, SqliteDialect } from 'kysely'
import pg from 'pg'
import { expect, inject, it, onTestFinished } from 'vitest'
import { openPostgres, postgresAt } from '../../test/databases.ts'
import { nodeSqliteDatabase } from '../node-sqlite-database.ts'
import { KyselyUnitOfWork } from './kysely-unit-of-work.ts'

it('lends no connection again that did not answer to its rollback', async () => {
  const database = await openPostgres(inject('postgres').C)
  onTestFinished(() => database.close())
  const write = (who: string) =>
    CompiledQuery.raw(
      `insert into "${database.table}_events" (account, type, data) values ('${who}', '', '')`,
    )
  const pool = new pg.Pool({ connectionString: inject('postgres').C, max: 1, query_timeout: 300 })
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  onTestFinished(() => kysely.destroy())
  const unitOfWork = new KyselyUnitOfWork({ kysely, dialect: 'postgres' })

  const failing = unitOfWork.transaction(async (tx) => {
    await tx.kysely.executeQuery(write('of the one that failed'))
    await tx.kysely.executeQuery(CompiledQuery.raw('select pg_sleep(1.5)'))
    return ok()
  })

  await expect(failing).rejects.toThrow('timeout')
  const next = await unitOfWork.transaction(async (tx) => {
    await tx.kysely.executeQuery(write('of the next'))
    return ok()
  })
  expect(next.isOk()).toBe(true)
  const { rows } = await database.kysely.executeQuery(
    CompiledQuery.raw(`select account from "${database.table}_events"`),
  )
  expect(rows).toEqual([{ account: 'of the next' }])
})

it.each([
  ['sqlite', () => new SqliteDialect({ database: nodeSqliteDatabase(new DatabaseSync(':memory:')) })],
  ['postgres', () => postgresAt(inject('postgres').C, 1)],
] as const)(
  'does not tell that a commit failed when only the log of it did, on %s',
  async (dialect, open) => {
    const kysely = new Kysely<unknown>({
      dialect: open(),
      log({ query }) {
        if (query.sql === 'commit') throw new Error('the disk of the log is full')
      },
    })
    onTestFinished(() => kysely.destroy())

    const committing = new KyselyUnitOfWork({ kysely, dialect }).transaction(async () => ok())

    await expect(committing).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_OUTCOME_UNKNOWN' })
  },
)
