import { createContext, NestedTransactionError, TransactionEndedError } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { CamelCasePlugin, CompiledQuery, type Kysely, sql } from 'kysely'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { type OpenedDatabase, openPostgres, openSqlite } from '../../test/databases.ts'
import { Account, accountOptions } from '../../test/ledger.ts'
import { KyselyRepository } from '../repository/kysely-repository.ts'
import { KyselyUnitOfWork } from './kysely-unit-of-work.ts'

const ada = createContext({ userId: 'ada' })
const notToday = failure('NotToday', 'we are closed')

const databases = {
  sqlite: openSqlite,
  postgres: () => openPostgres(inject('postgres').C),
  'postgres with one connection': () => openPostgres(inject('postgres').C, 1),
} as const

const toClose: OpenedDatabase[] = []
afterEach(async () => {
  for (const database of toClose.splice(0)) await database.close()
})

async function opened(open: () => Promise<OpenedDatabase>) {
  const database = await open()
  toClose.push(database)
  const { kysely, dialect, table } = database
  const unitOfWork = new KyselyUnitOfWork({ kysely, dialect })
  const note = async (text: string, within: Kysely<unknown> = kysely) => {
    await sql`insert into ${sql.table(`${table}_events`)} (account, type, data) values ('a', ${text}, '')`.execute(
      within,
    )
  }
  const notes = async (within: Kysely<unknown> = kysely) => {
    const { rows } = await sql<{
      type: string
    }>`select type from ${sql.table(`${table}_events`)} order by seq`.execute(within)
    return rows.map(({ type }) => type)
  }
  const accounts = new KyselyRepository({ ...accountOptions, unitOfWork, table })
  return { database, unitOfWork, note, notes, accounts }
}

describe.each(Object.entries(databases))('KyselyUnitOfWork on %s', (_, open) => {
  it('commits what the work wrote, and returns what it returned', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    const result = await unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      await note('second', tx.kysely)
      return ok(await notes(tx.kysely))
    })

    expect(result._unsafeUnwrap()).toEqual(['first', 'second'])
    expect(await notes()).toEqual(['first', 'second'])
  })

  it('rolls back on Err, and returns it', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    const result = await unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      return err(notToday)
    })

    expect(result._unsafeUnwrapErr()).toBe(notToday)
    expect(await notes()).toEqual([])
  })

  it('rolls back on throw, throws it on, and works afterwards', async () => {
    const { unitOfWork, note, notes } = await opened(open)
    const bug = new Error('a bug')

    const running = unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      throw bug
    })

    await expect(running).rejects.toBe(bug)
    await orThrow(unitOfWork.transaction(async (tx) => ok(await note('second', tx.kysely))))
    expect(await notes()).toEqual(['second'])
  })

  it('refuses a transaction inside of a transaction, whichever way it is asked for', async () => {
    const { unitOfWork, database } = await opened(open)
    const other = new KyselyUnitOfWork({ kysely: database.kysely, dialect: database.dialect })

    const tries = [
      unitOfWork.transaction(() => unitOfWork.transaction(async () => ok())),
      unitOfWork.transaction(() => other.transaction(async () => ok())),
      unitOfWork.transaction(async (tx) => ok(await tx.kysely.transaction().execute(async () => 1))),
      unitOfWork.transaction(async (tx) => ok(await tx.kysely.startTransaction().execute())),
    ]

    const nested = { reason: { code: 'ASHLAR_KERNEL_NESTED_TRANSACTION' } }
    const refused = { reason: { code: 'ASHLAR_KYSELY_STATEMENT_REFUSED' } }
    expect(await Promise.allSettled<unknown>(tries)).toMatchObject([nested, nested, refused, refused])
  })

  it.each(['commit', ' -- done\n /* really */ COMMIT', 'end', 'rollback', 'begin', 'start transaction'])(
    'refuses the statement "%s", and keeps nothing',
    async (statement) => {
      const { unitOfWork, note, notes } = await opened(open)

      const running = unitOfWork.transaction(async (tx) => {
        await note('first', tx.kysely)
        return ok(await tx.kysely.executeQuery(CompiledQuery.raw(statement)))
      })

      await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_STATEMENT_REFUSED' })
      expect(await notes()).toEqual([])
    },
  )

  it('lets work have savepoints of its own', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    await orThrow(
      unitOfWork.transaction(async (tx) => {
        await note('first', tx.kysely)
        await sql`savepoint mine`.execute(tx.kysely)
        await note('second', tx.kysely)
        await sql`rollback to savepoint mine`.execute(tx.kysely)
        return ok()
      }),
    )

    expect(await notes()).toEqual(['first'])
  })

  it('refuses queries of a handle that was kept, again and again', async () => {
    const { unitOfWork, note, notes } = await opened(open)
    const kept = await unitOfWork.transaction(async (tx) => ok(tx.kysely))

    const late = [1, 2, 3].map(() => note('late', kept._unsafeUnwrap()))

    for (const each of late) await expect(each).rejects.toBeInstanceOf(TransactionEndedError)
    expect(await notes()).toEqual([])
  })

  it('refuses a query that nobody waited for and whose turn comes after the end', async () => {
    const { unitOfWork, note, notes } = await opened(open)
    const forgotten: Promise<PromiseSettledResult<void>[]>[] = []

    const result = await unitOfWork.transaction(async (tx) => {
      const queries = Array.from({ length: 20 }, (_, number) => note(`${number}`, tx.kysely))
      forgotten.push(Promise.allSettled(queries))
      return err(notToday)
    })
    const [settled = []] = await Promise.all(forgotten)

    expect(result.isErr()).toBe(true)
    expect(settled.at(-1)).toMatchObject({ reason: { code: 'ASHLAR_KERNEL_TRANSACTION_ENDED' } })
    expect(await notes()).toEqual([])
  })

  it('gives up waiting for its turn with the reason of the signal, and loses no connection by it', async () => {
    const { unitOfWork, note, notes } = await opened(open)
    const gate = Promise.withResolvers<void>()
    const busy = Array.from({ length: 5 }, () => unitOfWork.transaction(async () => ok(await gate.promise)))
    const stop = new AbortController()
    const reason = new Error('enough')
    let isEntered = false

    const waiting = Array.from({ length: 10 }, () =>
      unitOfWork.transaction(
        async () => {
          isEntered = true
          return ok()
        },
        { signal: stop.signal },
      ),
    )
    const given = Promise.allSettled(waiting)
    stop.abort(reason)

    for (const each of await given) expect(each.status === 'rejected' && each.reason).toBe(reason)
    gate.resolve()
    for (const each of busy) expect((await each).isOk()).toBe(true)
    expect(isEntered).toBe(false)
    const writes = Array.from({ length: 12 }, () =>
      unitOfWork.transaction(async (tx) => ok(await note('goes on', tx.kysely))),
    )
    expect((await Promise.all(writes)).every((each) => each.isOk())).toBe(true)
    expect(await notes()).toHaveLength(12)
  })

  it('does not begin for a signal that is aborted already', async () => {
    const { unitOfWork } = await opened(open)
    const reason = new Error('enough')

    const running = unitOfWork.transaction(async () => ok(), { signal: AbortSignal.abort(reason) })

    await expect(running).rejects.toBe(reason)
  })

  it('runs 50 transactions at once, and loses none', async () => {
    const { unitOfWork, accounts } = await opened(open)
    const account = Account.open()
    await orThrow(accounts.add(account, ada))

    const move = async (): Promise<void> => {
      const moved = await unitOfWork.transaction(async (tx) => {
        const within = { ...ada, storage: tx }
        const loaded = (await orThrow(accounts.get(account.id, within))).value
        loaded.move(1)._unsafeUnwrap()
        return accounts.save(loaded, within)
      })
      if (moved.isErr()) return move()
    }
    await Promise.all(Array.from({ length: 50 }, move))

    expect((await orThrow(accounts.get(account.id, ada))).value).toMatchObject({ balance: 50n, version: 51 })
  })

  it('runs the statements of one transaction one after the other, also those of repositories', async () => {
    const { unitOfWork, accounts, note, notes } = await opened(open)
    const taken = Account.open('Ada', 'ada@example.org')
    const others = Array.from({ length: 10 }, () => Account.open())
    for (const each of [taken, ...others]) await orThrow(accounts.add(each, ada))

    const saved = await unitOfWork.transaction(async (tx) => {
      const within = { ...ada, storage: tx }
      const rivals = others.map(async (other, number) => {
        if (number % 2 === 0) other.email = taken.email
        else other.move(1)._unsafeUnwrap()
        await note(`${number}`, tx.kysely)
        return (await accounts.save(other, within)).isOk()
      })
      return ok(await Promise.all(rivals))
    })

    expect(saved._unsafeUnwrap()).toEqual(others.map((_other, number) => number % 2 === 1))
    expect(await notes()).toHaveLength(10)
    for (const [number, { id }] of others.entries()) {
      const { version } = (await orThrow(accounts.get(id, ada))).value
      expect(version).toBe(number % 2 === 1 ? 2 : 1)
    }
  })

  it('fails when the commit does, and keeps nothing', async () => {
    const { unitOfWork, database, note, notes } = await opened(open)
    const { table } = database
    await database.execute(
      `create table "${table}_debts" (of text references "${table}" (id) deferrable initially deferred)`,
    )

    const running = unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      await sql`insert into ${sql.table(`${table}_debts`)} values ('nobody')`.execute(tx.kysely)
      return ok()
    })

    await expect(running).rejects.toThrow(/foreign key/i)
    expect(await notes()).toEqual([])
    await orThrow(unitOfWork.transaction(async (tx) => ok(await note('goes on', tx.kysely))))
    expect(await notes()).toEqual(['goes on'])
  })

  it('refuses a stream, and says so', async () => {
    const { unitOfWork, database } = await opened(open)

    const running = unitOfWork.transaction(async (tx) => {
      const rows = (tx.kysely as Kysely<Record<string, object>>).selectFrom(database.table).selectAll()
      return ok(await Array.fromAsync(rows.stream()))
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_STATEMENT_REFUSED' })
  })

  it('lets plugins work within transactions, and keeps the repository from them', async () => {
    const { database } = await opened(open)
    const { dialect, table } = database
    const kysely = database.kysely.withPlugin(new CamelCasePlugin())
    const unitOfWork = new KyselyUnitOfWork<unknown>({ kysely, dialect })
    const accounts = new KyselyRepository({ ...accountOptions, unitOfWork, table })
    const account = Account.open()

    const rows = await unitOfWork.transaction(async (tx) => {
      await orThrow(accounts.add(account, { ...ada, storage: tx }))
      const own = (tx.kysely as Kysely<Record<string, { createdBy: string; isVip: unknown }>>)
        .selectFrom(table)
        .select(['createdBy', 'isVip'])
      return ok(await own.execute())
    })

    expect(rows._unsafeUnwrap()).toEqual([{ createdBy: 'ada', isVip: dialect === 'sqlite' ? 0 : false }])
    expect((await orThrow(accounts.get(account.id, ada))).value.toRow()).toEqual(account.toRow())
  })

  it('throws when its Kysely was destroyed', async () => {
    const { kysely, dialect } = await open()
    await sql`select 1`.execute(kysely)
    await kysely.destroy()

    const running = new KyselyUnitOfWork({ kysely, dialect }).transaction(async () => ok())

    await expect(running).rejects.toThrow('destroyed')
  })
})

describe('KyselyUnitOfWork on SQLite', () => {
  it('refuses queries past the transaction from inside, for which they would wait for ever', async () => {
    const { unitOfWork } = await opened(openSqlite)

    const running = unitOfWork.transaction(async () => ok(unitOfWork.queries(ada)))

    await expect(running).rejects.toBeInstanceOf(NestedTransactionError)
  })

  it('commits nothing after SQLite has rolled back by itself, whatever work makes of the error', async () => {
    const { unitOfWork, database, note, notes } = await opened(openSqlite)
    await database.execute(
      `create trigger no_secrets before insert on "${database.table}_events" when new.type = 'secret'
       begin select raise(rollback, 'not here'); end`,
    )

    const running = unitOfWork.transaction(async (tx) => {
      await note('before', tx.kysely)
      await note('secret', tx.kysely).catch(() => undefined)
      await note('after', tx.kysely).catch(() => undefined)
      return ok()
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_TRANSACTION_ABORTED' })
    expect(await notes()).toEqual([])
    await orThrow(unitOfWork.transaction(async (tx) => ok(await note('goes on', tx.kysely))))
    expect(await notes()).toEqual(['goes on'])
  })

  it('goes on after a statement that failed alone', async () => {
    const { unitOfWork, note, notes } = await opened(openSqlite)

    const result = await unitOfWork.transaction(async (tx) => {
      await note('before', tx.kysely)
      await sql`insert into nowhere values (1)`.execute(tx.kysely).catch(() => undefined)
      await note('after', tx.kysely)
      return ok()
    })

    expect(result.isOk()).toBe(true)
    expect(await notes()).toEqual(['before', 'after'])
  })
})

describe('KyselyUnitOfWork on PostgreSQL', () => {
  const open = databases.postgres

  it('commits nothing when work swallowed the error of a statement, and says so', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    const running = unitOfWork.transaction(async (tx) => {
      await note('before', tx.kysely)
      await sql`select 1 / 0`.execute(tx.kysely).catch(() => undefined)
      return ok()
    })

    await expect(running).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_TRANSACTION_ABORTED' })
    expect(await notes()).toEqual([])
  })

  it('shows outer reads only what was committed', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    const seen = await unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      return ok(await notes(unitOfWork.queries(ada)))
    })

    expect(seen._unsafeUnwrap()).toEqual([])
  })

  it.each(['read committed', 'repeatable read', 'serializable'] as const)(
    'isolates as told: %s',
    async (isolation) => {
      const { database } = await opened(open)
      const unitOfWork = new KyselyUnitOfWork({ ...database, isolation })

      const shown = await unitOfWork.transaction(async (tx) =>
        ok((await sql<object>`show transaction_isolation`.execute(tx.kysely)).rows),
      )

      expect(shown._unsafeUnwrap()).toEqual([{ transaction_isolation: isolation }])
    },
  )

  it('names the error of transactions that were in each other’s way', async () => {
    const { database, accounts } = await opened(open)
    const unitOfWork = new KyselyUnitOfWork({ ...database, isolation: 'repeatable read' })
    const account = Account.open()
    await orThrow(accounts.add(account, ada))

    const running = unitOfWork.transaction(async (tx) => {
      const within = { ...ada, storage: tx }
      const loaded = (await orThrow(accounts.get(account.id, within))).value
      await database.execute(`update "${database.table}" set version = version + 1`)
      return accounts.save(loaded, within)
    })

    await expect(running).rejects.toMatchObject({
      code: 'ASHLAR_KYSELY_SERIALIZATION',
      cause: expect.objectContaining({ code: '40001' }),
    })
  })

  it('names the error of two that wait for each other', async () => {
    const { unitOfWork, accounts } = await opened(open)
    const both = [Account.open(), Account.open()]
    for (const account of both) await orThrow(accounts.add(account, ada))
    const [first, second] = both.map(({ id }) => id)
    const arrived = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]

    const running = [
      [first, second],
      [second, first],
    ].map((ids, mine) =>
      unitOfWork.transaction(async (tx) => {
        const within = { ...ada, storage: tx }
        for (const [step, id] of ids.entries()) {
          if (id === undefined) continue
          const loaded = (await orThrow(accounts.get(id, within))).value
          if (step === 1) {
            arrived[mine]?.resolve()
            await Promise.all(arrived.map(({ promise }) => promise))
          }
          await orThrow(accounts.save(loaded, within))
        }
        return ok()
      }),
    )
    const answers = await Promise.allSettled(running)

    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(answers.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'ASHLAR_KYSELY_SERIALIZATION', cause: expect.objectContaining({ code: '40P01' }) },
    })
  })

  it('outlives a connection that ends between two statements', async () => {
    const { unitOfWork, note, notes } = await opened(open)

    const running = unitOfWork.transaction(async (tx) => {
      await note('first', tx.kysely)
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(tx.kysely)
      await sql`select pg_terminate_backend(${rows[0]?.pid})`.execute(unitOfWork.queries(ada))
      await note('second', tx.kysely)
      return ok()
    })

    await expect(running).rejects.toThrow()
    expect(await notes()).toEqual([])
  })
})
