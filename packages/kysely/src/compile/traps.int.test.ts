import { type Criteria, pageInMemory } from '@ashlar/specification'
import fc from 'fast-check'
import { type CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { applied, askAll, type Form } from '../../test/ask.ts'
import { answerIn, type Memory, rightMemory } from '../../test/naive-memory.ts'
import { type NastyDatabase, nastyPostgres, nastySqlite } from '../../test/nasty-databases.ts'
import { someQuestion, someSearch } from '../../test/nasty-questions.ts'
import { type Nasty, nasty, nastyRows } from '../../test/nasty-rows.ts'

const questions = fc.sample(someQuestion, { numRuns: 500, seed: 42 })
const searches = fc.sample(someSearch, { numRuns: 500, seed: 42 })
const answers = new Map(
  [...questions, ...searches].map((question) => [
    question,
    pageInMemory(question, nastyRows, ({ id }) => id).items.join(),
  ]),
)

let sqlite: NastyDatabase
let postgres: NastyDatabase
beforeAll(async () => {
  sqlite = nastySqlite()
  postgres = await nastyPostgres('PostgreSQL with ICU', inject('postgres').icu, 'traps')
})
afterAll(() => Promise.all([sqlite, postgres].map(({ kysely }) => kysely.destroy())))

/** The questions to which a naive choice in SQL gives another answer than memory. */
async function disagreements(
  database: NastyDatabase,
  form: Form,
  asked: readonly Criteria<Nasty>[] = questions,
): Promise<readonly Criteria<Nasty>[]> {
  const found = (await askAll(database, form, asked)).map((ids) => ids.join())
  return asked.filter((question, index) => found[index] !== answers.get(question))
}

/** The questions to which a naive choice in memory gives another answer. */
function disagreementsOf(
  naive: Partial<Memory>,
  asked: readonly Criteria<Nasty>[] = questions,
): readonly Criteria<Nasty>[] {
  const memory = { ...rightMemory, ...naive }
  return asked.filter((question) => answerIn(memory, question).join() !== answers.get(question))
}

const rewritten =
  (rewrite: (query: CompiledQuery) => Partial<CompiledQuery>): Form =>
  (database, question) => {
    const query = applied(database, question)
    return { ...query, ...rewrite(query) }
  }

/** What one writes who thinks of no nulls. */
const naiveKeyset: Form = (database, question) => {
  const { orderBy, where, page } = question
  if (page.kind !== 'keyset' || page.after === undefined) return applied(database, question)
  const { after, size } = page
  const first = nasty.criteria({ where, orderBy: orderBy.slice(0, -1) as [], page: { size } })._unsafeUnwrap()
  const bound = (index: number) => {
    const value = after[index] ?? null
    if (database.table.dialect === 'sqlite') return typeof value === 'boolean' ? Number(value) : value
    return typeof value === 'bigint' ? String(value) : value
  }
  const columns = orderBy.map(({ field }) => sql.raw(database.table.mapped.column(field).compared))
  const branches = orderBy.map(({ direction }, index) => {
    const equal = columns.slice(0, index).map((column, before) => sql`${column} = ${bound(before)}`)
    const beyond = sql`${columns[index]} ${sql.raw(direction === 'asc' ? '>' : '<')} ${bound(index)}`
    return sql`(${sql.join([...equal, beyond], sql` and `)})`
  })
  const behind = sql<boolean>`(${sql.join(branches, sql` or `)})`
  return database.table
    .apply(database.kysely.selectFrom('Nasty rows' as never), first)
    .select('Nasty rows.id as id' as never)
    .where(behind as never)
    .compile()
}

describe('a naive choice', () => {
  it('is told from the right one, which disagrees nowhere', async () => {
    const all = [...questions, ...searches]

    expect(await disagreements(sqlite, applied, all)).toEqual([])
    expect(await disagreements(postgres, applied, all)).toEqual([])
    expect(disagreementsOf({}, all)).toEqual([])
  })

  it('is seen when memory compares as the language does', () => {
    const naive = { compareText: (one: string, other: string) => one.localeCompare(other, 'en') }

    expect(disagreementsOf(naive)).not.toEqual([])
  })

  it('is seen when memory compares by UTF-16 units', () => {
    const naive = { compareText: (one: string, other: string) => (one < other ? -1 : one > other ? 1 : 0) }

    expect(disagreementsOf(naive)).not.toEqual([])
  })

  it('is seen when memory knows two truth values', () => {
    expect(disagreementsOf({ ofNull: false, endsWithEmpty: false })).not.toEqual([])
  })

  it('is seen when memory folds by toLowerCase', () => {
    expect(disagreementsOf({ fold: (text) => text.toLowerCase() }, searches)).not.toEqual([])
  })

  it('is seen when null ends with the empty text', () => {
    expect(disagreementsOf({ endsWithEmpty: true }, searches)).not.toEqual([])
  })

  it('is seen when PostgreSQL compares as the database does', async () => {
    const naive = rewritten(({ sql: text }) => ({ sql: text.replaceAll(' collate "C"', '') }))

    expect(await disagreements(postgres, naive)).not.toEqual([])
  })

  it('is seen when nulls stand where the database puts them', async () => {
    const naive = rewritten(({ sql: text }) => ({ sql: text.replaceAll(/ nulls (first|last)/g, '') }))

    expect(await disagreements(sqlite, naive)).not.toEqual([])
    expect(await disagreements(postgres, naive)).not.toEqual([])
  })

  it('is seen when a page begins behind keys that are compared as if never null', async () => {
    expect(await disagreements(sqlite, naiveKeyset)).not.toEqual([])
    expect(await disagreements(postgres, naiveKeyset)).not.toEqual([])
  })

  it('is seen when money is a number', async () => {
    const naive = rewritten(({ parameters }) => ({
      parameters: parameters.map((value) => (typeof value === 'bigint' ? Number(value) : value)),
    }))

    expect(await disagreements(sqlite, naive)).not.toEqual([])
  })

  it('is seen when SQLite searches by like', async () => {
    const naive = rewritten(({ sql: text, parameters }) => {
      const leads = text.split('?')
      return {
        sql: text.replaceAll(/instr\(((?:lower\()?[^()]*\)?), \?\) > 0/g, "$1 like ? escape '\\'"),
        parameters: parameters.map((value, index) =>
          /instr\([^?]*, $/.test(leads[index] ?? '')
            ? `%${String(value).replaceAll(/[\\%_]/g, '\\$&')}%`
            : value,
        ),
      }
    })

    expect(await disagreements(sqlite, naive, searches)).not.toEqual([])
  })

  it('is seen when a pattern is not escaped', async () => {
    const naive = rewritten(({ sql: text, parameters }) => {
      const patterns = new Set(Array.from(text.matchAll(/ like \$(\d+)/g), ([, place]) => Number(place)))
      const plain = (value: unknown, index: number) =>
        patterns.has(index + 1) ? String(value).replaceAll(/\\([\\%_])/g, '$1') : value
      return { parameters: parameters.map(plain) }
    })
    const withoutBackslash = searches.filter(({ where }) => !`${where}`.includes('\\'))

    expect(await disagreements(postgres, naive, withoutBackslash)).not.toEqual([])
    await expect(disagreements(postgres, naive, searches)).rejects.toThrow('must not end with escape')
  })
})
