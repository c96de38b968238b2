import { describe, expect, it } from 'vitest'
import { customers } from '../test/customer.ts'

const problemsOf = (json: unknown, options = {}) =>
  customers
    .fromJson(json, options)
    ._unsafeUnwrapErr()
    .problems.map(({ path, expected, found }) => `${path}: ${expected} / ${found}`)
const gold = { op: 'eq', field: 'tier', value: 'Gold' }

describe('FieldSet.fromJson', () => {
  it('reads what was written, bigints and all', () => {
    const rule = customers.fields.debt.in([{ minorUnits: 9_007_199_254_740_993n }])
    const json = JSON.parse(JSON.stringify(rule))

    expect(json).toEqual({ op: 'in', field: 'debt', values: ['9007199254740993'] })
    expect(customers.fromJson(json)._unsafeUnwrap().node).toEqual(rule.node)
    expect(customers.fromJson(json)._unsafeUnwrap().fields).toBe(customers)
  })

  it('keeps nothing of what it was given', () => {
    const json = { op: 'or', args: [{ op: 'in', field: 'name', values: ['Ada'], text: 'exact' }] }
    const rule = customers.fromJson(json)._unsafeUnwrap()
    json.args[0]?.values.push('Bob')

    expect(rule.node).toEqual({ op: 'or', args: [{ op: 'in', field: 'name', values: ['Ada'] }] })
  })

  it('keeps −0 as 0', () => {
    expect(customers.fromJson({ op: 'eq', field: 'rating', value: -0 })._unsafeUnwrap().node).toEqual({
      op: 'eq',
      field: 'rating',
      value: 0,
    })
  })

  it('collects all that is wrong, each with its path', () => {
    const json = {
      op: 'and',
      args: [
        gold,
        { op: 'not', arg: { op: 'or', args: [{ op: 'eq', field: 'shoeSize', value: 1 }, { op: 'like' }] } },
        { op: 'in', field: 'debt', values: ['1', 2, '03', null] },
        { op: 'gt', field: 'isActive', value: true },
        { op: 'contains', field: 'rating', value: 'x' },
        { op: 'eq', field: 'credit', value: '9223372036854775808', text: 'fold' },
        { op: 'eq', field: 'name', value: 'x', text: 'upper' },
      ],
    }

    expect(problemsOf(json)).toEqual([
      'args[1].arg.args[0].field: the name of a field / "shoeSize"',
      'args[1].arg.args[1].op: one of eq, ne, lt, le, gt, ge, in, isNull, contains, startsWith, endsWith, and, or, not / "like"',
      'args[2].values[1]: decimal text of a 64-bit integer / 2',
      'args[2].values[2]: decimal text of a 64-bit integer / "03"',
      'args[2].values[3]: decimal text of a 64-bit integer / null',
      'args[3].op: what can be asked of "isActive", a boolean / "gt", which needs an order',
      'args[4].op: what can be asked of "rating", a number / "contains", which needs text',
      'args[4].value: a finite number / "x"',
      'args[5].text: nothing for a bigint / "fold"',
      'args[5].value: decimal text of a 64-bit integer / "9223372036854775808"',
      'args[6].text: exact or fold / "upper"',
    ])
  })

  it('tells fields that may not be asked for from fields that do not exist', () => {
    const json = { op: 'or', args: [gold, { op: 'isNull', field: 'debt' }, { op: 'isNull', field: 'x' }] }

    expect(problemsOf(json, { fields: ['tier'] })).toEqual([
      'args[1].field: a field that may be asked for / "debt"',
      'args[2].field: the name of a field / "x"',
    ])
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 1, null, undefined, ['tier']])(
    'knows neither a field nor an operator %s',
    (name) => {
      expect(problemsOf({ op: 'isNull', field: name })[0]).toMatch(/^field: /)
      expect(problemsOf({ op: name, field: 'tier' })[0]).toMatch(/^op: /)
    },
  )

  it.each([null, undefined, true, 1, 'x', [], [gold], () => gold])('takes %s for no rule', (json) => {
    expect(problemsOf(json)[0]).toMatch(/^: an object of op, field, value, text, values, args, arg \//)
  })

  it.each([
    [
      { ...gold, extra: 1 },
      ': an object of op, field, value, text, values, args, arg / the property "extra"',
    ],
    [{ ...gold, args: [] }, ': an object of op, field, value, text / the property "args"'],
    [{ ...gold, values: undefined }, ': an object of op, field, value, text / the property "values"'],
    [
      JSON.parse('{ "op": "and", "args": [], "__proto__": {} }'),
      ': an object of op, field, value, text, values, args, arg / the property "__proto__"',
    ],
    [{ op: 'and' }, 'args: a list / undefined'],
    [{ op: 'and', args: { length: 1 } }, 'args: a list / an object'],
    [
      { op: 'and', args: new Array(1) },
      'args[0]: an object of op, field, value, text, values, args, arg / undefined',
    ],
    [{ op: 'not' }, 'arg: an object of op, field, value, text, values, args, arg / undefined'],
    [{ op: 'in', field: 'tier', values: 'Gold' }, 'values: a list / "Gold"'],
    [{ op: 'eq', field: 'tier' }, 'value: well-formed text without U+0000 / undefined'],
    [{ op: 'eq', field: 'nickname', value: null }, 'value: well-formed text without U+0000 / null'],
    [{ op: 'eq', field: 'name', value: '\ud800' }, 'value: well-formed text without U+0000 / "\ufffd"'],
    [{ op: 'eq', field: 'rating', value: '1' }, 'value: a finite number / "1"'],
    [{ op: 'eq', field: 'isActive', value: 1 }, 'value: true or false / 1'],
    [
      { op: 'eq', field: 'joinedAt', value: '2026-01-31' },
      'value: an ISO-8601 time in UTC with milliseconds, such as 2026-01-31T12:00:00.000Z / "2026-01-31"',
    ],
  ])('refuses %j', (json, problem) => {
    expect(problemsOf(json)).toEqual([problem])
  })

  it('takes a tree 10,000 deep for a failure', () => {
    let json: object = gold
    for (let depth = 0; depth < 10_000; depth++) json = { op: 'not', arg: json }

    expect(problemsOf(json)).toEqual([
      expect.stringMatching(/^(arg\.?){64}: nested at most 64 deep \/ one more level$/),
    ])
    expect(problemsOf({ op: 'not', arg: gold }, { maxDepth: 1 })).toEqual([
      'arg: nested at most 1 deep / one more level',
    ])
    expect(customers.fromJson(gold, { maxDepth: 1 }).isOk()).toBe(true)
  })

  it('takes a tree inside of itself for a failure', () => {
    const json: Record<string, unknown> = { op: 'and' }
    json.args = [json, json]

    expect(problemsOf(json).join()).toMatch(/nested at most 64 deep|one of at most 1000 parts/)
  })

  it('limits parts', () => {
    const args = Array.from({ length: 999 }, () => gold)

    expect(customers.fromJson({ op: 'and', args }).isOk()).toBe(true)
    expect(problemsOf({ op: 'and', args: [...args, gold] })).toEqual([
      'args[999]: one of at most 1000 parts / one more',
    ])
    expect(problemsOf({ op: 'and', args: new Array(10 ** 9) })).toEqual([
      'args: at most 1000 entries / 1000000000 entries',
    ])
    expect(problemsOf({ op: 'and', args: [gold] }, { maxNodes: 1 })).toEqual([
      'args[0]: one of at most 1 parts / one more',
    ])
  })

  it('limits values, of all lists together', () => {
    const list = (length: number) => ({ op: 'in', field: 'rating', values: Array.from({ length }, () => 1) })

    expect(customers.fromJson(list(10_000)).isOk()).toBe(true)
    expect(customers.fromJson(list(100_000), { maxValues: 100_000 }).isOk()).toBe(true)
    expect(problemsOf(list(100_000))).toEqual(['values: at most 10000 entries / 100000 entries'])
    expect(problemsOf({ op: 'or', args: [list(6_000), list(6_000)] })).toEqual([
      'args[1].values: values of which all lists have at most 10000 / 12000 so far',
    ])
  })

  it.each(['maxDepth', 'maxNodes', 'maxValues'])('lets nothing pass when %s is NaN', (name) => {
    const json = { op: 'in', field: 'tier', values: ['Gold'] }

    expect(customers.fromJson(json, { [name]: Number.NaN }).isErr()).toBe(true)
  })

  it('lists at most 100 problems, each with the start of what was found', () => {
    const bad = { op: 'x'.repeat(100_000) }
    const { problems, message } = customers
      .fromJson({ op: 'and', args: Array.from({ length: 500 }, () => bad) })
      ._unsafeUnwrapErr()

    expect(problems).toHaveLength(100)
    expect(message.length).toBeLessThan(400)
    expect(JSON.stringify(problems).length).toBeLessThan(30_000)
  })

  it('reads the entries that a list has, whatever its iterator says', () => {
    const values = Object.assign(['Ada'], {
      *[Symbol.iterator]() {
        for (let count = 0; count < 20_000; count++) yield 'Bob'
      },
    })

    const rule = customers.fromJson({ op: 'in', field: 'name', values })

    expect(rule._unsafeUnwrap().node).toEqual({ op: 'in', field: 'name', values: ['Ada'] })
  })

  it('refuses what throws when it is looked at', () => {
    const ambush = {
      get op(): never {
        throw new Error('ambush')
      },
    }
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()

    expect(problemsOf({ op: 'not', arg: ambush })).toEqual([
      'arg: a value that can be read / one that throws',
    ])
    expect(problemsOf(proxy)).toEqual([': a value that can be read / one that throws'])
    expect(problemsOf({ op: 'and', args: proxy })).toEqual([
      'args: a value that can be read / one that throws',
    ])
  })
})
