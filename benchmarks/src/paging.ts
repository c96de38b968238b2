import { DatabaseSync } from 'node:sqlite'
import { createContext } from '@ashlar/kernel'
import { type Dialect, KyselyReader, KyselyUnitOfWork, nodeSqliteDatabase, TableMap } from '@ashlar/kysely'
import { type Criteria, defineFields } from '@ashlar/specification'
import { startPostgres } from '@ashlar/test-postgres'
import {
  type CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresDialect,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteDialect,
} from 'kysely'
import pg from 'pg'
import { type Contender, compare } from './harness.ts'

const rows = 1_000_000
const pageSize = 20
const context = createContext()

type Customer = {
  readonly id: string
  readonly name: string
  readonly nickname: string | null
  readonly tier: number
  readonly debt: bigint
  readonly joinedAt: string
}
const customers = defineFields<Customer>()(
  ({ text, number, bigint, timestamp }) => ({
    id: text((customer) => customer.id),
    name: text((customer) => customer.name),
    nickname: text((customer) => customer.nickname, { nullable: true }),
    tier: number((customer) => customer.tier),
    debt: bigint((customer) => customer.debt),
    joinedAt: timestamp((customer) => customer.joinedAt),
  }),
  { id: 'id', sortable: ['name', 'nickname', 'tier', 'joinedAt'] },
)
const columns = {
  id: 'id',
  name: 'name',
  nickname: 'nickname',
  tier: 'tier',
  debt: 'debt_pence',
  joinedAt: 'joined_at',
} as const

/** The third has ranges of a quarter of the rows, the fourth ranges of one row or two. */
const orders = [
  { name: 'one that is never null', orderBy: [{ field: 'name' }] },
  { name: 'one that may be null', orderBy: [{ field: 'nickname' }] },
  { name: 'mixed directions', orderBy: [{ field: 'tier' }, { field: 'name', direction: 'desc' }] },
  {
    name: 'mixed directions, few equal',
    orderBy: [{ field: 'joinedAt', direction: 'desc' }, { field: 'name' }],
  },
] as const
const indexes = ['name, id', 'nickname, id', 'tier, name desc, id desc', 'joined_at desc, name, id'] as const

await compareCompiling()
await comparePagesOnSqlite()
await comparePagesOnPostgres()

/** The same question as Kysely's own words ask it. */
async function compareCompiling(): Promise<void> {
  const database = new Kysely<{ customers: Record<(typeof columns)[keyof typeof columns], unknown> }>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (kysely) => new PostgresIntrospector(kysely),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  })
  const table = new TableMap(customers, { dialect: 'postgres', table: 'customers', columns })
  const { name, nickname, tier, debt, joinedAt } = customers.fields
  const since = '2026-01-31T12:00:00.000Z'
  const where = tier.eq(3).and(debt.gt(100n), nickname.isNull(), name.contains('50%'), joinedAt.ge(since))
  const orderBy = [{ field: 'name' }] as const
  const after = customers.criteria({ orderBy })._unsafeUnwrap().cursorOf(['Ada', 'c-1'])
  const criteria = customers.criteria({ where, orderBy, page: { after } })._unsafeUnwrap()
  const repeating =
    (compile: () => CompiledQuery): Contender =>
    (operations) =>
    () => {
      for (let count = 0; count < operations; count++) compile()
    }
  await compare({
    bench: 'cqrs/specification-compile',
    baseline: 'the query in the words of Kysely',
    goal: 0.33,
    ours: repeating(() =>
      table.apply(database.selectFrom('customers').select(['id', 'name']), criteria).compile(),
    ),
    theirs: repeating(() =>
      database
        .selectFrom('customers')
        .select(['id', 'name'])
        .where('tier', '=', 3)
        .where('debt_pence', '>', '100')
        .where('nickname', 'is', null)
        .where('name', 'like', '%50\\%%')
        .where('joined_at', '>=', since)
        .where((eb) => eb(eb.refTuple('name', 'id'), '>', eb.tuple('Ada', 'c-1')))
        .orderBy('name')
        .orderBy('id')
        .limit(pageSize)
        .compile(),
    ),
  })
}

async function comparePagesOnSqlite(): Promise<void> {
  const database = new DatabaseSync('')
  database.exec(`create table customers (id text not null primary key, name text not null, nickname text,
    tier integer not null, debt_pence integer not null, joined_at text not null, is_deleted integer not null default 0) without rowid`)
  database.exec(`with recursive n(i) as (select 0 union all select i + 1 from n where i < ${rows - 1})
    insert into customers select printf('c-%07d', i), printf('name %06d', (i * 7919) % 500000),
      case when i % 10 < 3 then null else printf('nick %06d', (i * 104729) % 300000) end, i % 4, i * 100,
      strftime('%Y-%m-%dT%H:%M:%fZ', 1700000000 + (i * 31) % 900000, 'unixepoch'), 0 from n`)
  for (const [place, index] of indexes.entries())
    database.exec(`create index by_${place} on customers (${index}) where is_deleted = 0`)
  database.exec('analyze')
  const kysely = new Kysely<unknown>({
    dialect: new SqliteDialect({ database: nodeSqliteDatabase(database) }),
  })
  await comparePages('SQLite', kysely, 'sqlite')
  await kysely.destroy()
}

async function comparePagesOnPostgres(): Promise<void> {
  const server = await startPostgres()
  const pool = new pg.Pool({ connectionString: await server.createDatabase({ locale: 'icu' }), max: 1 })
  await pool.query(`create table customers (id text collate "C" primary key, name text collate "C" not null,
    nickname text collate "C", tier int not null, debt_pence int8 not null, joined_at timestamptz(3) not null,
    is_deleted boolean not null default false)`)
  await pool.query(`insert into customers select 'c-' || lpad(i::text, 7, '0'),
      'name ' || lpad(((i * 7919) % 500000)::text, 6, '0'),
      case when i % 10 < 3 then null else 'nick ' || lpad(((i * 104729) % 300000)::text, 6, '0') end, i % 4, i * 100,
      to_timestamp(1700000000 + (i * 31) % 900000), false from generate_series(0::int8, ${rows - 1}) as i`)
  for (const [place, index] of indexes.entries())
    await pool.query(`create index by_${place} on customers (${index}) where not is_deleted`)
  await pool.query('vacuum analyze customers')
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) })
  await comparePages('PostgreSQL', kysely, 'postgres')
  await kysely.destroy()
  await server.stop()
}

async function comparePages(name: string, kysely: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const table = new TableMap(customers, { dialect, table: 'customers', columns })
  const reader = new KyselyReader({
    unitOfWork: new KyselyUnitOfWork({ kysely, dialect }),
    table,
    select: ({ text, bigint, timestamp }) => ({
      customerId: text('id'),
      name: text('name'),
      nickname: text('nickname', { nullable: true }),
      debt: bigint('debt'),
      joinedAt: timestamp('joinedAt'),
    }),
  })
  const reading =
    (criteria: Criteria<Customer, 'keyset'>): Contender =>
    (operations) =>
    async () => {
      for (let count = 0; count < operations; count++) await reader.page(criteria, context)
    }
  const where = customers.fields.debt.ge(0n)
  for (const { name: order, orderBy } of orders) {
    const first = customers.criteria({ where, orderBy, page: { size: pageSize } })._unsafeUnwrap()
    const after = first.cursorOf(await keysBefore(kysely, table, first))
    const far = customers.criteria({ where, orderBy, page: { size: pageSize, after } })._unsafeUnwrap()
    await compare({
      bench: 'cqrs/page-10000',
      baseline: `page 1, sorted by ${order}, on ${name}`,
      goal: 0.83,
      ours: reading(far),
      theirs: reading(first),
    })
  }
}

/** The keys of the last row of page 9,999. */
async function keysBefore(
  kysely: Kysely<unknown>,
  table: TableMap<Customer, typeof customers.fields>,
  { orderBy }: Criteria<Customer>,
): Promise<(string | number | null)[]> {
  const number = 9_999 * pageSize
  const page = customers
    .criteria({ orderBy: orderBy.slice(0, -1) as [], page: { size: 1, number } })
    ._unsafeUnwrap()
  const names = orderBy.map(({ field }) => columns[field as keyof typeof columns])
  const query = (kysely as Kysely<{ customers: Record<string, string | number | Date | null> }>)
    .selectFrom('customers')
    .select(names)
  const row = await table.apply(query, page).executeTakeFirstOrThrow()
  return names.map((name) => {
    const value = row[name] ?? null
    return value instanceof Date ? value.toISOString() : value
  })
}
