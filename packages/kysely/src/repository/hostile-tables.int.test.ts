import { createContext } from '@ashlar/kernel'
import { type Failure, failure, orThrow } from '@ashlar/result'
import type { CompiledQuery } from 'kysely'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { type OpenedDatabase, openPostgres, openSqlite } from '../../test/databases.ts'
import {
  Account,
  type AccountId,
  type AccountRow,
  accountOptions,
  type EmailTaken,
  emailTaken,
} from '../../test/ledger.ts'
import { KyselyUnitOfWork } from '../unit-of-work/kysely-unit-of-work.ts'
import { KyselyRepository, type KyselyRepositoryOptions } from './kysely-repository.ts'

const ada = createContext({ userId: 'ada' })
const databases = { sqlite: openSqlite, postgres: () => openPostgres(inject('postgres').C) } as const

describe.each(Object.entries(databases))('KyselyRepository on a hostile table of %s', (_, open) => {
  const toClose: OpenedDatabase[] = []
  afterEach(async () => {
    for (const database of toClose.splice(0)) await database.close()
  })
  const opened = async (
    optionsOf: (
      database: OpenedDatabase,
    ) => Partial<KyselyRepositoryOptions<Account, AccountRow, EmailTaken>> = () => ({}),
  ) => {
    const database = await open()
    toClose.push(database)
    const unitOfWork = new KyselyUnitOfWork(database)
    const accounts = new KyselyRepository({
      ...accountOptions,
      unitOfWork,
      table: database.table,
      ...optionsOf(database),
    })
    return { database, unitOfWork, accounts }
  }

  it('throws for what breaks another constraint, and does not pass it over', async () => {
    const { accounts, database } = await opened()
    const { table, dialect } = database
    if (dialect === 'postgres') await database.execute(`alter table "${table}" add check (balance < 100)`)
    else
      await database.execute(
        `create trigger "${table}_rich" before insert on "${table}" when new.balance >= 100
         begin select raise(abort, 'CHECK constraint failed'); end`,
      )
    const nobody = Account.open()
    nobody.owner = null as never
    const rich = Account.open()
    rich.move(100)._unsafeUnwrap()

    const adding = await Promise.allSettled([accounts.add(nobody, ada), accounts.add(rich, ada)])

    expect(adding).toMatchObject([
      { status: 'rejected', reason: { message: expect.stringMatching(/not.null/i) } },
      { status: 'rejected', reason: { message: expect.stringMatching(/check/i) } },
    ])
    expect([nobody.version, rich.version, rich.domainEvents.length]).toEqual([0, 0, 2])
  })

  it('lets many rows have no value in a unique column, and finds the rule behind it', async () => {
    const nicknameTaken = (): Failure<'NicknameTaken'> => failure('NicknameTaken', 'somebody is called so')
    const { database, unitOfWork } = await opened()
    await database.execute(`create unique index "${database.table}_names" on "${database.table}" (nickname)`)
    const accounts = new KyselyRepository<Account, AccountRow, Failure<'NicknameTaken'> | EmailTaken>({
      ...accountOptions,
      unitOfWork,
      table: database.table,
      unique: [
        { columns: ['nickname'], failure: nicknameTaken },
        { columns: ['email'], failure: emailTaken },
      ],
    })
    const first = Account.open('Ada', 'ada@example.org')
    await orThrow(accounts.add(first, ada))
    await orThrow(accounts.add(Account.open('Bob'), ada))

    const sameEmail = await accounts.add(Account.open('Eve', 'ada@example.org'), ada)
    first.nickname = 'A'
    await orThrow(accounts.save(first, ada))
    const namesake = Account.open('Eve')
    namesake.nickname = 'A'
    const sameName = await accounts.add(namesake, ada)

    expect(sameEmail._unsafeUnwrapErr().type).toBe('EmailTaken')
    expect(sameName._unsafeUnwrapErr().type).toBe('NicknameTaken')
  })

  it('refuses columns that it keeps by itself, names them, and stores nothing', async () => {
    const toRow = (account: Account) => ({ ...account.toRow(), version: 7, created_by: 'me' })
    const { accounts } = await opened(() => ({ toRow }))
    const account = Account.open()

    const adding = accounts.add(account, ada)

    await expect(adding).rejects.toMatchObject({
      code: 'ASHLAR_KYSELY_INVALID_ROW',
      message: expect.stringContaining('"version", "created_by"'),
    })
    expect(account.version).toBe(0)
  })

  it('refuses the column of the tenant', async () => {
    const toRow = (account: Account) => ({ ...account.toRow(), tenant: 'evil' })
    const { accounts } = await opened(() => ({ toRow, tenantColumn: 'tenant' }))

    const adding = accounts.add(Account.open(), createContext({ tenantId: 'acme' }))

    await expect(adding).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_INVALID_ROW' })
  })

  it('refuses a row that lacks a column which another one had, since that would keep its value', async () => {
    const toRow = (account: Account) => {
      const { nickname, ...row } = account.toRow()
      return (nickname === null ? row : { ...row, nickname }) as AccountRow
    }
    const { accounts } = await opened(() => ({ toRow }))
    const account = Account.open()
    account.nickname = 'A'
    await orThrow(accounts.add(account, ada))
    account.nickname = null

    const saving = accounts.save(account, ada)

    await expect(saving).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_INVALID_ROW' })
    expect((await orThrow(accounts.get(account.id, ada))).value.nickname).toBe('A')
  })

  it("refuses a row that has not the aggregate's id", async () => {
    const toRow = (account: Account) => ({ ...account.toRow(), id: 'another' })
    const { accounts } = await opened(() => ({ toRow }))

    const adding = accounts.add(Account.open(), ada)

    await expect(adding).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_INVALID_ROW' })
  })

  it('is not misled by rows that triggers write', async () => {
    const { accounts, database } = await opened()
    const { table, dialect } = database
    const insert = `insert into "${table}_events" (account, type, data) values (new.id, 'a', ''), (new.id, 'b', '')`
    if (dialect === 'sqlite')
      await database.execute(`create trigger noisy after update on "${table}" begin ${insert}; end`)
    else {
      await database.execute(
        `create function noisy_${table}() returns trigger language plpgsql as $$ begin ${insert}; return new; end $$`,
      )
      await database.execute(
        `create trigger noisy after update on "${table}" for each row execute function noisy_${table}()`,
      )
    }
    const account = Account.open()
    await orThrow(accounts.add(account, ada))

    await orThrow(accounts.save(account, ada))

    expect(account.version).toBe(2)
  })

  it('throws when a trigger or a policy hides its write, and does not call that a conflict', async () => {
    const { accounts, database } = await opened()
    const { table, dialect } = database
    const account = Account.open()
    await orThrow(accounts.add(account, ada))
    if (dialect === 'sqlite')
      await database.execute(
        `create trigger deaf before update on "${table}" begin select raise(ignore); end`,
      )
    else {
      await database.execute(
        `create function deaf_${table}() returns trigger language plpgsql as 'begin return null; end'`,
      )
      await database.execute(
        `create trigger deaf before insert or update on "${table}" for each row execute function deaf_${table}()`,
      )
    }

    const saving = accounts.save(account, ada)

    await expect(saving).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_UNNAMED_RULE' })
    expect(account.version).toBe(1)
  })

  it('tries again when the rival has gone before it could be named', async () => {
    const { database, accounts } = await opened()
    const { table, kysely, dialect } = database
    const rival = Account.open('Bob', 'one@example.org')
    await orThrow(accounts.add(rival, ada))
    const leaving = Object.create(kysely, {
      withoutPlugins: { value: () => leaving },
      getExecutor: { value: () => kysely.getExecutor() },
      connection: { value: () => kysely.connection() },
      executeQuery: {
        async value(query: CompiledQuery) {
          await database.execute(
            `update "${table}" set email = 'another@example.org' where id = '${rival.id}'`,
          )
          return kysely.executeQuery(query)
        },
      },
    })
    const patient = new KyselyRepository({
      ...accountOptions,
      unitOfWork: new KyselyUnitOfWork({ kysely: leaving, dialect }),
      table,
    })

    const added = await patient.add(Account.open('Eve', 'one@example.org'), ada)

    expect(added.isOk()).toBe(true)
  })

  it('does not give the id of a removed aggregate to a new one', async () => {
    const { accounts } = await opened()
    const account = Account.open()
    await orThrow(accounts.add(account, ada))
    await orThrow(accounts.remove(account, ada))

    const again = await accounts.add(Account.open('Eve', 'eve@example.org', account.id), ada)
    const saved = await accounts.save(account, ada)
    const removed = await accounts.remove(account, ada)

    expect([again, saved, removed].map((each) => each._unsafeUnwrapErr().type)).toEqual([
      'AlreadyExists',
      'AggregateNotFound',
      'AggregateNotFound',
    ])
  })

  it('keeps the row from a recordEvents that throws, in a transaction that it joins, too', async () => {
    const bug = new Error('the outbox is full')
    const { accounts, unitOfWork } = await opened(() => ({
      recordEvents: async () => {
        throw bug
      },
    }))
    const [alone, joined] = [Account.open(), Account.open()]

    const writes = await Promise.allSettled([
      accounts.add(alone, ada),
      unitOfWork.transaction((tx) => accounts.add(joined, { ...ada, storage: tx })),
    ])

    expect(writes).toEqual(Array(2).fill({ status: 'rejected', reason: bug }))
    for (const { id } of [alone, joined]) expect((await accounts.get(id, ada)).isErr()).toBe(true)
    expect([alone.version, alone.domainEvents.length]).toEqual([0, 1])
  })

  it('makes a transaction of its own where that of the context has no rows, and hands its ports on', async () => {
    const outbox: string[] = []
    const { accounts } = await opened(({ table }) => ({
      recordEvents: async (events, { storage }) => {
        outbox.push(...Object.keys(storage ?? {}))
        if (events.length > 1) throw new Error(`too many for ${table}`)
      },
    }))
    const [one, two] = [Account.open(), Account.open()]
    two.move(1)._unsafeUnwrap()
    const elsewhere = { ...ada, storage: { events: {} } }

    await orThrow(accounts.add(one, elsewhere))
    const adding = accounts.add(two, elsewhere)

    await expect(adding).rejects.toThrow('too many')
    expect(outbox).toEqual(['events', 'kysely', 'events', 'kysely'])
    expect((await accounts.get(two.id, ada)).isErr()).toBe(true)
  })

  it('writes nothing when the signal is aborted before it has begun', async () => {
    const stop = new AbortController()
    const reason = new Error('enough')
    const { accounts } = await opened(() => ({
      toRow: (account) => {
        stop.abort(reason)
        return account.toRow()
      },
    }))
    const account = Account.open()
    const context = createContext({ signal: stop.signal })

    await expect(accounts.add(account, context)).rejects.toBe(reason)

    await expect(accounts.get(account.id, context)).rejects.toBe(reason)
    await expect(accounts.save(account, context)).rejects.toBe(reason)
    expect((await accounts.get(account.id, ada)).isErr()).toBe(true)
    expect(account.version).toBe(0)
  })

  it('keeps what an abort during recordEvents could not stop any more, and says so by Ok', async () => {
    const stop = new AbortController()
    const { accounts } = await opened(() => ({ recordEvents: async () => stop.abort(new Error('too late')) }))
    const account = Account.open()

    const added = await accounts.add(account, createContext({ signal: stop.signal }))

    expect(added.isOk()).toBe(true)
    expect((await accounts.get(account.id, ada)).isOk()).toBe(true)
  })

  it('takes names of tables, columns and tenants that are made of quotes', async () => {
    const { database, unitOfWork } = await opened()
    const table = `${database.table} "; drop -- ' ?`
    const quoted = table.replaceAll('"', '""')
    const integer = database.dialect === 'sqlite' ? 'integer' : 'boolean'
    await database.execute(
      `create table "${quoted}" ("id" text primary key, "a""b" text, "a,b" text, "?" text, version integer,
       created_at text, created_by text, modified_at text, modified_by text, is_deleted ${integer}, "$1" text)`,
    )
    type Row = { id: string; 'a"b': string; 'a,b': string; '?': string }
    const odd = new KyselyRepository({
      name: 'Odd',
      unitOfWork,
      table,
      tenantColumn: '$1',
      toRow: ({ id, owner }: Account): Row => ({ id, 'a"b': owner, 'a,b': '1', '?': '2' }),
      restore: (row, meta) => new Account(row.id as AccountId, row['a"b'], `${row['a,b']}${row['?']}`, meta),
    })
    const within = createContext({ tenantId: `' or 1=1 --` })
    const account = Account.open(`O'"Neil`)

    await orThrow(odd.add(account, within))
    await orThrow(odd.save(account, within))

    expect((await orThrow(odd.get(account.id, within))).value).toMatchObject({
      owner: `O'"Neil`,
      email: '12',
      version: 2,
    })
    await database.execute(`drop table "${quoted}"`)
  })
})

describe('KyselyRepository on SQLite', () => {
  it('refuses NaN, which SQLite would keep as null', async () => {
    const database = await openSqlite()
    const accounts = new KyselyRepository({
      ...accountOptions,
      toRow: (account: Account) => ({ ...account.toRow(), nickname: Number.NaN as never }),
      unitOfWork: new KyselyUnitOfWork(database),
      table: database.table,
    })

    const adding = accounts.add(Account.open(), ada)

    await expect(adding).rejects.toMatchObject({ code: 'ASHLAR_KYSELY_INVALID_ROW' })
    await database.close()
  })
})
