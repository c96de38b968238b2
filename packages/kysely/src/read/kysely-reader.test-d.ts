/** What must and what must not compile; read by tsc alone. */
import { type Context, createContext } from '@ashlar/kernel'
import { KyselyReader, type KyselyUnitOfWork, TableMap } from '@ashlar/kysely'
import { defineFields, type KeysetPage, type NumberedPage, type PagedResult } from '@ashlar/specification'
import type { Kysely } from 'kysely'

type Equal<One, Other> =
  (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false
const is = <T extends true>(): T => true as T

type Customer = {
  readonly id: string & { readonly kind: 'Customer' }
  readonly tier: 'Silver' | 'Gold'
  readonly email: { readonly key: string }
  readonly debt: { readonly pence: bigint } | null
  readonly isActive: boolean
  readonly joinedAt: string
}
const draw = () =>
  defineFields<Customer>()(
    ({ text, bigint, boolean, timestamp }) => ({
      id: text((customer) => customer.id),
      tier: text((customer) => customer.tier),
      email: text((customer) => customer.email, { by: (email) => email.key }),
      debt: bigint((customer) => customer.debt, { nullable: true, by: (money) => money.pence }),
      isActive: boolean((customer) => customer.isActive),
      joinedAt: timestamp((customer) => customer.joinedAt),
    }),
    { id: 'id', sortable: ['tier'] },
  )
const customers = draw()
const teas = defineFields<{ sku: string }>()(({ text }) => ({ sku: text((tea) => tea.sku) }), { id: 'sku' })

// tables
const columns = {
  id: 'id',
  tier: 'tier',
  email: 'email_key',
  debt: 'debt_pence',
  isActive: 'is_active',
  joinedAt: 'joined_at',
}
const table = new TableMap(customers, { dialect: 'postgres', table: 'customers', columns })
// @ts-expect-error a field has no column
export const incomplete = new TableMap(teas, { dialect: 'sqlite', table: 'teas', columns: {} })
const options = { dialect: 'sqlite', table: 'teas' } as const
// @ts-expect-error no such field
export const stranger = new TableMap(teas, { ...options, columns: { sku: 'a', x: 'b' } })
// @ts-expect-error a dialect whose SQL nobody writes
export const foreign = new TableMap(teas, { dialect: 'mysql', table: 'teas', columns: { sku: 'a' } })
// @ts-expect-error a specification of something else
export const mixed = table.where(teas.all())

// queries keep their rows
declare const database: Kysely<{ customers: { id: string; tier: string } }>
const criteria = customers.criteria({})._unsafeUnwrap()
const query = table.apply(database.selectFrom('customers').select('tier'), criteria)
is<Equal<Awaited<ReturnType<typeof query.execute>>, { tier: string }[]>>()
export const conditional = database.selectFrom('customers').where(table.where(customers.all()))

// items
declare const unitOfWork: KyselyUnitOfWork<unknown>
declare const context: Context
const reader = new KyselyReader({
  unitOfWork,
  table,
  select: ({ text, bigint, boolean, timestamp }) => ({
    customerId: text('id'),
    tier: text('tier'),
    email: text('email'),
    debt: bigint('debt', { nullable: true }),
    active: boolean('isActive'),
    since: timestamp('joinedAt'),
  }),
})
type Item = {
  customerId: string & { readonly kind: 'Customer' }
  tier: 'Silver' | 'Gold'
  email: string
  debt: bigint | null
  active: boolean
  since: string
}
const page = await reader.page(criteria, context)
is<Equal<typeof page, KeysetPage<Item>>>()
const numbered = customers.criteria({ page: { number: 1 } })._unsafeUnwrap()
const counted = customers.criteria({ page: { number: 1, withTotal: true } })._unsafeUnwrap()
const third = await reader.page(numbered, context)
is<Equal<typeof third, NumberedPage<Item>>>()
const fourth = await reader.page(counted, context)
is<Equal<typeof fourth, PagedResult<Item>>>()
export const named: KyselyReader<Customer, Item> = reader
// @ts-expect-error criteria of something else
await reader.page(teas.criteria({})._unsafeUnwrap(), createContext())
// @ts-expect-error a page is asked for by somebody
await reader.page(criteria)
const on = { unitOfWork, table }
// @ts-expect-error no such field
export const unknown = new KyselyReader({ ...on, select: ({ text }) => ({ a: text('name') }) })
// @ts-expect-error a text is no number
export const notNumber = new KyselyReader({ ...on, select: ({ number }) => ({ a: number('tier') }) })
// @ts-expect-error true and false have no text
export const notText = new KyselyReader({ ...on, select: ({ text }) => ({ a: text('isActive') }) })
// @ts-expect-error an item shows fields, not columns
export const raw = new KyselyReader({ ...on, select: () => ({ a: 'id' }) })
