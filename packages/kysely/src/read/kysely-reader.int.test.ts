import { createContext } from '@ashlar/kernel'
import { KyselyReader } from '@ashlar/kysely'
import { err } from '@ashlar/result'
import { pageInMemory } from '@ashlar/specification'
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type NastyDatabase, nastyPostgres, nastySqlite } from '../../test/nasty-databases.ts'
import { someQuestion } from '../../test/nasty-questions.ts'
import { type Nasty, nasty, nastyRows } from '../../test/nasty-rows.ts'

const context = createContext()

describe.each(['SQLite', 'PostgreSQL with C', 'PostgreSQL with ICU'])('KyselyReader on %s', (name) => {
  let database: NastyDatabase
  let reader: KyselyReader<Nasty, Nasty>
  beforeAll(async () => {
    const { C, icu } = inject('postgres')
    database =
      name === 'SQLite' ? nastySqlite() : await nastyPostgres(name, name.endsWith('ICU') ? icu : C, 'read')
    reader = readerOf(database)
  })
  afterAll(() => database.kysely.destroy())

  it('gives the items and cursors that memory gives', async () => {
    const questions = fc.sample(someQuestion, { numRuns: 200, seed: 11 })

    for (const question of questions) {
      const page = await reader.page(question, context)

      expect(page).toEqual(pageInMemory(question, nastyRows, canonical))
    }
  })

  it('walks over every row once, in any order', async () => {
    const questions = fc.sample(someQuestion, { numRuns: 30, seed: 12 })

    for (const { where, orderBy } of questions) {
      const order = orderBy.slice(0, -1) as []
      const walked: Nasty[] = []
      let after: string | undefined
      do {
        const page = nasty.criteria({ where, orderBy: order, page: { size: 23, after } })._unsafeUnwrap()
        const { items, next } = await reader.page(page, context)
        walked.push(...items)
        after = next
      } while (after !== undefined)

      const all = nasty.criteria({ where, orderBy: order, page: { size: 100, number: 1 } })._unsafeUnwrap()
      const count = await reader.count(where ?? nasty.all(), context)
      expect(walked).toHaveLength(count)
      expect(walked.slice(0, 100)).toEqual(pageInMemory(all, nastyRows, canonical).items)
      expect(new Set(walked.map(({ id }) => id)).size).toBe(count)
    }
  })

  it('counts beyond the last page, too', async () => {
    const where = nasty.fields.isActive.eq(true)
    const active = nastyRows.filter(({ isActive }) => isActive).length
    const page = (number: number) =>
      nasty.criteria({ where, page: { size: 50, number, withTotal: true } })._unsafeUnwrap()

    const first = await reader.page(page(1), context)
    const beyond = await reader.page(page(900), context)

    expect(first).toMatchObject({ pageNumber: 1, totalCount: active, totalPages: Math.ceil(active / 50) })
    expect(first.items).toHaveLength(50)
    expect(beyond).toEqual({ ...first, items: [], pageNumber: 900 })
  })

  it('tells whether there is one', async () => {
    expect(await reader.exists(nasty.all(), context)).toBe(true)
    expect(await reader.exists(nasty.none(), context)).toBe(false)
    expect(await reader.count(nasty.none(), context)).toBe(0)
  })

  it('throws the reason of a signal that is aborted', async () => {
    const reason = new Error('nobody waits')
    const aborted = createContext({ signal: AbortSignal.abort(reason) })

    await expect(reader.count(nasty.all(), aborted)).rejects.toBe(reason)
  })

  it('reads what its transaction has written, and nobody else does', async () => {
    const id = nastyRows[0]?.id ?? ''
    const isIt = nasty.fields.id.eq(id)

    const rolledBack = await database.unitOfWork.transaction(async (tx) => {
      await sql`delete from "Nasty rows" where id = ${id}`.execute(tx.kysely)
      return err(await reader.exists(isIt, createContext({ storage: tx })))
    })

    expect(rolledBack._unsafeUnwrapErr()).toBe(false)
    expect(await reader.exists(isIt, context)).toBe(true)
  })
})

function readerOf({ unitOfWork, table }: NastyDatabase): KyselyReader<Nasty, Nasty> {
  return new KyselyReader({
    unitOfWork,
    table,
    select: ({ text, number, bigint, boolean, timestamp }) => ({
      id: text('id'),
      name: text('name'),
      nickname: text('nickname', { nullable: true }),
      tier: number('tier'),
      score: number('score', { nullable: true }),
      credit: bigint('credit'),
      debt: bigint('debt', { nullable: true }),
      isActive: boolean('isActive'),
      hasAgreed: boolean('hasAgreed', { nullable: true }),
      joinedAt: timestamp('joinedAt'),
      leftAt: timestamp('leftAt', { nullable: true }),
    }),
  })
}

/** Stores know one zero. */
function canonical(row: Nasty): Nasty {
  return { ...row, score: row.score === null ? null : row.score + 0 }
}
