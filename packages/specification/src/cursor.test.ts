import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Amount, aCustomer, type Customer, customers } from '../test/customer.ts'
import { checksum } from './checksum.ts'
import { CursorTooLongError, InvalidSignatureError } from './cursor.ts'
import { InvalidOperandError } from './field-value.ts'
import { pageInMemory } from './page-in-memory.ts'

const orderBy = [{ field: 'nickname' }, { field: 'debt', direction: 'desc' }] as const
const sign = (payload: string) => createHmac('sha256', 'secret').update(payload).digest('base64url')

function cursorAfter(customer: Partial<Customer>, options = {}): string {
  const { id, nickname, debt } = aCustomer(customer)
  const criteria = customers.criteria({ orderBy }, options)._unsafeUnwrap()
  return criteria.cursorOf([nickname, debt?.minorUnits ?? null, id])
}

function keysOf(after: string, options = {}): readonly unknown[] | undefined {
  return customers.criteria({ orderBy, page: { after } }, options)._unsafeUnwrap().page.after
}

function expectedOf(after: unknown, options = {}): string | undefined {
  const criteria = customers.criteria({ orderBy, page: { after: after as string } }, options)
  const [problem] = criteria._unsafeUnwrapErr().problems
  expect(problem?.path).toBe('page.after')
  return problem?.expected
}

/** A cursor without a secret, made by someone who knows how. */
function forged(change: (content: unknown[]) => string): string {
  const [payload = ''] = cursorAfter({}).split('.')
  const content = JSON.parse(Buffer.from(payload, 'base64url').toString())
  const edited = Buffer.from(change(content)).toString('base64url')
  return `${edited}.${checksum(edited)}`
}

describe('a cursor', () => {
  it.each<[string, Partial<Customer>, readonly unknown[]]>([
    ['text', { nickname: "a'\\%_ İ\u{1F600}\uFFFD한" }, ["a'\\%_ İ\u{1F600}\uFFFD한", null, 'c-1']],
    ['empty text', { nickname: '' }, ['', null, 'c-1']],
    ['a byte order mark', { nickname: '\uFEFFx' }, ['\uFEFFx', null, 'c-1']],
    [
      'money beyond 2^53',
      { debt: new Amount(9_007_199_254_740_993n) },
      [null, 9_007_199_254_740_993n, 'c-1'],
    ],
    ['the least money', { debt: new Amount(-(2n ** 63n)) }, [null, -(2n ** 63n), 'c-1']],
  ])('carries %s', (_what, customer, keys) => {
    expect(keysOf(cursorAfter(customer))).toEqual(keys)
  })

  it('carries numbers, booleans and moments', () => {
    const order = [
      { field: 'score' },
      { field: 'hasAgreed' },
      { field: 'leftAt' },
      { field: 'rating' },
    ] as const
    const keys = [-0.1, false, '2026-01-31T12:00:00.000Z', 5e-324, 'c-1'] as const
    const after = customers.criteria({ orderBy: order })._unsafeUnwrap().cursorOf(keys)

    expect(customers.criteria({ orderBy: order, page: { after } })._unsafeUnwrap().page.after).toEqual(keys)
  })

  it('is safe in a URL', () => {
    expect(cursorAfter({ nickname: '???>>>\u{1F600}' })).toMatch(/^[\w.-]+$/)
  })

  it.each([
    '',
    '.',
    'x',
    'x.',
    '.x',
    '....',
    'AAAAA.0',
    '%%%.x',
    '\u{1F600}',
    '\0',
    'null',
    '__proto__',
    'a'.repeat(4_096),
    1,
    {},
    [],
    true,
  ])('is not %j', (text) => {
    expect(expectedOf(text)).toMatch(/^(a|an unedited) cursor$/)
  })

  it('is never longer than 4,096 characters', () => {
    expect(expectedOf('a'.repeat(4_097))).toBe('a cursor of at most 4096 characters')
    expect(expectedOf('a'.repeat(10_000_000))).toBe('a cursor of at most 4096 characters')
    expect(() => cursorAfter({ nickname: 'x'.repeat(4_000) })).toThrow(CursorTooLongError)
  })

  it('is refused after any edit of one letter, and when it is cut', () => {
    const cursor = cursorAfter({ nickname: 'Ada' })

    for (let at = 0; at < cursor.length; at++) {
      const letter = cursor[at] === 'A' ? 'B' : 'A'
      expect(expectedOf(cursor.slice(0, at) + letter + cursor.slice(at + 1))).toMatch(/cursor$/)
      expect(expectedOf(cursor.slice(0, at))).toMatch(/cursor$/)
    }
    expect(expectedOf(`${cursor}0`)).toBe('an unedited cursor')
    expect(expectedOf(`${cursor} `)).toBe('an unedited cursor')
  })

  it.each([
    [[{ field: 'nickname' }]],
    [[{ field: 'nickname' }, { field: 'debt' }]],
    [[{ field: 'nickname' }, { field: 'debt', direction: 'desc', nulls: 'first' }]],
    [[{ field: 'debt', direction: 'desc' }, { field: 'nickname' }]],
    [[{ field: 'name' }, { field: 'debt', direction: 'desc' }]],
  ] as const)('belongs to its order, not to %j', (other) => {
    const criteria = customers.criteria({ orderBy: [...other], page: { after: cursorAfter({}) } })

    expect(criteria._unsafeUnwrapErr().problems).toMatchObject([{ expected: 'a cursor of this order' }])
  })

  it('is not looked at when the order is wrong already', () => {
    const criteria = customers.criteria({
      orderBy: [{ field: 'tier' as 'name' }],
      page: { after: cursorAfter({}) },
    })

    expect(criteria._unsafeUnwrapErr().problems.map(({ path }) => path)).toEqual(['orderBy[0].field'])
  })

  it.each<[string, (content: unknown[]) => string]>([
    ['a cursor of version 1', ([, ...rest]) => JSON.stringify([2, ...rest])],
    ['a cursor of version 1', ([, ...rest]) => JSON.stringify(['1', ...rest])],
    ['a cursor of version 1', () => '{}'],
    ['a cursor of version 1', () => 'null'],
    ['a cursor of version 1', () => '[]'],
    ['a cursor of version 1', () => 'no JSON'],
    ['a cursor of version 1', () => '['.repeat(3_000)],
    ['a cursor of this order', ([version]) => JSON.stringify([version])],
    ['a cursor as it was written', (content) => JSON.stringify(content, null, 1)],
    ['a cursor as it was written', (content) => JSON.stringify(content.slice(0, -1))],
    ['a cursor as it was written', (content) => JSON.stringify([...content, 1])],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, 1, null, 'c-1'])],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, null, null, null])],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, null, 5, 'c-1'])],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, null, '05', 'c-1'])],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, null, '-0', 'c-1'])],
    [
      'a cursor as it was written',
      ([version, order]) => JSON.stringify([version, order, null, `${2n ** 63n}`, 'c-1']),
    ],
    [
      'a cursor as it was written',
      ([version, order]) => JSON.stringify([version, order, null, '9'.repeat(2_000), 'c-1']),
    ],
    ['a cursor as it was written', ([version, order]) => `[${version},"${order}","\\ud800",null,"c-1"]`],
    [
      'a cursor as it was written',
      ([version, order]) => JSON.stringify([version, order, 'a\0', null, 'c-1']),
    ],
    ['a cursor as it was written', ([version, order]) => JSON.stringify([version, order, {}, null, 'c-1'])],
  ])('made up without a secret is at least %s', (expected, change) => {
    expect(expectedOf(forged(change))).toBe(expected)
  })

  it('has one text only: spare bits of its last letter are refused', () => {
    const cursor = cursorAfter({ nickname: 'Ad' })
    const [payload = ''] = cursor.split('.')
    const twins = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_']
      .map((letter) => payload.slice(0, -1) + letter)
      .filter((twin) => twin !== payload)
      .filter((twin) => Buffer.from(twin, 'base64url').equals(Buffer.from(payload, 'base64url')))

    expect(twins.length).toBeGreaterThan(0)
    for (const twin of twins)
      expect(expectedOf(`${twin}.${checksum(twin)}`)).toBe('a cursor as it was written')
  })

  it('is bound to the secret that signed it', () => {
    const cursor = cursorAfter({ nickname: 'Ada' }, { sign })
    const [payload] = cursor.split('.')

    expect(keysOf(cursor, { sign })).toEqual(['Ada', null, 'c-1'])
    expect(expectedOf(cursorAfter({}), { sign })).toBe('an unedited cursor')
    expect(expectedOf(cursor)).toBe('an unedited cursor')
    expect(expectedOf(`${payload}.`, { sign })).toBe('an unedited cursor')
    expect(expectedOf(`${payload}.${sign('x')}`, { sign })).toBe('an unedited cursor')
    expect(expectedOf(forged(JSON.stringify), { sign })).toBe('an unedited cursor')
  })

  it('is signed even by what may stand in no URL', () => {
    const odd = () => 'a.b/c=='

    expect(keysOf(cursorAfter({}, { sign: odd }), { sign: odd })).toEqual([null, null, 'c-1'])
  })

  it.each([[''], [undefined], [Promise.resolve('x')]])('is not signed by %s', (answer) => {
    expect(() => cursorAfter({}, { sign: () => answer })).toThrow(InvalidSignatureError)
    expect(() => expectedOf(cursorAfter({}), { sign: () => answer })).toThrow(InvalidSignatureError)
  })

  it.each([
    [[undefined, null, 'c-1']],
    [[null, null, null]],
    [[null, null]],
    [[null, 5, 'c-1']],
    [[null, 2n ** 63n, 'c-1']],
    [['\ud800', null, 'c-1']],
  ])('is not written of %s', (keys) => {
    const criteria = customers.criteria({ orderBy })._unsafeUnwrap()

    expect(() => criteria.cursorOf(keys as string[])).toThrow(InvalidOperandError)
  })

  it('goes on where the page ended, with the rule of the next request', () => {
    const all = ['a', 'b', 'c', 'd'].map((id) => aCustomer({ id, nickname: id }))
    const first = pageInMemory(customers.criteria({ page: { size: 2 } })._unsafeUnwrap(), all)
    const second = customers.criteria({
      where: customers.fields.nickname.ne('c'),
      page: { size: 2, after: first.next },
    })

    expect(pageInMemory(second._unsafeUnwrap(), all)).toEqual({ items: [all[3]] })
  })
})
