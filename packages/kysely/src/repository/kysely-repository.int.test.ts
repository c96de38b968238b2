import type { RecordEvents } from '@ashlar/domain'
import { repositoryContract } from '@ashlar/domain/testing'
import { createContext, NestedTransactionError, TenantMismatchError } from '@ashlar/kernel'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { afterEach, describe, expect, inject, it } from 'vitest'
import { type OpenedDatabase, openPostgres, openSqlite } from '../../test/databases.ts'
import {
  Account,
  type AccountId,
  type AccountRow,
  accountOptions,
  type EmailTaken,
} from '../../test/ledger.ts'
import { KyselyUnitOfWork } from '../unit-of-work/kysely-unit-of-work.ts'
import { KyselyRepository, type KyselyRepositoryOptions } from './kysely-repository.ts'

const ada = createContext({ userId: 'ada' })
const bob = createContext({ userId: 'bob' })

const databases = {
  sqlite: openSqlite,
  'postgres, C': () => openPostgres(inject('postgres').C),
  'postgres, ICU': () => openPostgres(inject('postgres').icu),
} as const

type Options = Partial<KyselyRepositoryOptions<Account, AccountRow, EmailTaken>>

function accountsIn({ kysely, dialect, table }: OpenedDatabase, options: Options = {}) {
  const unitOfWork = new KyselyUnitOfWork({ kysely, dialect })
  return {
    unitOfWork,
    accounts: new KyselyRepository({ ...accountOptions, unitOfWork, table, ...options }),
  }
}

describe.each(Object.entries(databases))('KyselyRepository on %s', (name, open) => {
  const toClose: OpenedDatabase[] = []
  afterEach(async () => {
    for (const database of toClose.splice(0)) await database.close()
  })
  const opened = async (options: Options = {}) => {
    const database = await open()
    toClose.push(database)
    return { database, ...accountsIn(database, options) }
  }

  repositoryContract<Account>(`KyselyRepository on ${name}`, async (options) => {
    const database = await open()
    const { accounts } = accountsIn(database, options)
    return {
      repository: accounts as never,
      newAggregate: () => Account.open(),
      change: (account) => account.move(5)._unsafeUnwrap(),
      stateOf: (account) => ({ ...account.toRow(), balance: String(account.balance) }),
      close: () => database.close(),
    }
  })

  it('keeps every kind of value as it was', async () => {
    const { accounts } = await opened()
    const account = Account.open(`Ünï "q" 'x' %_\\ 😀`, 'İß@example.org')
    account.isVip = true
    account.move(9)._unsafeUnwrap()
    await orThrow(accounts.add(account, ada))

    const loaded = (await orThrow(accounts.get(account.id, ada))).value

    expect(loaded.toRow()).toEqual(account.toRow())
    expect(loaded.nickname).toBeNull()
  })

  it('answers the failure of the rule that was broken, on adding and on saving, and goes on', async () => {
    const { accounts, unitOfWork } = await opened()
    const first = Account.open('Ada', 'ada@example.org')
    const second = Account.open('Bob', 'bob@example.org')
    await orThrow(accounts.add(first, ada))
    await orThrow(accounts.add(second, ada))

    const seen = await unitOfWork.transaction(async (tx) => {
      const within = { ...ada, storage: tx }
      const third = await accounts.add(Account.open('Eve', 'ada@example.org'), within)
      second.email = 'ada@example.org'
      const moved = await accounts.save(second, within)
      const again = await accounts.add(first, within)
      await orThrow(accounts.add(Account.open('Dora', 'dora@example.org'), within))
      return ok([third, moved, again].map((result) => result.isErr() && result.error.type))
    })

    expect(seen._unsafeUnwrap()).toEqual(['EmailTaken', 'EmailTaken', 'AlreadyExists'])
    expect(second.version).toBe(1)
    expect((await orThrow(accounts.get(second.id, ada))).value.email).toBe('bob@example.org')
  })

  it('throws, and names the table, when a rule is broken that it was not told of', async () => {
    const { accounts, database } = await opened({ unique: [] })
    await orThrow(accounts.add(Account.open('Ada', 'ada@example.org'), ada))

    const adding = accounts.add(Account.open('Eve', 'ada@example.org'), ada)

    await expect(adding).rejects.toMatchObject({
      code: 'ASHLAR_KYSELY_UNNAMED_RULE',
      message: expect.stringContaining(database.table),
    })
  })

  it('finds what was removed only when asked to', async () => {
    const { accounts } = await opened()
    const account = Account.open()
    await orThrow(accounts.add(account, ada))
    await orThrow(accounts.remove(account, bob))

    const found = await accounts.get(account.id, ada)
    const deleted = await accounts.get(account.id, ada, { includeDeleted: true })

    expect(found._unsafeUnwrapErr().type).toBe('AggregateNotFound')
    expect(deleted._unsafeUnwrap()).toMatchObject({ isDeleted: true, version: 2, modifiedBy: 'bob' })
  })

  it('rolls back what it wrote into a transaction that answers Err, events included', async () => {
    const recorded: string[] = []
    const recordEvents: RecordEvents = async (events) => {
      recorded.push(...events.map(({ type }) => type))
    }
    const { accounts, unitOfWork } = await opened({ recordEvents })
    const account = Account.open()

    const refused = await unitOfWork.transaction(async (tx) => {
      await orThrow(accounts.add(account, { ...ada, storage: tx }))
      expect((await accounts.get(account.id, { ...ada, storage: tx })).isOk()).toBe(true)
      return err(failure('NotToday', 'we are closed'))
    })

    expect(refused.isErr()).toBe(true)
    expect((await accounts.get(account.id, ada)).isErr()).toBe(true)
    expect(recorded).toEqual(['AccountOpened'])
  })

  it('refuses to write past a transaction from inside of it', async () => {
    const { accounts, unitOfWork } = await opened()

    const running = unitOfWork.transaction(async () => {
      await orThrow(accounts.add(Account.open(), ada))
      return ok()
    })

    await expect(running).rejects.toBeInstanceOf(NestedTransactionError)
  })

  it('keeps tenants apart by their column, and refuses a context without one', async () => {
    const { accounts } = await opened({ tenantColumn: 'tenant' })
    const acme = createContext({ tenantId: 'acme', userId: 'ada' })
    const evil = createContext({ tenantId: "acme' or '1'='1", userId: 'eve' })
    const account = Account.open()
    await orThrow(accounts.add(account, acme))

    const stolen = await accounts.get(account.id, evil)
    const saved = await accounts.save(account, evil)

    expect([stolen.isErr(), saved._unsafeUnwrapErr().type]).toEqual([true, 'AggregateNotFound'])
    expect((await accounts.get(account.id, acme)).isOk()).toBe(true)
    await expect(accounts.get(account.id, ada)).rejects.toBeInstanceOf(TenantMismatchError)
  })

  it('refuses the context of a tenant when it has no column for it', async () => {
    const { accounts } = await opened()

    const adding = accounts.add(Account.open(), createContext({ tenantId: 'acme' }))

    await expect(adding).rejects.toBeInstanceOf(TenantMismatchError)
  })

  it('lets exactly one of 50 have an e-mail address, and tells the others', async () => {
    const { accounts } = await opened()
    const rivals = Array.from({ length: 50 }, (_, number) =>
      Account.open(`rival ${number}`, 'one@example.org'),
    )

    const answers = await Promise.all(rivals.map((rival) => accounts.add(rival, ada)))

    const failures = answers.filter((answer) => answer.isErr()).map(({ error }) => error.type)
    expect(failures).toEqual(Array(49).fill('EmailTaken'))
  })

  it('lets exactly one of 20 save the version that all of them have loaded', async () => {
    const { accounts } = await opened()
    const account = Account.open()
    await orThrow(accounts.add(account, ada))
    const loaded = await Promise.all(
      Array.from({ length: 20 }, async () => (await orThrow(accounts.get(account.id, ada))).value),
    )

    const answers = await Promise.all(
      loaded.map((one) => {
        one.move(1)._unsafeUnwrap()
        return accounts.save(one, ada)
      }),
    )

    expect(answers.filter((answer) => answer.isOk())).toHaveLength(1)
    for (const answer of answers) if (answer.isErr()) expect(answer.error.type).toBe('VersionConflict')
    expect((await orThrow(accounts.get(account.id, ada))).value).toMatchObject({ balance: 1n, version: 2 })
  })

  it('takes hostile text in every place', async () => {
    const { accounts } = await opened()
    const hostile = `'; drop table accounts; -- " \\ $1 ? :x @y`
    const account = Account.open(hostile, hostile, hostile as AccountId)
    account.nickname = hostile

    await orThrow(accounts.add(account, createContext({ userId: hostile })))
    const loaded = (await orThrow(accounts.get(account.id, ada))).value

    expect(loaded.toRow()).toEqual(account.toRow())
    expect(loaded.createdBy).toBe(hostile)
  })
})
