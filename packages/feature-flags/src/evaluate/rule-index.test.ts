import { describe, expect, it } from 'vitest'
import { documentOf, onOff } from '../../test/flag-document.ts'
import type { FlagCondition, FlagRule } from '../document/flag-document.ts'
import { defineFlags } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { FeatureFlagEvaluator } from './feature-flag-evaluator.ts'

type Context = { readonly [attribute: string]: unknown }

/** Tells the id of the rule that decides among many, and the first of those that match when each is asked alone. */
function tellers(rules: readonly FlagRule[]) {
  const flags = {
    many: onOff({ rules }),
    ...Object.fromEntries(rules.map((rule, at) => [`alone-${at}`, onOff({ rules: [rule] })])),
  }
  const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: documentOf(flags) })
  return {
    among: (context: Context) => evaluator.evaluate('many', context).ruleId,
    alone: (context: Context) => rules.find((_, at) => evaluator.evaluate(`alone-${at}`, context).ruleId)?.id,
  }
}

function rulesFor(conditions: readonly (FlagCondition | undefined)[]): FlagRule[] {
  return conditions.map((when, at) => ({ id: `${at}`, ...(when ? { when } : {}), serve: { variant: 'on' } }))
}

const number = (operator: string, value: number): FlagCondition => ({ attribute: 'n', operator, value })
const text = (value: string): FlagCondition => ({ attribute: 't', operator: 'equals', value })

describe('many rules', () => {
  it.each([4, 31, 32, 33, 63, 64, 65, 255, 256, 257, 600])('are each found among %i', (count) => {
    const { among } = tellers(rulesFor(Array.from({ length: count }, (_, at) => text(`t${at}`))))

    const found = Array.from({ length: count }, (_, at) => among({ t: `t${at}` }))

    expect(found).toEqual(Array.from({ length: count }, (_, at) => `${at}`))
    expect(among({ t: `t${count}` })).toBeUndefined()
    expect(among({})).toBeUndefined()
  })

  it('leave a user who falls into a gap to the next that matches, far behind', () => {
    const gap: FlagRule['serve'] = { of: 2, ranges: [] }
    const rules: FlagRule[] = Array.from({ length: 100 }, (_, at) => ({
      id: `${at}`,
      when: text('all'),
      serve: at === 99 ? { variant: 'on' } : gap,
    }))

    expect(tellers(rules).among({ t: 'all', targetingKey: 'u-1' })).toBe('99')
  })

  it('make the long list of a segment ready once, however many of them refer to it', () => {
    let made = 0
    const listed: ConditionOperator = {
      name: 'listed',
      operand: 'values',
      attributes: ['string'],
      expects: () => undefined,
      test: (ids) => {
        made++
        return (id) => ids.includes(id as string)
      },
    }
    const ids = Array.from({ length: 100 }, (_, at) => `u${at}`)
    const long: FlagCondition = { attribute: 'id', operator: 'listed', values: ids }
    const rules = rulesFor(
      Array.from({ length: 500 }, (_, at) => ({ all: [{ segment: 'long' }, text(`t${at}`)] })),
    )

    const evaluator = new FeatureFlagEvaluator(defineFlags({}), {
      document: documentOf({ many: onOff({ rules }) }, { segments: { long } }),
      operators: [listed],
    })

    expect(evaluator.evaluate('many', { id: 'u99', t: 't499' }).ruleId).toBe('499')
    expect(evaluator.evaluate('many', { id: 'u100', t: 't499' }).ruleId).toBeUndefined()
    expect(made).toBe(1)
  })

  it('compare numbers beside the longest list without asking about each of its numbers', () => {
    const list = Array.from({ length: 1_500_000 }, (_, at) => at)
    const { among } = tellers(
      rulesFor([
        { attribute: 'n', operator: 'in', values: list },
        ...Array.from({ length: 255 }, (_, at) => number('gt', 2_000_000 + at)),
      ]),
    )

    expect([among({ n: 1_499_999 }), among({ n: 2_000_001 }), among({ n: 1_500_000 })]).toEqual([
      '0',
      '1',
      undefined,
    ])
  })

  it('match where they ask nothing', () => {
    expect(tellers(rulesFor([text('a'), text('b'), text('c'), text('d'), undefined])).among({})).toBe('4')
    expect(tellers(rulesFor([undefined, undefined, undefined, undefined])).among({})).toBe('0')
  })

  it('ask about more attributes than one look holds', () => {
    const names = Array.from({ length: 10 }, (_, at) => `a${at}`)
    const everyName: FlagCondition = {
      all: names.map((attribute) => ({ attribute, operator: 'equals', value: 1 })),
    }
    const single = names.map((attribute): FlagCondition => ({ attribute, operator: 'gt', value: 5 }))
    const { among, alone } = tellers(rulesFor([everyName, ...single]))
    const ones = Object.fromEntries(names.map((name) => [name, 1]))

    expect(among(ones)).toBe('0')
    for (const name of names)
      for (const context of [{ [name]: 6 }, { ...ones, [name]: 6 }, { [name]: 5 }])
        expect(among(context)).toBe(alone(context))
  })

  it('decide numbers at, between and beyond all their operands as each alone does', () => {
    const operands = [
      -1e300,
      -1,
      -0,
      0,
      5e-324,
      1e-323,
      0.1,
      1,
      1 + Number.EPSILON,
      2 ** 53,
      1e300,
      Number.MAX_VALUE,
    ]
    const operators = ['gt', 'gte', 'lt', 'lte', 'equals', 'not_equals']
    const questions = operands.flatMap((operand) => operators.map((operator) => number(operator, operand)))
    const values = [
      ...operands,
      ...operands.map((operand) => operand + 0.05),
      -5e-324,
      1.5e-323,
      Number.MIN_SAFE_INTEGER,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.NaN,
    ]

    for (let first = 0; first < questions.length; first += 3) {
      const { among, alone } = tellers(rulesFor(questions.slice(first, first + 7)))
      for (const n of values) expect([n, among({ n })]).toEqual([n, alone({ n })])
    }
  })

  it('decide any kind of value as each alone does', () => {
    const operands = ['a', '', 'a.', '1', 1, 0, true, false]
    const questions: FlagCondition[] = [
      ...operands.flatMap((value) =>
        ['equals', 'not_equals'].map((operator): FlagCondition => ({ attribute: 'n', operator, value })),
      ),
      { attribute: 'n', operator: 'in', values: operands },
      { attribute: 'n', operator: 'not_in', values: ['a', 1] },
      { attribute: 'n', operator: 'in', values: ['x'], onMissing: true },
      { attribute: 'n', operator: 'exists' },
      { attribute: 'n', operator: 'not_exists' },
      { not: { attribute: 'n', operator: 'in', values: ['a', 1, true] } },
      { not: { attribute: 'n', operator: 'gt', value: 0 } },
    ]
    const values = [
      ...operands,
      'b',
      'aa.',
      2,
      -0,
      null,
      undefined,
      Number.NaN,
      1n,
      Symbol('a'),
      [],
      ['a'],
      {},
      () => 1,
      new Date(0),
      Object('a'),
    ]

    for (let first = 0; first < questions.length; first++) {
      const { among, alone } = tellers(rulesFor([...questions.slice(first), ...questions.slice(0, first)]))
      for (const n of values) expect(among({ n })).toBe(alone({ n }))
    }
  })

  it('ask for one of a few texts as they ask for one of many, whatever the attribute', () => {
    const names = Array.from({ length: 9 }, (_, at) => `a${at}`)
    const lists = [['x'], ['x', 'y'], ['x', 'y', 'z'], ['x', 'y', 'z', 'u'], ['x', 'x']]
    const values = ['x', 'y', 'z', 'u', 'v', '', 1, true, null, undefined, ['x'], Object('x')]
    const rules = names.flatMap((attribute) =>
      lists.map(
        (list): FlagRule => ({
          id: `${attribute} ${list}`,
          when: { attribute, operator: 'in', values: list },
          serve: { variant: 'on' },
        }),
      ),
    )
    const flags = Object.fromEntries(rules.map((rule) => [rule.id, onOff({ rules: [rule] })]))
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: documentOf(flags) })

    for (const name of names)
      for (const list of lists)
        for (const value of values)
          expect([value, evaluator.evaluate(`${name} ${list}`, { [name]: value }).value]).toEqual([
            value,
            list.includes(value as string),
          ])
  })

  it('are not confused by texts that are names of methods', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']
    const { among } = tellers(rulesFor(names.slice(0, 4).map(text)))

    expect(names.map((t) => among({ t }))).toEqual(['0', '1', '2', '3', undefined])
  })
})
