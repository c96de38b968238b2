import { describe, expect, it } from 'vitest'
import type { FlagDocument } from '../document/flag-document.ts'
import { FeatureFlagEvaluator } from '../evaluate/feature-flag-evaluator.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { type FlagAnswers, overrideFlags } from './override-flags.ts'

const isBanner = (value: unknown): value is { title: string } =>
  typeof (value as { title?: unknown } | null)?.title === 'string'

const flags = defineFlags({
  'new-checkout': flag.boolean(),
  'pay-by-card': flag.boolean({ fallback: true }),
  discount: flag.variants({ control: 0, low: 10 }, { fallback: 'control' }),
  swapped: flag.variants({ a: 'b', b: 'a' }, { fallback: 'a' }),
  greeting: flag.string({ fallback: 'Hello' }),
  banner: flag.json(isBanner, { fallback: { title: 'Welcome' } }),
})

const document: FlagDocument = {
  version: 1,
  revision: '7',
  segments: {},
  layers: {},
  holdouts: {},
  flags: {
    greeting: {
      enabled: true,
      type: 'string',
      variants: { formal: 'Good day' },
      defaultVariant: 'formal',
      bucketing: { algorithm: 'murmur3-utf8/1', salt: 'greeting', by: 'targetingKey' },
      rules: [],
    },
  },
}

describe('overrideFlags', () => {
  it('answers as told, whatever the context', () => {
    const reader = overrideFlags(flags, {
      'new-checkout': true,
      discount: 'low',
      greeting: 'Hi',
      banner: { title: 'Sale' },
    })

    expect(reader.enabled('new-checkout', {})).toBe(true)
    expect(reader.value('discount', { targetingKey: 'u-1' })).toBe(10)
    expect(reader.value('greeting', {})).toBe('Hi')
    expect(reader.value('banner', {})).toEqual({ title: 'Sale' })
    expect(reader.evaluate('discount', undefined)).toEqual({
      ok: true,
      value: 10,
      variant: 'low',
      reason: 'OVERRIDE',
      ruleId: undefined,
      revision: '',
      failure: undefined,
      metadata: undefined,
    })
  })

  it('takes the value of a variant for the variant, but a name before a value', () => {
    const reader = overrideFlags(flags, { discount: 10, swapped: 'a' })

    expect(reader.details('discount', {}).variant).toBe('low')
    expect(reader.details('swapped', {})).toMatchObject({ variant: 'a', value: 'b' })
  })

  it('leaves the rest to the reader beneath', () => {
    const evaluator = new FeatureFlagEvaluator(flags, { document })
    const reader = overrideFlags(evaluator, { 'new-checkout': true, 'pay-by-card': undefined })

    expect(reader.value('greeting', {})).toBe('Good day')
    expect(reader.revision).toBe('7')
    expect([...reader.keys()]).toEqual([...evaluator.keys()])
    expect(reader.evaluate('greeting', {})).toBe(evaluator.evaluate('greeting', {}))
    expect(reader.evaluate('unknown', {}).failure?.type).toBe('FlagNotFound')
    expect(reader.value('pay-by-card', {})).toBe(true)
  })

  it('leaves the rest to the fallbacks of a set', () => {
    const reader = overrideFlags(flags, { 'new-checkout': true })

    expect(reader.value('pay-by-card', {})).toBe(true)
    expect(reader.details('greeting', {})).toMatchObject({ ok: false, value: 'Hello' })
  })

  it('can be laid over another override and over a snapshot', () => {
    const snapshot = new FeatureFlagEvaluator(flags, { document }).snapshot()
    const reader = overrideFlags(overrideFlags(snapshot, { greeting: 'one' }), { discount: 'low' })

    expect(reader.value('greeting', {})).toBe('one')
    expect(reader.value('discount', {})).toBe(10)
  })

  it.each([
    [{ unknown: true }, 'flag "unknown" is not in the set'],
    [{ toString: true }, 'flag "toString" is not in the set'],
    [{ 'new-checkout': 'on' }, 'expected boolean, found string'],
    [{ discount: 'high' }, 'expected a variant of control, low or its value, found high'],
    [{ discount: 'constructor' }, 'expected a variant of control, low'],
    [{ banner: { name: 'x' } }, 'expected a value that the code accepts'],
    [{ banner: null }, 'expected a value that the code accepts'],
  ])('refuses %j', (answers, message) => {
    expect(() => overrideFlags(flags, answers as FlagAnswers<typeof flags>)).toThrow(message)
  })

  it('refuses what a check throws at, as an evaluator does', () => {
    const fault = new RangeError('no title')
    const strict = (value: unknown): value is { title: string } => {
      if (isBanner(value)) return true
      throw fault
    }
    const checked = defineFlags({ banner: flag.json(strict, { fallback: { title: 'Welcome' } }) })

    expect(() => overrideFlags(checked, { banner: {} as { title: string } })).toThrow(
      new TypeError('flag "banner": expected a value that the code accepts, found another', { cause: fault }),
    )
  })
})
