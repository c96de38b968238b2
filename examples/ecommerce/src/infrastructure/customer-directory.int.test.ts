import { join } from 'node:path'
import { InMemoryRepository, newId } from '@ashlar/domain'
import { type Context, createContext, systemClock, type UnitOfWork } from '@ashlar/kernel'
import { KyselyUnitOfWork } from '@ashlar/kysely'
import { InMemoryStorage } from '@ashlar/memory'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { type SqlitePorts, SqliteStorage } from '@ashlar/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import type { CustomerDirectory } from '../application/customers/customer-directory.ts'
import type { Customers } from '../application/customers/customers.ts'
import { Address } from '../domain/customers/address.ts'
import { Customer } from '../domain/customers/customer.ts'
import { customerFields } from '../domain/customers/customer-fields.ts'
import { Email } from '../domain/customers/email.ts'
import { PhoneNumber } from '../domain/customers/phone-number.ts'
import { customerMapper } from './mappers.ts'
import { InMemoryCustomerDirectory } from './memory/in-memory-customer-directory.ts'
import { inTransaction } from './memory/in-transaction.ts'
import { customerDirectoryOn, customersOn } from './sqlite/customer-table.ts'
import { createTables } from './sqlite/schema.ts'

type Place = {
  readonly unitOfWork: UnitOfWork
  readonly customers: Pick<Customers, 'get'> & {
    add(customer: Customer, context: Context): Promise<{ isOk(): boolean }>
  }
  readonly directory: CustomerDirectory
  remove(customer: Customer): Promise<void>
}

const context = createContext()
const folder = temporaryFolder()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe.each([
  ['in memory', inMemory],
  ['in SQLite', inSqlite],
])('A directory of customers %s', (_, open) => {
  it('does not list those who were removed, and does not count them', async () => {
    const { customers, directory, remove } = await open()
    const [ada, bob] = [named('Ada'), named('Bob')]
    for (const customer of [ada, bob]) expect((await customers.add(customer, context)).isOk()).toBe(true)

    await remove(ada)

    expect(await directory.page(everybody, context)).toMatchObject({
      items: [{ customerId: bob.id, name: 'Bob' }],
      totalCount: 1,
      totalPages: 1,
    })
  })

  it('lists what a transaction has written to that one alone, until the commit', async () => {
    const { unitOfWork, customers, directory } = await open()
    const names = async (of: Context) => (await directory.page(everybody, of)).items.map(({ name }) => name)
    await customers.add(named('Ada'), context)

    const seen = await orThrow(
      unitOfWork.transaction(async (storage) => {
        const within = { ...context, storage }
        await customers.add(named('Bob'), within)
        return ok([await names(within), await names(context)])
      }),
    )

    expect(seen.value).toEqual([['Ada', 'Bob'], ['Ada']])
    expect(await names(context)).toEqual(['Ada', 'Bob'])
  })

  it('never lists those whose transaction was rolled back', async () => {
    const { unitOfWork, customers, directory } = await open()

    await unitOfWork
      .transaction(async (storage) => {
        await customers.add(named('Ada'), { ...context, storage })
        return err(failure('NotToday', 'we are closed'))
      })
      .then((rolledBack) => expect(rolledBack.isErr()).toBe(true))

    expect((await directory.page(everybody, context)).totalCount).toBe(0)
  })

  it('gives up when nobody waits any more', async () => {
    const { directory } = await open()
    const reason = new Error('gone home')

    const asking = directory.page(everybody, createContext({ signal: AbortSignal.abort(reason) }))

    await expect(asking).rejects.toBe(reason)
  })
})

const everybody = customerFields
  .criteria({ orderBy: [{ field: 'name' }], page: { number: 1, size: 10, withTotal: true } })
  ._unsafeUnwrap()

async function inMemory(): Promise<Place> {
  const storage = new InMemoryStorage({
    ports: () => ({ customers: new InMemoryRepository(customerMapper) }),
  })
  closing.push(() => storage.close())
  const rows = storage.port('customers')
  return {
    unitOfWork: storage,
    customers: inTransaction('customers', rows),
    directory: new InMemoryCustomerDirectory(rows),
    remove: async (customer) => void (await orThrow(rows.remove(customer, context))),
  }
}

async function inSqlite(): Promise<Place> {
  const path = join(folder(), 'shop.db')
  const storage = await SqliteStorage.open({ path, synchronous: 'normal' })
  closing.push(() => storage.close())
  await createTables(storage, path)
  const unitOfWork = KyselyUnitOfWork.over<unknown, SqlitePorts>(storage, 'sqlite')
  return {
    unitOfWork: storage,
    customers: customersOn({ unitOfWork, clock: systemClock }),
    directory: customerDirectoryOn(unitOfWork),
    async remove({ id }) {
      const sql = 'UPDATE customers SET is_deleted = 1 WHERE id = ?'
      await orThrow(storage.transaction(async ({ connection }) => ok(connection.prepare(sql).run([id]))))
    },
  }
}

function named(name: string): Customer {
  return Customer.register(newId<'Customer'>(), {
    name,
    email: Email.parse(`${name}@example.com`)._unsafeUnwrap(),
    phone: PhoneNumber.parse('+442079460958')._unsafeUnwrap(),
    address: Address.restore({ street: '1', city: 'London', state: 'E', postalCode: 'N1', country: 'UK' }),
  })
}
