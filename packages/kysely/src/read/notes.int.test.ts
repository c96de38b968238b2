import { createContext, TenantMismatchError } from '@ashlar/kernel'
import { InvalidTableMapError, KyselyReader, TableMap } from '@ashlar/kysely'
import type { OrderInput } from '@ashlar/specification'
import { CompiledQuery, sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest'
import { aNote, context, type Note, NoteDatabase, notes } from '../../test/notes.ts'

const ids = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id)
const firstPage = notes.criteria({})._unsafeUnwrap()

describe.each(['SQLite', 'PostgreSQL'])('KyselyReader of notes on %s', (name) => {
  let database: NoteDatabase
  beforeAll(async () => {
    database = await (name === 'SQLite'
      ? NoteDatabase.sqlite()
      : NoteDatabase.postgres(inject('postgres').icu, 'notes'))
  })
  beforeEach(async () => {
    await database.run('drop index if exists by_order')
    // a new index is of no use to PostgreSQL while old versions of rows lie in the table that somebody might still see
    await database.run(name === 'SQLite' ? 'delete from notes' : 'truncate notes')
    database.forget()
  })
  afterAll(() => database.kysely.destroy())

  it('hides deleted rows unless asked for them', async () => {
    await database.add(aNote({ id: 'kept' }), aNote({ id: 'deleted' }))
    const isDeleted = name === 'SQLite' ? '1' : 'true'
    await database.run(`update notes set is_deleted = ${isDeleted} where id = 'deleted'`)

    const shown = await database.reader().page(firstPage, context)
    const all = await database.reader({ includeDeleted: true }).page(firstPage, context)
    const unfiltered = await database.reader({ deletedColumn: false }).count(notes.all(), context)

    expect(ids(shown.items)).toEqual(['kept'])
    expect(ids(all.items)).toEqual(['deleted', 'kept'])
    expect(unfiltered).toBe(2)
  })

  it("shows the rows of the context's tenant only", async () => {
    await database.add(aNote({ id: 'ours' }), aNote({ id: 'theirs' }))
    await database.run(`update notes set tenant_id = 'o''hara' where id = 'theirs'`)
    const reader = database.reader({ tenantColumn: 'tenant_id' })
    const ours = createContext({ tenantId: 'acme' })
    const theirs = createContext({ tenantId: "o'hara" })
    const counted = notes.criteria({ page: { number: 1, withTotal: true } })._unsafeUnwrap()

    expect(ids((await reader.page(firstPage, ours)).items)).toEqual(['ours'])
    expect(await reader.page(counted, theirs)).toMatchObject({ items: [{ id: 'theirs' }], totalCount: 1 })
    expect(await reader.count(notes.all(), theirs)).toBe(1)
    expect(await reader.exists(notes.fields.id.eq('ours'), theirs)).toBe(false)
    await expect(reader.page(firstPage, context)).rejects.toThrow(TenantMismatchError)
    await expect(database.reader().count(notes.all(), ours)).rejects.toThrow(TenantMismatchError)
  })

  it('reads a page of one range by one statement, and goes on where a range ends', async () => {
    const ranked = Array.from({ length: 12 }, (_, index) =>
      aNote({ id: `n-${index}`, rank: index < 8 ? 1 : 2 }),
    )
    await database.add(...ranked)
    const reader = database.reader()
    const orderBy = [{ field: 'rank' }, { field: 'title', direction: 'desc' }] as const
    const page = (after?: string) => notes.criteria({ orderBy, page: { size: 3, after } })._unsafeUnwrap()

    const counts: number[] = []
    let after: string | undefined
    const walked: string[] = []
    do {
      const { items, next } = await reader.page(page(after), context)
      walked.push(...ids(items))
      counts.push(database.statements.length)
      after = next
    } while (after !== undefined)

    expect(walked).toHaveLength(12)
    expect(counts).toEqual([1, 1, 2, name === 'SQLite' ? 2 : 1])
  })

  it.each<{ orderBy: readonly OrderInput<'title' | 'rank' | 'topic'>[]; index: string; onSqlite?: string }>([
    { orderBy: [{ field: 'title' }], index: 'title, id' },
    { orderBy: [{ field: 'title', direction: 'desc' }], index: 'title, id' },
    { orderBy: [{ field: 'topic' }], index: 'topic, id' },
    { orderBy: [{ field: 'topic', nulls: 'first' }], index: 'topic nulls first, id', onSqlite: 'topic, id' },
    {
      orderBy: [{ field: 'topic', direction: 'desc' }],
      index: 'topic desc nulls last, id desc',
      onSqlite: 'topic, id',
    },
    {
      orderBy: [{ field: 'rank' }, { field: 'title', direction: 'desc' }],
      index: 'rank, title desc, id desc',
    },
    {
      orderBy: [{ field: 'rank' }, { field: 'topic', direction: 'desc' }],
      index: 'rank, topic desc nulls last, id desc',
      onSqlite: 'rank, topic desc, id desc',
    },
    {
      orderBy: [{ field: 'topic' }, { field: 'rank', direction: 'desc' }],
      index: 'topic, rank desc, id desc',
    },
  ])('finds each page by an index on $index', async ({ orderBy, index, onSqlite }) => {
    const [columns, kept] =
      name === 'SQLite' ? [onSqlite ?? index, 'is_deleted = 0'] : [index, 'not is_deleted']
    await database.run(`create index by_order on notes (${columns}) where ${kept}`)
    const first = notes.criteria({ orderBy })._unsafeUnwrap()
    const behind = (note: Note) => {
      const keys = first.orderBy.map(({ field }) => notes.definition(field)?.valueIn(note) ?? null)
      return notes.criteria({ orderBy, page: { after: first.cursorOf(keys) } })._unsafeUnwrap()
    }
    const reader = database.reader()

    await reader.page(first, context)
    const [start] = await plansOf(database)
    for (const note of [aNote({ topic: 'a' }), aNote()]) await reader.page(behind(note), context)
    const plans = await plansOf(database)

    expect(start).toMatch(name === 'SQLite' ? /USING (COVERING )?INDEX by_order/ : /Scan .*using by_order/)
    expect(plans.length).toBeGreaterThan(1)
    for (const plan of plans)
      expect(plan).toMatch(name === 'SQLite' ? /SEARCH notes USING (COVERING )?INDEX by_order/ : /Index Cond/)
    for (const plan of [start, ...plans])
      expect(plan).not.toMatch(
        name === 'SQLite' ? /TEMP B-TREE/ : /Filter:|^(?!.*Limit).*\n.*Index (Only )?Scan/m,
      )
  })

  it('refuses a table of another dialect, and fields picked as what they are not', () => {
    const { unitOfWork, table } = database
    const columns = { id: 'id', title: 'title', rank: 'rank', topic: 'topic' }
    const dialect = name === 'SQLite' ? 'postgres' : 'sqlite'
    const foreign = new TableMap(notes, { dialect, table: 'notes', columns })

    expect(
      () => new KyselyReader({ unitOfWork, table: foreign, select: ({ text }) => ({ id: text('id') }) }),
    ).toThrow(InvalidTableMapError)
    expect(
      () => new KyselyReader({ unitOfWork, table, select: ({ bigint }) => ({ rank: bigint('rank') }) }),
    ).toThrow('what is selected of field "rank" must be number, found "bigint"')
    expect(
      () => new KyselyReader({ unitOfWork, table, select: ({ text }) => ({ topic: text('topic') }) }),
    ).toThrow('what is selected of field "topic" must be text that may be null, found "text"')
    expect(() => new KyselyReader({ unitOfWork, table, select: () => ({}) })).toThrow('at least one field')
  })
})

describe('KyselyReader beside writers on PostgreSQL', () => {
  let database: NoteDatabase
  beforeAll(async () => {
    database = await NoteDatabase.postgres(inject('postgres').C, 'busy_notes')
  })
  beforeEach(() => database.run('delete from notes'))
  afterAll(() => database.kysely.destroy())

  it('counts and shows the rows of one moment', async () => {
    const counted = notes.criteria({ page: { number: 1, size: 100, withTotal: true } })._unsafeUnwrap()
    const reader = database.reader()

    for (let index = 0; index < 99; index++) {
      const adding = database.add(aNote({ id: `n-${index}` }))
      const { items, totalCount } = await reader.page(counted, context)
      await adding

      expect(items).toHaveLength(totalCount)
      expect(index <= totalCount && totalCount <= index + 1, `${totalCount} of ${index}`).toBe(true)
    }
  })

  it('stops to wait when the signal is aborted, and can be asked again', async () => {
    const reason = new Error('nobody waits')
    const controller = new AbortController()
    const reader = database.reader()

    await database.kysely.transaction().execute(async (transaction) => {
      await sql`lock table notes in access exclusive mode`.execute(transaction)
      const counting = reader.count(notes.all(), createContext({ signal: controller.signal }))
      const waiting = sql`select from pg_locks where relation = 'notes'::regclass and not granted`
      while ((await waiting.execute(transaction)).rows.length === 0);
      controller.abort(reason)

      await expect(counting).rejects.toBe(reason)
    })

    expect(await reader.count(notes.all(), context)).toBe(0)
  })

  it('shows each row once that was there before and stays, while others come', async () => {
    const id = (index: number) => `n-${String((index * 37) % 100).padStart(2, '0')}`
    const topics = [null, 'a', 'b']
    const note = (index: number, suffix: string) =>
      aNote({ id: id(index) + suffix, topic: topics[index % 3] ?? null, rank: index % 4 })
    const before = Array.from({ length: 100 }, (_, index) => note(index, ''))
    await database.add(...before)
    const orderBy = [{ field: 'topic' }, { field: 'rank', direction: 'desc' }] as const
    const reader = database.reader()
    const writing = database.add(...Array.from({ length: 100 }, (_, index) => note(index, '+')))

    const walked: string[] = []
    let after: string | undefined
    do {
      const page = notes.criteria({ orderBy, page: { size: 7, after } })._unsafeUnwrap()
      const { items, next } = await reader.page(page, context)
      walked.push(...ids(items))
      after = next
    } while (after !== undefined)
    await writing

    expect(new Set(walked).size).toBe(walked.length)
    expect(walked.filter((one) => !one.endsWith('+')).sort()).toEqual(ids(before).sort())
  })
})

/** How the statements since the last look are planned, whatever the values. */
function plansOf(database: NoteDatabase): Promise<readonly string[]> {
  return Promise.all(database.statements.map((statement) => planOf(database, statement)))
}

/** A small table would be read as a whole if nobody forbade it. */
async function planOf({ kysely, table }: NoteDatabase, statement: string): Promise<string> {
  if (table.dialect === 'sqlite') {
    const plan = CompiledQuery.raw(`explain query plan ${statement}`)
    const { rows } = await kysely.executeQuery<{ detail: string }>(plan as CompiledQuery<{ detail: string }>)
    return rows.map(({ detail }) => detail).join('\n')
  }
  return kysely.transaction().execute(async (transaction) => {
    for (const way of ['seqscan', 'bitmapscan', 'sort'])
      await sql.raw(`set local enable_${way} = off`).execute(transaction)
    const { rows } = await sql
      .raw<Record<string, string>>(`explain (generic_plan) ${statement}`)
      .execute(transaction)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  })
}
