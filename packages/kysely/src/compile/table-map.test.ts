import {
  ForeignSpecificationError,
  InvalidTableMapError,
  TableMap,
  type TableMapOptions,
} from '@ashlar/kysely'
import { type Criteria, defineFields } from '@ashlar/specification'
import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { describe, expect, it } from 'vitest'

type Tea = {
  readonly sku: string
  readonly name: string
  readonly pence: bigint
  readonly origin: string | null
}

const drawTeas = () =>
  defineFields<Tea>()(
    ({ text, bigint }) => ({
      sku: text((tea) => tea.sku),
      name: text((tea) => tea.name),
      pence: bigint((tea) => tea.pence),
      origin: text((tea) => tea.origin, { nullable: true }),
    }),
    { id: 'sku', sortable: ['name', 'pence', 'origin'] },
  )
const teas = drawTeas()
const { name, pence, origin } = teas.fields
const columns = { sku: 'sku', name: 'name', pence: 'pence', origin: 'origin' }
const onSqlite = new TableMap(teas, { dialect: 'sqlite', table: 'teas', columns })
const onPostgres = new TableMap(teas, { dialect: 'postgres', table: 'teas', columns })

type Database = { teas: Tea }
const sqlite = new Kysely<Database>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new SqliteIntrospector(kysely),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})
const postgres = new Kysely<Database>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (kysely) => new PostgresIntrospector(kysely),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})

/** What stands behind `select * from "teas"`, without the name of the table. */
function written(criteria: Criteria<Tea>, on: 'sqlite' | 'postgres'): string {
  const [database, table] = on === 'sqlite' ? [sqlite, onSqlite] : [postgres, onPostgres]
  const { sql } = table.apply(database.selectFrom('teas').selectAll(), criteria).compile()
  return sql.replace('select * from "teas" ', '').replaceAll('"teas".', '')
}

describe('TableMap', () => {
  it('writes a condition that goes on with conditions of your own', () => {
    const cheap = pence.lt(500n).and(name.contains('50%', { text: 'fold' }))

    const query = postgres
      .selectFrom('teas')
      .select('sku')
      .where('origin', '=', 'Assam')
      .where(onPostgres.where(cheap))
      .compile()

    expect(query.sql).toBe(
      'select "sku" from "teas" where "origin" = $1 and ("teas"."pence" < $2::int8 and lower("teas"."name" collate "C") like $3)',
    )
    expect(query.parameters).toEqual(['Assam', '500', '%50\\%%'])
  })

  it('writes the beginning of a text as a range that an index serves', () => {
    const startsWith = (text: string) => {
      const { sql, parameters } = sqlite
        .selectFrom('teas')
        .selectAll()
        .where(onSqlite.where(name.startsWith(text)))
        .compile()
      return [sql.replace('select * from "teas" where ', ''), ...parameters]
    }

    expect(startsWith('Ass')).toEqual(['("teas"."name" >= ? and "teas"."name" < ?)', 'Ass', 'Ast'])
    expect(startsWith('\uD7FF')).toEqual(['("teas"."name" >= ? and "teas"."name" < ?)', '\uD7FF', '\uE000'])
    expect(startsWith('a\u{10FFFF}')).toEqual([
      '("teas"."name" >= ? and "teas"."name" < ?)',
      'a\u{10FFFF}',
      'b',
    ])
    expect(startsWith('\u{10FFFF}')).toEqual(['("teas"."name" >= ?)', '\u{10FFFF}'])
    expect(startsWith('')).toEqual(['("teas"."name" >= ?)', ''])
  })

  it('compares keys as a row where they have one direction and are never null', () => {
    const first = teas.criteria({ orderBy: [{ field: 'name' }] })._unsafeUnwrap()
    const after = first.cursorOf(['Assam', 'TEA-1'])
    const second = teas.criteria({ orderBy: [{ field: 'name' }], page: { after } })._unsafeUnwrap()

    expect(written(first, 'sqlite')).toBe('order by "name" asc, "sku" asc limit ?')
    expect(written(second, 'sqlite')).toBe(
      'where ("name", "sku") > (?, ?) order by "name" asc, "sku" asc limit ?',
    )
    expect(written(second, 'postgres')).toBe(
      'where ("name" collate "C", "sku" collate "C") > ($1, $2) order by "name" collate "C" asc, "sku" collate "C" asc limit $3',
    )
  })

  it('bounds the leading key where directions differ', () => {
    const orderBy = [{ field: 'pence' }, { field: 'name', direction: 'desc' }] as const
    const after = teas.criteria({ orderBy })._unsafeUnwrap().cursorOf([500n, 'Assam', 'TEA-1'])
    const second = teas.criteria({ orderBy, page: { after } })._unsafeUnwrap()

    expect(written(second, 'sqlite')).toBe(
      'where "pence" >= ? and (("pence" = ? and ("name", "sku") < (?, ?)) or ("pence" > ?)) order by "pence" asc, "name" desc, "sku" desc limit ?',
    )
  })

  it('says where nulls stand, and looks for them behind a key', () => {
    const orderBy = [{ field: 'origin', direction: 'desc' }] as const
    const first = teas.criteria({ orderBy })._unsafeUnwrap()
    const behind = (keys: [string | null, string]) =>
      written(teas.criteria({ orderBy, page: { after: first.cursorOf(keys) } })._unsafeUnwrap(), 'sqlite')

    expect(behind(['Assam', 'TEA-1'])).toBe(
      'where ("origin" <= ? or "origin" is null) and ((("origin", "sku") < (?, ?)) or ("origin" is null)) order by "origin" desc nulls last, "sku" desc limit ?',
    )
    expect(behind([null, 'TEA-1'])).toBe(
      'where "origin" is null and "sku" < ? order by "origin" desc nulls last, "sku" desc limit ?',
    )
  })

  it('skips to a page by its number', () => {
    const page = (number: number) => teas.criteria({ page: { size: 10, number } })._unsafeUnwrap()

    expect(written(page(1), 'sqlite')).toBe('order by "sku" asc limit ?')
    expect(written(page(3), 'sqlite')).toBe('order by "sku" asc limit ? offset ?')
  })

  it('asks for one of no values without the column, as null is none of them either', () => {
    expect(written(teas.criteria({ where: origin.in([]).not() })._unsafeUnwrap(), 'postgres')).toContain(
      'where not (false)',
    )
  })

  it('bears the name that the query gives its table', () => {
    const table = onSqlite.as('t')
    const criteria = teas.criteria({ where: pence.gt(1n) })._unsafeUnwrap()

    const { sql } = table.apply(sqlite.selectFrom('teas as t').select('t.sku'), criteria).compile()

    expect(sql).toBe(
      'select "t"."sku" from "teas" as "t" where "t"."pence" > ? order by "t"."sku" asc limit ?',
    )
  })

  it('refuses specifications of other fields, be they drawn alike', () => {
    const others = drawTeas()

    expect(() => onSqlite.where(others.fields.pence.gt(1n))).toThrow(ForeignSpecificationError)
    expect(() => onSqlite.apply(sqlite.selectFrom('teas'), others.criteria({})._unsafeUnwrap())).toThrow(
      'what is asked of "teas" must be of its own set of fields, found one of another',
    )
  })

  it.each([
    [
      'a field without a column',
      { columns: { sku: 'sku' } },
      'the column of field "name" must be a name, found undefined',
    ],
    [
      'a column of what all objects have',
      { columns: { ...columns, toString: 'x' } },
      'must be a field, found "toString"',
    ],
    ['a column without a name', { columns: { ...columns, name: '' } }, 'must be a name, found ""'],
    ['a name that no database takes', { columns: { ...columns, name: 'a\0' } }, 'must be a name'],
    ['a table without a name', { table: '' }, 'a table must be a name, found ""'],
    ['an unknown dialect', { dialect: 'mysql' }, 'must be sqlite or postgres, found "mysql"'],
  ])('refuses %s', (_, wrong, message) => {
    const options = { dialect: 'sqlite', table: 'teas', columns, ...wrong } as TableMapOptions<
      keyof typeof columns
    >

    expect(() => new TableMap(teas, options)).toThrow(InvalidTableMapError)
    expect(() => new TableMap(teas, options)).toThrow(message)
  })
})
