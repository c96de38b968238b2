import { describe, expect, it } from 'vitest'
import { documentOf, everybody, onOff } from '../../test/flag-document.ts'
import type { DocumentedFlag, FlagCondition } from '../document/flag-document.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { semver } from '../operators/semver.ts'
import { FeatureFlagEvaluator } from './feature-flag-evaluator.ts'

const isKorea: FlagCondition = { attribute: 'country', operator: 'equals', value: 'KR' }
const forKorea = { id: 'kr', when: isKorea, serve: { variant: 'on' } }
const others = ['a', 'b', 'c', 'd', 'e'].map((value) => ({
  id: value,
  when: { ...isKorea, value },
  serve: { variant: 'off' },
}))

/** Flags of every way of asking a context, all on for whom nothing can be told. */
const asking = {
  constant: onOff(),
  disabled: onOff({ enabled: false }),
  text: onOff({ rules: [forKorea] }),
  lookedUp: onOff({ rules: [...others, forKorea] }),
  split: onOff({ rules: [everybody({ split: { on: 1, off: 1 } })] }),
  overridden: onOff({ overrides: { 'u-1': { variant: 'on' } } }),
  scheduled: onOff({ schedule: { from: '2020-01-01T00:00:00.000Z' } }),
  dated: onOff({
    rules: [
      {
        id: 'd',
        when: { attribute: 'country', operator: 'before', value: '2026-01-01T00:00:00Z' },
        serve: { variant: 'on' },
      },
    ],
  }),
  listed: onOff({
    rules: [
      {
        id: 'l',
        when: { attribute: 'country', operator: 'contains', value: 'KR', ignoreCase: true },
        serve: { variant: 'on' },
      },
    ],
  }),
  versioned: onOff({
    rules: [
      {
        id: 'v',
        when: { attribute: 'country', operator: 'semver_gt', value: '1.0.0' },
        serve: { variant: 'on' },
      },
    ],
  }),
  dependent: onOff({ prerequisites: [{ flag: 'text', in: ['on'] }], rules: [everybody({ variant: 'on' })] }),
} satisfies { readonly [key: string]: DocumentedFlag }

const flags = defineFlags(
  Object.fromEntries(Object.keys(asking).map((key) => [key, flag.boolean({ fallback: true })])),
)
const evaluator = new FeatureFlagEvaluator(flags, {
  operators: semver,
  document: documentOf(asking),
})
const boom = () => {
  throw new Error('boom')
}
const everyAttribute = ['targetingKey', 'country', 'timestamp']

/** An object of which each attribute is read by this. */
function gettersOf(get: () => unknown): object {
  return Object.defineProperties({}, Object.fromEntries(everyAttribute.map((name) => [name, { get }])))
}

function cyclic(): unknown[] {
  const list: unknown[] = []
  list.push(list)
  return list
}

const revoked = Proxy.revocable({}, {})
revoked.revoke()

const contexts: [string, unknown][] = [
  ['nothing', undefined],
  ['null', null],
  ['a number', 42],
  ['a text', 'KR'],
  ['a symbol', Symbol('context')],
  ['a bigint', 1n],
  ['a function', () => 'KR'],
  ['a list', ['KR']],
  ['an object without a prototype', Object.create(null)],
  ['a frozen object', Object.freeze({ country: 'KR' })],
  ['an object whose attributes throw', gettersOf(boom)],
  [
    'an object whose attributes throw nothing at all',
    gettersOf(() => {
      throw undefined
    }),
  ],
  [
    'an object whose attributes never end',
    gettersOf(function again(): unknown {
      return again()
    }),
  ],
  ['a proxy whose every trap throws', new Proxy({}, new Proxy({}, { get: boom }))],
  ['a proxy that was revoked', revoked.proxy],
  ['a proxy that has everything', new Proxy({}, { get: (_, name) => String(name), has: () => true })],
  [
    'attributes that are symbols',
    { targetingKey: Symbol('u'), country: Symbol('KR'), timestamp: Symbol('now') },
  ],
  [
    'attributes that are revoked proxies',
    { targetingKey: revoked.proxy, country: revoked.proxy, timestamp: revoked.proxy },
  ],
  [
    'attributes that throw when they become texts',
    {
      targetingKey: { toString: boom },
      country: { valueOf: boom, toString: boom },
      timestamp: { getTime: boom },
    },
  ],
  ['a list that holds itself', { targetingKey: cyclic(), country: cyclic() }],
  ['a list whose entries throw', { country: Object.defineProperty([1], 0, { get: boom }) }],
  ['a text of a million signs', { targetingKey: 'x'.repeat(1_000_000), country: '한'.repeat(1_000_000) }],
  ['a list of a hundred thousand', { country: Array.from({ length: 100_000 }, (_, at) => `c${at}`) }],
  [
    'a Date that is no moment',
    { targetingKey: 'u-1', country: new Date(Number.NaN), timestamp: new Date(Number.NaN) },
  ],
  [
    'a Date whose moment throws',
    {
      country: Object.assign(new Date(0), { getTime: boom }),
      timestamp: Object.assign(new Date(0), { getTime: boom }),
    },
  ],
  [
    'numbers at the edge',
    { targetingKey: -0, country: Number.MAX_VALUE, timestamp: Number.POSITIVE_INFINITY },
  ],
]

describe('a context', () => {
  it.each(contexts)('that is %s throws nowhere and always has a reason', (_, context) => {
    for (const key of evaluator.keys()) {
      const details = evaluator.evaluate(key, context)
      const value = evaluator.value(key, context as never)
      const isOn = evaluator.enabled(key, context as never)

      expect(details.reason).toMatch(/^[A-Z_]+$/)
      expect(details.ok).toBe(details.reason !== 'ERROR')
      expect(details.failure === undefined).toBe(details.ok)
      expect([value, isOn]).toEqual([details.value, details.value === true])
    }
  })

  it.each([
    ['throws', gettersOf(boom)],
    ['is null', null],
  ])('that %s gives the fallback with a failure where it is asked, and nothing else', (_, context) => {
    const keys = ['text', 'lookedUp', 'split', 'overridden', 'scheduled', 'dependent']

    for (const key of keys)
      expect(evaluator.evaluate(key, context)).toMatchObject({
        ok: false,
        value: true,
        variant: undefined,
        reason: 'ERROR',
        revision: 'r1',
        failure: { type: 'InvalidEvaluationContext', flag: key },
      })
    expect(evaluator.evaluate('constant', context)).toMatchObject({ ok: true, reason: 'STATIC' })
    expect(evaluator.evaluate('disabled', context)).toMatchObject({ ok: true, reason: 'DISABLED' })
  })

  it('whose attribute asks the same flag again is told, and so is who asks within', () => {
    const inner: unknown[] = []
    const context = {
      get country() {
        inner.push(
          evaluator.evaluate('text', { country: 'KR' }).value,
          evaluator.evaluate('split', { targetingKey: 'u' }).reason,
        )
        return 'KR'
      },
    }

    expect(evaluator.evaluate('text', context)).toMatchObject({ ok: true, value: true, ruleId: 'kr' })
    expect(inner).toEqual([true, 'SPLIT'])
  })

  it('whose attribute asks the same flag of the same context without end is told a failure', () => {
    const context = {
      get country(): string {
        return String(evaluator.evaluate('text', context).value)
      },
    }

    expect(evaluator.evaluate('text', context).reason).toMatch(/^(ERROR|DEFAULT)$/)
  })

  it('whose attribute takes another document is still told by the one that was asked', () => {
    const own = new FeatureFlagEvaluator(flags, {
      operators: semver,
      document: documentOf(asking, { revision: 'before' }),
    })
    const context = {
      get country() {
        own.use(documentOf({}, { revision: 'after' }))
        return 'KR'
      },
    }

    expect(own.evaluate('text', context)).toMatchObject({ ok: true, value: true, revision: 'before' })
    expect(own.evaluate('text', context)).toMatchObject({ ok: false, revision: 'after' })
  })

  it('is left as it was', () => {
    const context = {
      targetingKey: 'u-1',
      country: ['KR', 'fr'],
      timestamp: new Date('2026-01-01T00:00:00Z'),
    }
    const before = structuredClone(context)

    for (const key of evaluator.keys()) evaluator.evaluate(key, context)

    expect(context).toEqual(before)
  })

  it('is not changed by what objects inherit', () => {
    const context = Object.create({ country: 'KR' })

    expect(evaluator.evaluate('text', context).value).toBe(true)
    expect(evaluator.evaluate('text', {}).value).toBe(false)
  })
})

describe('a key', () => {
  it.each([
    ['undefined', undefined],
    ['null', null],
    ['a number', 5],
    ['a symbol', Symbol('key')],
    ['an object', { toString: boom }],
  ])('that is %s is no flag, and throws nothing', (_, key) => {
    expect(evaluator.evaluate(key as never, {})).toMatchObject({
      ok: false,
      reason: 'ERROR',
      failure: { type: 'FlagNotFound' },
    })
  })
})

describe('a clock that throws', () => {
  it('makes the flags that need the time untold, and no others', () => {
    const own = new FeatureFlagEvaluator(flags, {
      operators: semver,
      document: documentOf(asking),
      clock: { now: boom },
    })

    expect(own.evaluate('scheduled', {})).toMatchObject({ ok: false, value: true, reason: 'ERROR' })
    expect(own.evaluate('scheduled', { timestamp: new Date() }).ok).toBe(true)
    expect(own.evaluate('text', { country: 'KR' }).ok).toBe(true)
  })
})

describe('a document by hand with a circle', () => {
  it('makes its flags untold instead of running for ever', () => {
    const circle = {
      a: onOff({ prerequisites: [{ flag: 'b', in: ['on'] }] }),
      b: onOff({ prerequisites: [{ flag: 'a', in: ['on'] }] }),
    }
    const own = new FeatureFlagEvaluator(defineFlags({}), { document: documentOf(circle) })

    expect(own.evaluate('a', {}).reason).toBe('ERROR')
  })
})
