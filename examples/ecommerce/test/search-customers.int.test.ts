import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Random } from '@ashlar/kernel'
import { fixedClock } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CustomerListItem } from '../src/application/customers/customer-directory.ts'
import { SearchCustomers } from '../src/application/customers/search-customers.ts'
import { openShop, type Shop, type StoreKind } from '../src/composition.ts'
import { Customer, type CustomerId, customerStatuses } from '../src/domain/customers/customer.ts'
import { tierNames } from '../src/domain/customers/tier.ts'
import { between, seededRandom } from '../src/presentation/console/seeded.ts'
import { context, registration } from './opened-shop.ts'
import { invalidInput, withKey } from './refusal.ts'

const stores: readonly StoreKind[] = ['memory', 'sqlite']
const folder = mkdtempSync(join(tmpdir(), 'search-test-'))
const shops = new Map<StoreKind, Shop>()
const customers = crowd(150, seededRandom(7))
const listed: CustomerListItem[] = []

beforeAll(async () => {
  for (const store of stores) {
    const clock = fixedClock('2026-01-01T00:00:00.000Z')
    const shop = await openShop({ store, directory: folder, isFulfilling: false, clock })
    shops.set(store, shop)
    listed.length = 0
    for (const [index, customer] of customers.entries()) {
      if (index % 3 === 0) clock.advance(1)
      await orThrow(shop.customers.add(restored(customer), context))
      const { id: customerId, name, email, status, tier } = customer
      listed.push({ customerId, name, email, status, tier, createdAt: clock.now().toISOString() })
    }
  }
})
afterAll(async () => {
  for (const shop of shops.values()) await shop.close()
  rmSync(folder, { recursive: true })
})

const ask = (store: StoreKind, input: object) =>
  (shops.get(store) as Shop).mediator.sendInput(SearchCustomers, input, context)

const found = async (store: StoreKind, input: object) => (await ask(store, input))._unsafeUnwrap()

describe.each(stores)('SearchCustomers in %s', (store) => {
  const sorts = ['name', 'email', 'tier', 'createdAt'] as const
  const orders = sorts.flatMap((sortBy) =>
    [false, true].map((sortDescending) => ({ sortBy, sortDescending })),
  )

  it.each(orders)('puts everybody in order by $sortBy, descending: $sortDescending', async (order) => {
    const page = await found(store, { ...order, pageSize: 100 })
    const rest = await found(store, { ...order, pageSize: 100, pageNumber: 2 })

    expect([...page.items, ...rest.items]).toEqual(expected(order))
    expect(page).toMatchObject({ pageNumber: 1, pageSize: 100, totalCount: 150, totalPages: 2 })
  })

  it('lists the first ten by name unless told', async () => {
    expect(await found(store, {})).toEqual({
      items: expected({}).slice(0, 10),
      pageNumber: 1,
      pageSize: 10,
      totalCount: 150,
      totalPages: 15,
    })
  })

  it('has the same page as was reckoned here, whatever is asked for', async () => {
    const random = seededRandom(11)
    for (let round = 0; round < 200; round++) {
      const wanted = anyQuery(random)
      const { pageNumber = 1, pageSize = 10 } = wanted
      const all = expected(wanted)

      expect(await found(store, wanted), JSON.stringify(wanted)).toEqual({
        items: all.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
        pageNumber,
        pageSize,
        totalCount: all.length,
        totalPages: Math.ceil(all.length / pageSize),
      })
    }
  })

  it.each([
    "' OR 1=1 --",
    "'; DROP TABLE customers; --",
    '" OR ""="',
    '%',
    '_',
    '%%',
    '\\',
    '\\%',
    '[a-z]*',
    '*',
    '?1',
    '$1',
    'İ',
    'ß',
    '\u{1F600}',
    'e\u0301',
  ])('takes the term %j for nothing but text', async (searchTerm) => {
    const all = expected({ searchTerm })

    const page = await found(store, { searchTerm, pageSize: 100 })

    expect(page.items).toEqual(all.slice(0, 100))
    expect(page.totalCount).toBe(all.length)
  })

  it.each(['', ' ', '\t \u00a0'])('takes the blank term %j for none', async (searchTerm) => {
    expect((await found(store, { searchTerm })).totalCount).toBe(150)
  })

  it('finds nobody, and says so', async () => {
    expect(await found(store, { searchTerm: 'nobody is called so' })).toEqual({
      items: [],
      pageNumber: 1,
      pageSize: 10,
      totalCount: 0,
      totalPages: 0,
    })
  })

  it('has fewer on the last page, and none behind it', async () => {
    const last = await found(store, { pageNumber: 4, pageSize: 40 })
    const beyond = await found(store, { pageNumber: 1_000_000, pageSize: 100 })

    expect(last.items).toEqual(expected({}).slice(120))
    expect(beyond).toMatchObject({ items: [], totalCount: 150, totalPages: 2 })
  })

  it.each([
    ['pageNumber', 0],
    ['pageNumber', -1],
    ['pageNumber', 1_000_000_000],
    ['pageNumber', 1.5],
    ['pageNumber', Number.POSITIVE_INFINITY],
    ['pageSize', 0],
    ['pageSize', -1],
    ['pageSize', 101],
    ['pageSize', 1_000_000_000],
    ['pageSize', 0.5],
  ])('refuses a %s of %d', async (name, value) => {
    const refused = (await ask(store, { [name]: value }))._unsafeUnwrapErr()

    expect(refused).toMatchObject({
      type: 'InvalidCriteria',
      problems: [{ path: name === 'pageSize' ? 'page.size' : 'page.number', found: String(value) }],
    })
  })

  it.each<[string, unknown]>([
    ['sortBy', 'phone'],
    ['sortBy', 'Name'],
    ['sortBy', 'name; DROP TABLE customers'],
    ['sortBy', 'constructor'],
    ['sortBy', ['name']],
    ['sortDescending', 'true'],
    ['status', 'asleep'],
    ['tier', 'gold'],
    ['tier', '__proto__'],
    ['searchTerm', 'a\0b'],
    ['searchTerm', 'a\ud800'],
    ['searchTerm', 'a'.repeat(255)],
    ['searchTerm', { toString: () => 'ada' }],
    ['pageNumber', '1'],
    ['pageNumber', Number.NaN],
    ['pageSize', null],
    ['where', '1=1'],
  ])('refuses a %s of %j', async (name, value) => {
    expect((await ask(store, { [name]: value }))._unsafeUnwrapErr()).toMatchObject(invalidInput(name))
  })

  it('refuses a key "__proto__"', async () => {
    const refused = await ask(store, withKey({ pageSize: 1 }, '__proto__', { tier: 'Gold' }) as object)

    expect(refused._unsafeUnwrapErr()).toMatchObject(invalidInput('__proto__'))
  })
})

type Listed = Omit<CustomerListItem, 'createdAt' | 'customerId'> & { readonly id: CustomerId }
type Asked = {
  searchTerm?: string
  status?: string
  tier?: string
  sortBy?: string
  sortDescending?: boolean
  pageNumber?: number
  pageSize?: number
}

/** What must come out, reckoned by bytes and ranks alone. */
function expected({ searchTerm = '', status, tier, sortBy = 'name', sortDescending }: Asked) {
  const bytesOf = (item: CustomerListItem): Buffer => {
    if (sortBy === 'tier') return Buffer.from([tierNames.indexOf(item.tier)])
    if (sortBy === 'email') return Buffer.from(item.email.toLowerCase())
    return Buffer.from(sortBy === 'name' ? item.name : item.createdAt)
  }
  return listed
    .filter((item) => searchTerm.trim() === '' || [item.name, item.email].some(has(searchTerm)))
    .filter((item) => status === undefined || item.status === status)
    .filter((item) => tier === undefined || item.tier === tier)
    .sort((one, other) => {
      const ascending =
        Buffer.compare(bytesOf(one), bytesOf(other)) || (one.customerId < other.customerId ? -1 : 1)
      return sortDescending ? -ascending : ascending
    })
}

function has(term: string): (text: string) => boolean {
  const folded = (text: string) => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase())
  return (text) => folded(text).includes(folded(term))
}

function anyQuery(random: Random): Asked {
  const maybe = <Value>(values: readonly Value[]) =>
    random.next() < 0.5 ? undefined : (values[between(random, 0, values.length - 1)] as Value)
  const terms = customers.flatMap(({ name, email }) => [name.slice(1, 3), email.slice(0, 3).toUpperCase()])
  const asked = {
    searchTerm: maybe(terms),
    status: maybe(customerStatuses),
    tier: maybe(tierNames),
    sortBy: maybe(['name', 'email', 'tier', 'createdAt']),
    sortDescending: maybe([true, false]),
    pageNumber: maybe([1, 2, 3]),
    pageSize: maybe([1, 7, 100]),
  }
  return JSON.parse(JSON.stringify(asked))
}

/** Many of few names and times, so that only their ids tell some apart. */
function crowd(count: number, random: Random): readonly Listed[] {
  const pick = <Value>(values: readonly Value[]) => values[between(random, 0, values.length - 1)] as Value
  const parts = [
    ...['é', 'e\u0301', 'ß', 'ẞ', 'İ', 'I', 'i', 'ı', '\u{1F600}', '\ufffd', '%', '_', "'", '"', '\\'],
    ...['Z', 'z', 'ZÜRICH', 'zürich', '[x]', '--', ';', 'Ada', 'ada', 'ﬁ', '\u202e', '\u00a0', 'ñ'],
  ]
  const locals = ['%', '_', "o'brien", 'ADA', 'ada', 'z', '{x}', '$1', 'a+b']
  return Array.from({ length: count }, (_, index) => ({
    id: `${between(random, 0, 9)}-${index}` as CustomerId,
    name: `a${pick(parts)} ${pick(parts)}b`,
    email: `${pick(locals)}${pick(locals)}${index}@${pick(['Example.com', 'x.org'])}`,
    status: pick(customerStatuses),
    tier: pick(tierNames),
  }))
}

function restored({ id, name, email, status, tier }: Listed): Customer {
  const { phone, address } = registration
  const state = { id, name, email, phone, address, status, tier, openMinor: '0', completedMinor: '0' }
  return Customer.restore(state, { version: 0, createdAt: '', isDeleted: false })
}
