import { createContext } from '@ashlar/kernel'
import type { Specification } from '@ashlar/specification'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Odd, OddDatabase, odd, oddText, timeOf } from '../../test/odd-columns.ts'

const context = createContext()
const { fields } = odd
const many = 100_000

describe.each(['SQLite', 'PostgreSQL'])('what strangers ask of %s', (name) => {
  let database: OddDatabase
  beforeAll(async () => {
    database = await (name === 'SQLite' ? OddDatabase.sqlite() : OddDatabase.postgres(inject('postgres').icu))
  })
  afterAll(() => database.kysely.destroy())

  async function found(rule: Specification<Odd>): Promise<readonly number[]> {
    const criteria = odd.criteria({ where: rule, page: { size: 100 } })._unsafeUnwrap()
    const { items } = await database.reader.page(criteria, context)
    return items.map(({ constructor: id }) => Number(id)).sort((one, other) => one - other)
  }

  const placesWhere = (holds: (text: string) => boolean) =>
    oddText.flatMap((text, place) => (holds(text) ? [place] : []))

  it('is text wherever text is compared', async () => {
    for (const [place, text] of oddText.entries()) {
      expect(await found(fields.toString.eq(text))).toEqual([place])
      expect(await found(fields.toString.eq(text, { text: 'fold' }))).toEqual([place])
      expect(await found(fields.toString.in([text]))).toEqual([place])
      expect(await found(fields.toString.ne(text))).toEqual(placesWhere((other) => other !== text))
      expect(await found(fields.toString.contains(text))).toEqual(
        placesWhere((other) => other.includes(text)),
      )
      expect(await found(fields.toString.startsWith(text))).toEqual(
        placesWhere((other) => other.startsWith(text)),
      )
      expect(await found(fields.toString.endsWith(text))).toEqual(
        placesWhere((other) => other.endsWith(text)),
      )
    }
  })

  it('is text in a list of many', async () => {
    const others = Array.from({ length: many }, (_, index) => `other-${index}`)

    expect(await found(fields.toString.in([...others, ...oddText]))).toEqual(placesWhere(() => true))
    expect(await found(fields.toString.in([...others, ...oddText], { text: 'fold' }))).toHaveLength(
      oddText.length,
    )
    expect(await found(fields.toString.in(others).not())).toHaveLength(oddText.length)
  })

  it('is exact in lists of 100,000 numbers, bigints and times', async () => {
    const wanted = [1, 5, 20]
    const indices = Array.from({ length: many }, (_, index) => index)
    const bigints = indices.map((index) => 9_007_199_254_740_993n + BigInt(1_000 + index))
    const numbers = indices.map((index) => (1_000 + index) / 7)
    const times = indices.map((index) => new Date(1_000 * index).toISOString())

    expect(
      await found(
        fields.amount.in([...bigints, ...wanted.map((index) => 9_007_199_254_740_993n + BigInt(index))]),
      ),
    ).toEqual(wanted)
    expect(await found(fields.ratio.in([...numbers, ...wanted.map((index) => index / 7)]))).toEqual(wanted)
    expect(await found(fields.at.in([...times, ...wanted.map(timeOf)]))).toEqual(wanted)
  })

  it('may name the first and the last year of all', async () => {
    expect(await found(fields.at.gt('0001-01-01T00:00:00.000Z'))).toHaveLength(oddText.length)
    expect(await found(fields.at.lt('9999-12-31T23:59:59.999Z'))).toHaveLength(oddText.length)
  })

  it('may be as deep and as wide as specifications can be', async () => {
    const first = fields.constructor.eq('0')
    const noneOf = (count: number) =>
      Array.from({ length: count }, (_, index) => fields.toString.eq(`x${index}`))
    let deep: Specification<Odd> = first
    for (let depth = 1; depth < 64; depth++)
      deep = depth % 2 === 0 ? deep.or(...noneOf(100)) : deep.and(fields.constructor.ne('y'), odd.all())
    const wide = odd.none().or(...noneOf(10_000), first)

    expect(await found(deep)).toEqual([0])
    expect(await found(wide)).toEqual([0])
    expect(await found(wide.not())).toHaveLength(oddText.length - 1)
  })

  it('is sorted and paged by odd names, too', async () => {
    const ids: string[] = []
    let after: string | undefined
    do {
      const orderBy = [{ field: 'toString', direction: 'desc' }] as const
      const where = fields.toString.startsWith('%_%_%_').not()
      const criteria = odd.criteria({ where, orderBy, page: { size: 5, after } })._unsafeUnwrap()
      const { items, next } = await database.reader.page(criteria, context)
      ids.push(...items.map(({ constructor: id }) => id))
      after = next
    } while (after !== undefined)

    const sorted = oddText
      .map((text, place) => ({ bytes: Buffer.from(text), place }))
      .filter(({ bytes }) => bytes.length < 1_000)
      .sort((one, other) => Buffer.compare(other.bytes, one.bytes))
    expect(ids.map(Number)).toEqual(sorted.map(({ place }) => place))
  })
})
