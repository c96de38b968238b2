import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { documentOf, onOff } from '../../test/flag-document.ts'
import type { FlagCondition, FlagDocument } from '../document/flag-document.ts'
import { defineFlags } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { semver } from '../operators/semver.ts'
import { FeatureFlagEvaluator } from './feature-flag-evaluator.ts'

type Context = { readonly [attribute: string]: unknown }
const isKorea: FlagCondition = { attribute: 'country', operator: 'equals', value: 'KR' }
const isPro: FlagCondition = { attribute: 'plan', operator: 'equals', value: 'pro' }

/** Whether a condition is true of a context, asked in a rule of its own and among so many that they are looked up. */
function matches(when: FlagCondition, context: Context, segments: FlagDocument['segments'] = {}): boolean {
  const never: FlagCondition = { attribute: 'country', operator: 'equals', value: 'nowhere' }
  const serve = { variant: 'on' }
  const others = Array.from({ length: 5 }, (_, at) => ({ id: `other-${at}`, when: never, serve }))
  const alone = onOff({ rules: [{ id: 'asked', when, serve }] })
  const among = onOff({ rules: [...others, { id: 'asked', when, serve }, ...others] })
  const evaluator = new FeatureFlagEvaluator(defineFlags({}), {
    document: documentOf({ alone, among }, { segments }),
    clock: fixedClock('2026-06-01T00:00:00.000Z'),
    operators: semver,
  })
  const [one, other] = ['alone', 'among'].map((key) => evaluator.evaluate(key, context).value)
  expect(one).toBe(other)
  return one as boolean
}

/** True, false and unknown, as a condition for the context below. */
const known: Context = { yes: 'KR', no: 'FR' }
const asking = (attribute: string): FlagCondition => ({ attribute, operator: 'equals', value: 'KR' })
const [T, F, U] = [asking('yes'), asking('no'), asking('missing')]
const not = (condition: FlagCondition): FlagCondition => ({ not: condition })
const all = (...conditions: FlagCondition[]): FlagCondition => ({ all: conditions })
const any = (...conditions: FlagCondition[]): FlagCondition => ({ any: conditions })

describe('the logic of conditions', () => {
  it.each<[string, FlagCondition, boolean]>([
    ['true', T, true],
    ['false', F, false],
    ['unknown', U, false],
    ['not true', not(T), false],
    ['not false', not(F), true],
    ['not unknown', not(U), false],
    ['not not true', not(not(T)), true],
    ['not not unknown', not(not(U)), false],
    ['true and true', all(T, T), true],
    ['true and false', all(T, F), false],
    ['true and unknown', all(T, U), false],
    ['true or unknown', any(U, T), true],
    ['false or unknown', any(F, U), false],
    ['false or true', any(F, T), true],
    ['not (true and unknown)', not(all(T, U)), false],
    ['not (false and unknown)', not(all(U, F)), true],
    ['not (false or unknown)', not(any(F, U)), false],
    ['not (true or unknown)', not(any(T, U)), false],
    ['not (false or false)', not(any(F, F)), true],
    ['not (true and true)', not(all(T, T)), false],
    ['not (not true or not true)', not(any(not(T), not(T))), true],
    ['(false or true) and (unknown or true)', all(any(F, T), any(U, T)), true],
    ['(false or true) and (unknown or false)', all(any(F, T), any(U, F)), false],
    ['not ((true and unknown) or (false and unknown))', not(any(all(T, U), all(F, U))), false],
  ])('finds %s to be so', (_, condition, isTrue) => {
    expect(matches(condition, known)).toBe(isTrue)
  })

  it('asks segments by name, and segments in segments, and their opposite', () => {
    const segments = { korea: isKorea, 'kr-pro': all({ segment: 'korea' }, isPro) }

    expect(matches({ segment: 'kr-pro' }, { country: 'KR', plan: 'pro' }, segments)).toBe(true)
    expect(matches({ segment: 'kr-pro' }, { country: 'KR', plan: 'free' }, segments)).toBe(false)
    expect(matches(not({ segment: 'kr-pro' }), { country: 'KR', plan: 'free' }, segments)).toBe(true)
    expect(matches(not({ segment: 'kr-pro' }), { country: 'KR' }, segments)).toBe(false)
  })

  it('asks a list of fifty thousand conditions to its end', () => {
    const many = Array.from({ length: 50_000 }, () => T)
    const last = { ...isKorea, value: 'KR' }

    expect(matches(all(...many, last), { ...known, country: 'KR' })).toBe(true)
    expect(matches(all(...many, last), { ...known, country: 'FR' })).toBe(false)
    expect(matches(not(any(...many.map(not), not(last))), { ...known, country: 'KR' })).toBe(true)
  })

  it('goes as deep as a thousand levels', () => {
    let deep: FlagCondition = isKorea
    for (let level = 0; level < 500; level++) deep = all(any(deep, F))

    expect(matches(deep, { country: 'KR' })).toBe(true)
    expect(matches(deep, { country: 'FR' })).toBe(false)
  })
})

describe('a missing attribute', () => {
  const everyMissing: [string, Context][] = [
    ['absent', {}],
    ['undefined', { country: undefined, age: undefined, roles: undefined }],
    ['null', { country: null, age: null, roles: null }],
    ['NaN', { country: Number.NaN, age: Number.NaN, roles: Number.NaN }],
  ]
  const questions: FlagCondition[] = [
    { attribute: 'country', operator: 'equals', value: 'KR' },
    { attribute: 'country', operator: 'not_equals', value: 'KR' },
    { attribute: 'country', operator: 'in', values: ['KR', 'FR'] },
    { attribute: 'country', operator: 'not_in', values: ['KR', 'FR'] },
    { attribute: 'country', operator: 'contains', value: 'K' },
    { attribute: 'country', operator: 'not_contains', value: 'K' },
    { attribute: 'country', operator: 'starts_with', value: 'K' },
    { attribute: 'country', operator: 'ends_with', value: 'K' },
    { attribute: 'roles', operator: 'contains_any', values: ['admin'] },
    { attribute: 'roles', operator: 'contains_all', values: ['admin'] },
    { attribute: 'roles', operator: 'contains_none', values: ['admin'] },
    { attribute: 'age', operator: 'gt', value: 18 },
    { attribute: 'age', operator: 'gte', value: 18 },
    { attribute: 'age', operator: 'lt', value: 18 },
    { attribute: 'age', operator: 'lte', value: 18 },
    { attribute: 'age', operator: 'before', value: '2026-01-01T00:00:00Z' },
    { attribute: 'age', operator: 'after', value: '2026-01-01T00:00:00Z' },
    { attribute: 'age', operator: 'semver_equals', value: '1.0.0' },
    { attribute: 'age', operator: 'semver_gt', value: '1.0.0' },
    { attribute: 'age', operator: 'semver_gte', value: '1.0.0' },
    { attribute: 'age', operator: 'semver_lt', value: '1.0.0' },
    { attribute: 'age', operator: 'semver_lte', value: '1.0.0' },
  ]

  it.each(everyMissing)(
    'that is %s passes no question, positive or negative, nor its opposite',
    (_, context) => {
      for (const question of questions) {
        expect(matches(question, context)).toBe(false)
        expect(matches(not(question), context)).toBe(false)
      }
    },
  )

  it.each(everyMissing)('that is %s passes as onMissing says, and its opposite does not', (_, context) => {
    for (const question of questions) {
      const [yes, no] = [
        { ...question, onMissing: true },
        { ...question, onMissing: false },
      ]

      expect([yes, not(yes), no, not(no)].map((each) => matches(each, context))).toEqual([
        true,
        false,
        false,
        true,
      ])
    }
  })

  it.each(everyMissing)('that is %s does not exist', (_, context) => {
    const [exists, lacks] = ['exists', 'not_exists'].map((operator) => ({ attribute: 'country', operator }))

    const answers = [exists, lacks, not(exists as FlagCondition), not(lacks as FlagCondition)].map((each) =>
      matches(each as FlagCondition, context),
    )

    expect(answers).toEqual([false, true, true, false])
  })

  it.each([[''], [0], [false], [[]], [{}], [Symbol('s')], [0n]])('is not what %o is', (country) => {
    expect(matches({ attribute: 'country', operator: 'exists' }, { country })).toBe(true)
    expect(matches({ attribute: 'country', operator: 'not_exists' }, { country })).toBe(false)
  })
})

describe('an attribute of another kind', () => {
  it.each<[string, unknown, FlagCondition]>([
    ['a number where a text is asked', 5, isKorea],
    ['a text where a number is asked', '5', { attribute: 'country', operator: 'equals', value: 5 }],
    ['a number where yes or no is asked', 1, { attribute: 'country', operator: 'equals', value: true }],
    ['a text where a number is compared', '20', { attribute: 'country', operator: 'gt', value: 18 }],
    ['a list where a text is asked', ['KR'], isKorea],
    ['an object that calls itself so', { toString: () => 'KR' }, isKorea],
    [
      'a text where a list is asked',
      'admin',
      { attribute: 'country', operator: 'contains_any', values: ['admin'] },
    ],
    ['a text that is no version', '1.2', { attribute: 'country', operator: 'semver_gt', value: '1.0.0' }],
    [
      'a text that is no moment',
      'tomorrow',
      { attribute: 'country', operator: 'before', value: '2026-01-01T00:00:00Z' },
    ],
    [
      'a Date that is no moment',
      new Date(Number.NaN),
      { attribute: 'country', operator: 'before', value: '2026-01-01T00:00:00Z' },
    ],
  ])('is neither equal nor unequal: %s', (_, country, question) => {
    expect(matches(question, { country })).toBe(false)
    expect(matches(not(question), { country })).toBe(false)
  })

  it('is not missing, so onMissing does not answer for it', () => {
    expect(matches({ ...isKorea, onMissing: true }, { country: 5 })).toBe(false)
  })
})

describe('ignoreCase', () => {
  const question = (operator: string, rest: object): FlagCondition => ({
    attribute: 'country',
    operator,
    ignoreCase: true,
    ...rest,
  })

  it.each<[FlagCondition, unknown]>([
    [question('equals', { value: 'kR' }), 'Kr'],
    [question('in', { values: ['FR', 'kr'] }), 'KR'],
    [question('contains', { value: 'OUL' }), 'Seoul'],
    [question('starts_with', { value: 'sE' }), 'SEOUL'],
    [question('ends_with', { value: 'UL' }), 'seoul'],
    [question('contains', { value: 'ADMIN' }), ['Admin', 5]],
    [question('equals', { value: 'ÜNÏ' }), 'ünï'],
    [question('equals', { value: 5 }), 5],
  ])('lets %o match %o', (condition, country) => {
    expect(matches(condition, { country })).toBe(true)
    expect(matches(not(condition), { country })).toBe(false)
  })

  it('does not make everything alike', () => {
    expect(matches(question('equals', { value: 'kr' }), { country: 'fr' })).toBe(false)
    expect(matches(question('not_equals', { value: 'kr' }), { country: 'KR' })).toBe(false)
  })

  it('is not so unless told', () => {
    expect(matches(isKorea, { country: 'kr' })).toBe(false)
  })
})

describe('the attribute timestamp', () => {
  const before: FlagCondition = {
    attribute: 'timestamp',
    operator: 'before',
    value: '2026-06-01T00:00:00.001Z',
  }

  it('is the moment of the clock unless the context has one', () => {
    expect(matches(before, {})).toBe(true)
    expect(matches(before, { timestamp: new Date('2026-06-01T00:00:00.001Z') })).toBe(false)
    expect(
      matches({ ...before, operator: 'after' }, { timestamp: new Date('2026-06-01T00:00:00.001Z') }),
    ).toBe(true)
  })

  it('always exists', () => {
    expect(matches({ attribute: 'timestamp', operator: 'exists' }, {})).toBe(true)
  })
})

describe('an operator that is handed in', () => {
  /** Asks by a limit that it keeps itself, with no operand. */
  class LongerThan implements ConditionOperator {
    readonly operand = 'none'
    readonly attributes = ['string'] as const
    readonly name: string
    readonly #limit: number
    constructor(name: string, limit: number) {
      this.name = name
      this.#limit = limit
    }
    expects(): undefined {
      return
    }
    test(): (value: unknown) => boolean | undefined {
      return (value) => (typeof value === 'string' ? value.length > this.#limit : undefined)
    }
  }

  it.each(['is_long', 'not_short', 'semver_gte'])(
    'is asked by its own name, and with its own state, as %s',
    (name) => {
      const condition: FlagCondition = { attribute: 'country', operator: name }
      const rules = [
        { id: 'long', when: condition, serve: { variant: 'on' } },
        { id: 'short', when: not(condition), serve: { variant: 'on' } },
      ]
      const evaluator = new FeatureFlagEvaluator(defineFlags({}), {
        document: documentOf({ flag: onOff({ rules }) }),
        operators: [new LongerThan(name, 2)],
      })

      const ids = ['KOR', 'KR', 5, undefined].map((country) => evaluator.evaluate('flag', { country }).ruleId)

      expect(ids).toEqual(['long', 'short', undefined, undefined])
    },
  )
})

describe('a condition that was not checked', () => {
  it.each<[string, FlagCondition]>([
    ['an operator that nobody knows', { attribute: 'country', operator: 'equlas', value: 'KR' }],
    ['a segment that nobody knows', { segment: 'korea' }],
  ])('is refused at once with %s, and the document before stays in force', (_, when) => {
    const good = documentOf({ flag: onOff() }, { revision: 'good' })
    const bad = documentOf(
      { flag: onOff({ rules: [{ id: 'r', when, serve: { variant: 'on' } }] }) },
      { revision: 'bad' },
    )
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document: good })

    expect(() => evaluator.use(bad)).toThrow(TypeError)

    expect(evaluator.revision).toBe('good')
    expect(evaluator.evaluate('flag', {})).toMatchObject({ ok: true, revision: 'good' })
  })
})

describe('a long segment', () => {
  const isOdd: ConditionOperator & { made: number } = {
    name: 'is_odd',
    operand: 'value',
    attributes: ['number'],
    made: 0,
    expects: () => undefined,
    test([offset]) {
      this.made++
      return (value) => (typeof value === 'number' ? (value + Number(offset)) % 2 === 1 : undefined)
    },
  }
  const questions = Array.from({ length: 20 }, (_, at) => ({
    attribute: `n${at}`,
    operator: 'is_odd',
    value: 0,
  }))
  const segments = { odd: { all: questions }, some: { any: questions } }
  const refersTo = (when: FlagCondition) =>
    onOff({ rules: [{ id: 'rule', when, serve: { variant: 'on' } }], defaultVariant: 'off' })
  const conditions: readonly FlagCondition[] = [
    { segment: 'odd' },
    { not: { segment: 'odd' } },
    { segment: 'some' },
    { not: { segment: 'some' } },
  ]
  const document = documentOf(
    Object.fromEntries(
      conditions.flatMap((when, kind) =>
        Array.from({ length: 50 }, (_, at) => [`f${kind}-${at}`, refersTo(when)]),
      ),
    ),
    { segments },
  )
  const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document, operators: [isOdd] })
  const told = (context: object) =>
    conditions.map((_, kind) => evaluator.evaluate(`f${kind}-49`, context).value)
  const numbers = (value: (at: number) => unknown) =>
    Object.fromEntries(questions.map(({ attribute }, at) => [attribute, value(at)]))

  it('is made ready once for itself and once for its opposite, whoever refers to it', () => {
    expect(isOdd.made).toBe(4 * questions.length)
  })

  it('is true, false or unknown as if it were written out', () => {
    expect(told(numbers(() => 1))).toEqual([true, false, true, false])
    expect(told(numbers(() => 2))).toEqual([false, true, false, true])
    expect(told(numbers((at) => (at === 19 ? 2 : 1)))).toEqual([false, true, true, false])
    expect(told(numbers((at) => (at === 19 ? undefined : 1)))).toEqual([false, false, true, false])
    expect(told(numbers((at) => (at === 19 ? undefined : 2)))).toEqual([false, true, false, false])
  })
})
