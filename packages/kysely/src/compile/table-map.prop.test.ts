import { type Criteria, pageInMemory } from '@ashlar/specification'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applied, askAll, described, type Form } from '../../test/ask.ts'
import { type NastyDatabase, nastyPostgres, nastySqlite } from '../../test/nasty-databases.ts'
import { someQuestion } from '../../test/nasty-questions.ts'
import { type Nasty, nastyRows } from '../../test/nasty-rows.ts'
import { pageStatement } from '../read/page-statement.ts'
import { keysOf, partsAfter } from './keyset.ts'

const questionsAtOnce = 25
const runs = process.env.ASHLAR_DEEP ? 4_000 : 200

let databases: readonly NastyDatabase[]
beforeAll(async () => {
  const { C, icu } = inject('postgres')
  databases = [
    nastySqlite(),
    await nastyPostgres('PostgreSQL with C', C, 'compiled'),
    await nastyPostgres('PostgreSQL with ICU', icu, 'compiled'),
  ]
})
afterAll(() => Promise.all(databases.map(({ kysely }) => kysely.destroy())))

/** The ranges that a reader asks for, all in one statement. */
const inRanges: Form = ({ table }, { where, orderBy, page }) => {
  const { mapped } = table
  const source = {
    table: mapped,
    columns: orderBy.map(({ field }) => mapped.column(field)).reverse(),
    scope: [],
  }
  const parts = page.kind === 'keyset' && page.after ? partsAfter(keysOf(mapped, orderBy, page.after)) : []
  const offset = page.kind === 'keyset' ? 0 : (page.number - 1) * page.size
  const query = pageStatement(
    source,
    { where: where as never, orderBy, limit: page.size, offset },
    parts,
  ).toQuery(table.dialect)
  return { ...query, sql: `select c0 as id from (${query.sql}) as p` }
}

function inMemory(question: Criteria<Nasty>): readonly string[] {
  return pageInMemory(question, nastyRows, ({ id }) => id).items
}

async function expectSame(
  database: NastyDatabase,
  questions: readonly Criteria<Nasty>[],
  expected: readonly (readonly string[])[],
): Promise<void> {
  for (const form of [applied, inRanges]) {
    const answers = await askAll(database, form, questions)
    for (const [index, question] of questions.entries()) {
      const found = answers[index]
      if (found?.join() === expected[index]?.join()) continue
      const { sql } = form(database, question)
      expect(found, `${database.name}: ${described(question)}\n${sql}`).toEqual(expected[index])
    }
  }
}

describe('a specification as SQL', () => {
  it(`means the same as in memory in ${runs * questionsAtOnce} questions, on SQLite and PostgreSQL`, async () => {
    const some = fc.array(someQuestion, { minLength: questionsAtOnce, maxLength: questionsAtOnce })
    const asked = fc.asyncProperty(some, async (questions) => {
      const expected = questions.map(inMemory)
      await Promise.all(databases.map((database) => expectSame(database, questions, expected)))
    })

    await fc.assert(asked, { numRuns: runs, endOnFailure: true })
  })
})
