import { join } from 'node:path'
import { newId } from '@ashlar/domain'
import { createContext, systemClock, type UnitOfWork } from '@ashlar/kernel'
import { KyselyUnitOfWork } from '@ashlar/kysely'
import { InMemoryStorage } from '@ashlar/memory'
import { err, failure, ok, orThrow } from '@ashlar/result'
import { type SqlitePorts, SqliteStorage } from '@ashlar/sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import type { Customers } from '../application/customers/customers.ts'
import { Address } from '../domain/customers/address.ts'
import { Customer } from '../domain/customers/customer.ts'
import { Email } from '../domain/customers/email.ts'
import { PhoneNumber } from '../domain/customers/phone-number.ts'
import { customerMapper } from './mappers.ts'
import { InMemoryCustomers } from './memory/in-memory-customers.ts'
import { inTransaction } from './memory/in-transaction.ts'
import { customersOn } from './sqlite/customer-table.ts'
import { createTables } from './sqlite/schema.ts'

type Place = { readonly unitOfWork: UnitOfWork; readonly customers: Customers }

const context = createContext()
const folder = temporaryFolder()
const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

describe.each([
  ['in memory', inMemory],
  ['in SQLite', inSqlite],
])('Customers %s', (_, open) => {
  it('come back as they went', async () => {
    const { customers } = await open()
    const customer = named('Ada@Example.com')

    await orThrow(customers.add(customer, context))

    expect((await orThrow(customers.get(customer.id, context))).value.toState()).toEqual(customer.toState())
  })

  it('answer EmailTaken to an address that somebody has in another spelling', async () => {
    const { customers } = await open()
    await orThrow(customers.add(named('Ada@Example.com'), context))
    const late = named('aDA@eXAMPLE.com')

    const refused = await customers.add(late, context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'EmailTaken', email: 'aDA@example.com' })
    expect((await customers.get(late.id, context)).isErr()).toBe(true)
    expect([late.version, late.domainEvents.length]).toEqual([0, 1])
  })

  it('answer AlreadyExists to an id that is there, and keep no hold of the other address', async () => {
    const { customers } = await open()
    const customer = named('ada@example.com')
    await orThrow(customers.add(customer, context))
    const sameId = named('bob@example.com', customer.id)

    const refused = await customers.add(sameId, context)

    expect(refused._unsafeUnwrapErr()).toMatchObject({ type: 'AlreadyExists', id: customer.id })
    expect((await customers.add(named('bob@example.com'), context)).isOk()).toBe(true)
  })

  it('let exactly one of 16 have an address that all want at once, each in its own spelling', async () => {
    const { customers } = await open()
    const rivals = spellings(16).map((email) => named(email))

    const results = await Promise.all(rivals.map((rival) => customers.add(rival, context)))

    expect(refusalsOf(results)).toEqual(Array.from({ length: 15 }, () => 'EmailTaken'))
    const found = await Promise.all(rivals.map(({ id }) => customers.get(id, context)))
    expect(found.map((one) => one.isOk())).toEqual(results.map((one) => one.isOk()))
  })

  it('let exactly one of 16 have it, when each comes in a transaction', async () => {
    const { customers, unitOfWork } = await open()

    const results = await Promise.all(
      spellings(16).map((email) =>
        unitOfWork.transaction((storage) => customers.add(named(email), { ...context, storage })),
      ),
    )

    expect(refusalsOf(results)).toEqual(Array.from({ length: 15 }, () => 'EmailTaken'))
  })

  it('let exactly one of 16 have it, when all come in one transaction', async () => {
    const { customers, unitOfWork } = await open()

    const results = await orThrow(
      unitOfWork.transaction(async (storage) => {
        const within = { ...context, storage }
        return ok(await Promise.all(spellings(16).map((email) => customers.add(named(email), within))))
      }),
    )

    expect(refusalsOf(results.value)).toEqual(Array.from({ length: 15 }, () => 'EmailTaken'))
  })

  it.each(['Err', 'throw'])('free the address again when their transaction ends in %s', async (end) => {
    const { customers, unitOfWork } = await open()
    const ending = unitOfWork
      .transaction(async (storage) => {
        await orThrow(customers.add(named('ada@example.com'), { ...context, storage }))
        if (end === 'throw') throw new Error('the power failed')
        return err(failure('NotToday', 'we are closed'))
      })
      .then(
        (result) => result.isErr(),
        () => true,
      )

    expect(await ending).toBe(true)

    expect((await customers.add(named('ADA@example.com'), context)).isOk()).toBe(true)
    expect((await customers.add(named('ada@example.com'), context)).isErr()).toBe(true)
  })

  it('keep the address taken after the transaction that brought it', async () => {
    const { customers, unitOfWork } = await open()
    await orThrow(
      unitOfWork.transaction((storage) => customers.add(named('ada@example.com'), { ...context, storage })),
    )

    const again = await unitOfWork.transaction((storage) =>
      customers.add(named('ADA@example.com'), { ...context, storage }),
    )

    expect(again._unsafeUnwrapErr().type).toBe('EmailTaken')
  })
})

describe('InMemoryCustomers', () => {
  it('let exactly one of 16 have an address without a storage around them, too', async () => {
    const customers = InMemoryCustomers.of({ ...customerMapper, recordEvents: async () => {} })

    const results = await Promise.all(spellings(16).map((email) => customers.add(named(email), context)))

    expect(refusalsOf(results)).toEqual(Array.from({ length: 15 }, () => 'EmailTaken'))
  })

  it('free the address of one that could not be added', async () => {
    const troubles = [new Error('the outbox is full')]
    const customers = InMemoryCustomers.of({
      ...customerMapper,
      async recordEvents() {
        const trouble = troubles.pop()
        if (trouble !== undefined) throw trouble
      },
    })
    const customer = named('ada@example.com')

    await expect(customers.add(customer, context)).rejects.toThrow('the outbox is full')

    expect((await customers.add(customer, context)).isOk()).toBe(true)
  })
})

describe('Customers in SQLite', () => {
  it('let exactly one of 16 have an address, when they come through two storages on one file', async () => {
    const doors = [await inSqlite(), await inSqlite()]

    const results = await Promise.all(
      spellings(16).map((email, index) => doors[index % 2]?.customers.add(named(email), context)),
    )

    expect(refusalsOf(results.filter((result) => result !== undefined))).toEqual(
      Array.from({ length: 15 }, () => 'EmailTaken'),
    )
  })
})

async function inMemory(): Promise<Place> {
  const storage = new InMemoryStorage({ ports: () => ({ customers: InMemoryCustomers.of(customerMapper) }) })
  closing.push(() => storage.close())
  return { unitOfWork: storage, customers: inTransaction('customers', storage.port('customers')) }
}

async function inSqlite(): Promise<Place> {
  const path = join(folder(), 'shop.db')
  const storage = await SqliteStorage.open({ path, synchronous: 'normal' })
  closing.push(() => storage.close())
  await createTables(storage, path)
  const unitOfWork = KyselyUnitOfWork.over<unknown, SqlitePorts>(storage, 'sqlite')
  return { unitOfWork: storage, customers: customersOn({ unitOfWork, clock: systemClock }) }
}

function named(email: string, id = newId<'Customer'>()): Customer {
  return Customer.register(id, {
    name: 'Ada',
    email: Email.parse(email)._unsafeUnwrap(),
    phone: PhoneNumber.parse('+442079460958')._unsafeUnwrap(),
    address: Address.restore({ street: '1', city: 'London', state: 'E', postalCode: 'N1', country: 'UK' }),
  })
}

/** The same address, each time with other letters in upper case. */
function spellings(count: number): readonly string[] {
  return Array.from({ length: count }, (_, number) =>
    [...'lovelace']
      .map((letter, bit) => ((number >> (bit % 4)) & 1 ? letter.toUpperCase() : letter))
      .join(''),
  ).map((local) => `${local}@example.com`)
}

function refusalsOf(results: readonly Awaited<ReturnType<Customers['add']>>[]): readonly string[] {
  return results.filter((result) => result.isErr()).map(({ error }) => error.type)
}
