import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { bucketing, documentOf, everybody, onOff } from '../../test/flag-document.ts'
import { idWithHash } from '../../test/id-with-hash.ts'
import type { DocumentedFlag, FlagDocument } from '../document/flag-document.ts'
import { flag } from '../flags/flag.ts'
import { defineFlags } from '../flags/flag-set.ts'
import { FeatureFlagEvaluator } from './feature-flag-evaluator.ts'

const flags = defineFlags({ checkout: flag.boolean() })
const failOpen = defineFlags({ checkout: flag.boolean({ fallback: true }) })
const [low, high] = [idWithHash(0, 'shared'), idWithHash(2 ** 32 - 1, 'shared')]
const now = '2026-06-01T00:00:00.000Z'
const past = '2026-05-31T23:59:59.999Z'
const later = '2026-06-01T00:00:00.001Z'

/** What is told of the flag `checkout`, which says so of itself, to a context. */
function tell(
  checkout: Partial<DocumentedFlag>,
  context: { readonly [attribute: string]: unknown } = {},
  rest: Partial<FlagDocument> & { readonly flags?: FlagDocument['flags'] } = {},
) {
  const document = documentOf({ ...rest.flags, checkout: onOff(checkout) }, rest)
  return new FeatureFlagEvaluator(failOpen, { document, clock: fixedClock(now) }).details('checkout', context)
}

const on = everybody({ variant: 'on' })
const half = everybody({ split: { on: 1, off: 1 } })
const forKorea = {
  id: 'kr',
  when: { attribute: 'country', operator: 'equals', value: 'KR' },
  serve: { variant: 'on' },
} as const

/** All that can stand before the rules, each of which would decide; a test takes away what comes first. */
const guarded = {
  enabled: false,
  overrides: { [low]: { variant: 'on' } },
  schedule: { until: past },
  prerequisites: [{ flag: 'other', in: ['on'] }],
  holdout: 'all',
  layer: { id: 'shared', range: [9_000, 10_000] },
  rules: [forKorea, on],
  fallthrough: { variant: 'on' },
} as const satisfies Partial<DocumentedFlag>
const surroundings = {
  flags: { other: onOff() },
  holdouts: { all: { weight: 1, of: 1, salt: 'shared', by: 'targetingKey' } },
  layers: { shared: { salt: 'shared', by: 'targetingKey' } },
}

describe('the order of evaluation', () => {
  const steps = [
    'enabled',
    'overrides',
    'schedule',
    'prerequisites',
    'holdout',
    'layer',
    'rules',
    'fallthrough',
  ] as const
  it.each([
    [0, 'DISABLED', 'off'],
    [1, 'OVERRIDE', 'on'],
    [2, 'OUT_OF_SCHEDULE', 'off'],
    [3, 'PREREQUISITE_FAILED', 'off'],
    [4, 'HOLDOUT', 'off'],
    [5, 'OTHER_LAYER_SLICE', 'off'],
    [6, 'TARGETING_MATCH', 'on'],
    [7, 'STATIC', 'on'],
    [8, 'STATIC', 'off'],
  ])('without its first %i steps tells %s', (gone, reason, variant) => {
    const rest = Object.fromEntries(
      Object.entries(guarded).filter(([step]) => steps.indexOf(step as 'rules') >= gone),
    )

    const details = tell(rest, { targetingKey: low, country: 'KR' }, surroundings)

    expect(details).toMatchObject({ ok: true, reason, variant, value: variant === 'on' })
  })

  it('asks nothing of the context of a flag that is switched off', () => {
    const context = new Proxy({}, { get: () => expect.fail('was asked') })

    expect(tell({ ...guarded, enabled: false }, context, surroundings).reason).toBe('DISABLED')
  })
})

describe('a flag that is switched off', () => {
  it('serves its off variant', () => {
    expect(tell({ enabled: false, offVariant: 'on', rules: [half] })).toMatchObject({
      value: true,
      variant: 'on',
      reason: 'DISABLED',
    })
  })

  it('serves the fallback of the code where it names no off variant', () => {
    const { offVariant, ...rest } = onOff({ enabled: false })
    const document = documentOf({ checkout: rest })

    const [closed, open] = [flags, failOpen].map((set) =>
      new FeatureFlagEvaluator(set, { document }).details('checkout', {}),
    )

    expect(closed).toMatchObject({
      ok: true,
      value: false,
      variant: undefined,
      reason: 'DISABLED',
      failure: undefined,
    })
    expect(open).toMatchObject({
      ok: true,
      value: true,
      variant: undefined,
      reason: 'DISABLED',
      failure: undefined,
    })
  })
})

describe('an override', () => {
  const overrides = {
    'qa-1': { variant: 'on' },
    'qa-2': { variant: 'on', until: now },
    'qa-3': { variant: 'on', until: later },
    '7': { variant: 'on' },
  }

  it.each([
    ['holds for its user', 'qa-1', 'OVERRIDE'],
    ['holds for a number written as text', 7, 'OVERRIDE'],
    ['is for nobody else', 'qa-4', 'DEFAULT'],
    ['is for nobody without an id', undefined, 'DEFAULT'],
    ['no longer holds at its end', 'qa-2', 'DEFAULT'],
    ['holds until just before its end', 'qa-3', 'OVERRIDE'],
    ['is not found under the name of a method', 'toString', 'DEFAULT'],
  ])('%s', (_, targetingKey, reason) => {
    expect(tell({ overrides }, { targetingKey }).reason).toBe(reason)
  })

  it('ends by the moment of the context before that of the clock', () => {
    const context = { targetingKey: 'qa-2', timestamp: new Date(past) }

    expect(tell({ overrides }, context).reason).toBe('OVERRIDE')
  })

  it('is by the attribute that users are drawn for', () => {
    const rest = {
      overrides: { 't-1': { variant: 'on' } },
      bucketing: { ...bucketing('salt'), by: 'tenant' },
    }

    expect(tell(rest, { targetingKey: 't-1' }).reason).toBe('DEFAULT')
    expect(tell(rest, { tenant: 't-1' }).reason).toBe('OVERRIDE')
  })
})

describe('a schedule', () => {
  it.each([
    ['begins at its first moment', { from: now }, 'TARGETING_MATCH'],
    ['has not begun before', { from: later }, 'OUT_OF_SCHEDULE'],
    ['has ended at its last moment', { until: now }, 'OUT_OF_SCHEDULE'],
    ['holds until just before', { until: later }, 'TARGETING_MATCH'],
    ['holds between both', { from: past, until: later }, 'TARGETING_MATCH'],
    ['always holds where it says neither', {}, 'TARGETING_MATCH'],
  ])('%s', (_, schedule, reason) => {
    expect(tell({ schedule, rules: [on] }).reason).toBe(reason)
  })

  it('follows the clock from before to after', () => {
    const clock = fixedClock(past)
    const checkout = onOff({ schedule: { from: now, until: later }, rules: [on] })
    const evaluator = new FeatureFlagEvaluator(flags, { document: documentOf({ checkout }), clock })

    const told = [0, 1, 2].map(() => {
      const isOn = evaluator.enabled('checkout', {})
      clock.advance(1)
      return isOn
    })

    expect(told).toEqual([false, true, false])
  })

  it('follows the moment of the context before that of the clock', () => {
    expect(tell({ schedule: { from: later }, rules: [on] }, { timestamp: new Date(later) }).value).toBe(true)
  })

  it('is not open for a moment that is none', () => {
    expect(tell({ schedule: { from: past }, rules: [on] }, { timestamp: new Date(Number.NaN) }).reason).toBe(
      'OUT_OF_SCHEDULE',
    )
  })
})

describe('a prerequisite', () => {
  const needs = (...names: string[]) => names.map((name) => ({ flag: name, in: ['on'] }))

  it('lets a flag through whose own prerequisite is served', () => {
    const other = onOff({ rules: [on] })

    expect(tell({ prerequisites: needs('other'), rules: [on] }, {}, { flags: { other } }).value).toBe(true)
  })

  it.each([
    ['serves another variant', onOff()],
    ['is switched off', onOff({ enabled: false, rules: [on] })],
    ['cannot be told', onOff({ rules: [half] })],
  ])('fails when the other flag %s', (_, other) => {
    expect(tell({ prerequisites: needs('other'), rules: [on] }, {}, { flags: { other } })).toMatchObject({
      value: false,
      variant: 'off',
      reason: 'PREREQUISITE_FAILED',
    })
  })

  it('fails when one of several fails', () => {
    const both = { first: onOff({ rules: [on] }), second: onOff() }

    expect(tell({ prerequisites: needs('first', 'second') }, {}, { flags: both }).reason).toBe(
      'PREREQUISITE_FAILED',
    )
  })

  it('holds through a chain of a hundred, told for the same context', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 100 }, (_, at) => [
        `f${at}`,
        onOff({ prerequisites: needs(`f${at + 1}`), rules: [on] }),
      ]),
    )
    const told = (country: string) =>
      tell(
        { prerequisites: needs('f0'), rules: [on] },
        { country },
        { flags: { ...chain, f100: onOff({ rules: [forKorea] }) } },
      )

    expect(told('KR').value).toBe(true)
    expect(told('FR').reason).toBe('PREREQUISITE_FAILED')
  })

  it('takes any of the variants that it lists', () => {
    const prerequisites = [{ flag: 'other', in: ['on', 'off'] }]

    expect(tell({ prerequisites, rules: [on] }, {}, { flags: { other: onOff() } }).value).toBe(true)
  })

  it('is told by the document, whatever the code declares of the other flag', () => {
    const set = defineFlags({ checkout: flag.boolean(), other: flag.boolean({ fallback: true }) })
    const document = documentOf({
      checkout: onOff({ prerequisites: needs('other'), rules: [on] }),
      other: onOff(),
    })

    expect(new FeatureFlagEvaluator(set, { document }).enabled('checkout', {})).toBe(false)
  })
})

describe('a holdout', () => {
  const holdouts = { h: { weight: 500, of: 10_000, salt: 'shared', by: 'targetingKey' } }

  it('keeps its part of the users from all flags that name it, and the same ones', () => {
    const [one, other] = [
      onOff({ holdout: 'h', rules: [on] }),
      onOff({ holdout: 'h', rules: [on], bucketing: bucketing('other') }),
    ]
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), {
      document: documentOf({ one, other }, { holdouts }),
    })
    const ids = Array.from({ length: 20_000 }, (_, at) => `user-${at}`)

    const held = (key: string) =>
      ids.filter((targetingKey) => evaluator.evaluate(key, { targetingKey }).reason === 'HOLDOUT')

    expect(held('one')).toEqual(held('other'))
    expect(Math.abs(held('one').length - 1_000)).toBeLessThan(3 * Math.sqrt(950))
  })

  it('begins at the lowest hash and ends at its weight', () => {
    const end = Math.ceil((500 * 2 ** 32) / 10_000)

    const reasons = [0, end - 1, end].map(
      (hash) =>
        tell({ holdout: 'h', rules: [on] }, { targetingKey: idWithHash(hash, 'shared') }, { holdouts })
          .reason,
    )

    expect(reasons).toEqual(['HOLDOUT', 'HOLDOUT', 'TARGETING_MATCH'])
  })

  it('can not be told for whom there is no id, as nobody knows whether they are held', () => {
    expect(tell({ holdout: 'h', rules: [on] }, {}, { holdouts })).toMatchObject({
      ok: false,
      value: true,
      failure: { type: 'BucketingKeyMissing', flag: 'checkout', attribute: 'targetingKey' },
    })
  })
})

describe('a layer', () => {
  const layers = { l: { salt: 'shared', by: 'targetingKey' } }
  const slice = (from: number, to: number, rest: Partial<DocumentedFlag> = {}) =>
    onOff({ layer: { id: 'l', range: [from, to] }, rules: [on], ...rest })

  it('lets no two of its flags meet in one user, and leaves no user between them', () => {
    const document = documentOf(
      { one: slice(0, 3_333), two: slice(3_333, 5_000), three: slice(5_000, 10_000) },
      { layers },
    )
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })

    const meetings = new Set(
      Array.from(
        { length: 20_000 },
        (_, at) =>
          [...evaluator.keys()].filter(
            (key) => evaluator.evaluate(key, { targetingKey: `user-${at}` }).value === true,
          ).length,
      ),
    )

    expect([...meetings]).toEqual([1])
  })

  it('keeps two neighbours apart at the very hash where one ends', () => {
    const document = documentOf({ one: slice(0, 3_333), two: slice(3_333, 10_000) }, { layers })
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })
    const end = Math.ceil((3_333 * 2 ** 32) / 10_000)

    const told = [end - 1, end].map((hash) =>
      ['one', 'two'].map(
        (key) => evaluator.evaluate(key, { targetingKey: idWithHash(hash, 'shared') }).value,
      ),
    )

    expect(told).toEqual([
      [true, false],
      [false, true],
    ])
  })

  it('draws apart from the split of a flag within it', () => {
    const document = documentOf(
      { flag: slice(0, 5_000, { rules: [half], bucketing: bucketing('own') }) },
      { layers },
    )
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })
    const within = Array.from({ length: 20_000 }, (_, at) =>
      evaluator.evaluate('flag', { targetingKey: `user-${at}` }),
    ).filter(({ reason }) => reason === 'SPLIT')

    const share = within.filter(({ value }) => value).length / within.length

    expect(Math.abs(share - 0.5)).toBeLessThan(0.02)
  })

  it('can not be told for whom there is no id', () => {
    expect(tell({ layer: { id: 'l', range: [0, 10_000] }, rules: [on] }, {}, { layers }).failure?.type).toBe(
      'BucketingKeyMissing',
    )
  })
})

describe('a rule', () => {
  it('tells its id, and the first that matches decides', () => {
    const rules = [
      { ...forKorea, id: 'first' },
      { ...forKorea, id: 'second', serve: { variant: 'off' } },
    ]

    expect(tell({ rules }, { country: 'KR' })).toMatchObject({
      value: true,
      reason: 'TARGETING_MATCH',
      ruleId: 'first',
    })
  })

  it('that draws tells SPLIT', () => {
    const checkout = { rules: [{ ...forKorea, serve: { split: { on: 1, off: 0 } } }] }

    expect(tell(checkout, { targetingKey: 'u-1', country: 'KR' })).toMatchObject({
      value: true,
      reason: 'SPLIT',
      ruleId: 'kr',
    })
  })

  it('without a key to draw by fails with its id, and no later rule decides', () => {
    const rules = [{ id: 'tenth', serve: { split: { on: 1, off: 9 } } }, on]

    for (const targetingKey of [undefined, null, '', 1.5, Number.NaN, {}, Symbol('u')])
      expect(tell({ rules }, { targetingKey })).toEqual({
        ok: false,
        value: true,
        variant: undefined,
        reason: 'ERROR',
        ruleId: 'tenth',
        revision: 'r1',
        failure: {
          type: 'BucketingKeyMissing',
          message: expect.stringMatching(/flag "checkout".*"targetingKey"/),
          flag: 'checkout',
          attribute: 'targetingKey',
        },
        metadata: undefined,
      })
  })

  it('that does not match asks for no key to draw by', () => {
    const checkout = { rules: [{ ...forKorea, serve: { split: { on: 1, off: 1 } } }] }

    expect(tell(checkout, { country: 'FR' })).toMatchObject({ ok: true, reason: 'DEFAULT' })
  })

  it('goes on to the next where the user falls into a gap', () => {
    const gap = everybody({ of: 2, ranges: [{ variant: 'on', from: 1, to: 2 }], salt: 'shared' }, 'gap')
    const rules = [gap, everybody({ variant: 'off' }, 'rest')]

    expect(tell({ rules }, { targetingKey: high })).toMatchObject({
      value: true,
      reason: 'SPLIT',
      ruleId: 'gap',
    })
    expect(tell({ rules }, { targetingKey: low })).toMatchObject({
      value: false,
      reason: 'TARGETING_MATCH',
      ruleId: 'rest',
    })
  })

  it('draws by an attribute and salt of its own', () => {
    const rules = [everybody({ split: { on: 1, off: 1 }, by: 'tenant', salt: 'shared' })]

    expect(tell({ rules }, { tenant: low }).value).toBe(true)
    expect(tell({ rules }, { tenant: high }).value).toBe(false)
    expect(tell({ rules }, { targetingKey: low }).failure).toMatchObject({ attribute: 'tenant' })
  })
})

describe('a ramp', () => {
  const ramp = {
    variant: 'on',
    from: 20,
    to: 60,
    start: '2026-06-01T00:00:00.000Z',
    end: '2026-06-05T00:00:00.000Z',
  }
  const atShare = (percent: number) => idWithHash(Math.ceil((percent / 100) * 2 ** 32) - 1, 'shared')
  const percents = [10, 20, 30, 40, 50, 60, 70]

  it.each([
    ['2026-01-01T00:00:00.000Z', 20],
    ['2026-06-01T00:00:00.000Z', 20],
    ['2026-06-02T00:00:00.000Z', 30],
    ['2026-06-03T00:00:00.000Z', 40],
    ['2026-06-05T00:00:00.000Z', 60],
    ['2030-01-01T00:00:00.000Z', 60],
  ])('stands at %s at its share of %i percent', (moment, percent) => {
    const checkout = onOff({ rules: [everybody({ ramp, salt: 'shared' })] })
    const evaluator = new FeatureFlagEvaluator(flags, {
      document: documentOf({ checkout }),
      clock: fixedClock(moment),
    })

    const within = percents.filter((each) => evaluator.enabled('checkout', { targetingKey: atShare(each) }))

    expect(within).toEqual(percents.filter((each) => each <= percent))
  })

  it('serves the others what it names for them, and else leaves them to the next rule', () => {
    const rules = (otherwise?: string) => [
      everybody({ ramp: { ...ramp, ...(otherwise ? { otherwise } : {}) }, salt: 'shared' }),
      everybody({ variant: 'on' }, 'next'),
    ]

    expect(tell({ rules: rules('off') }, { targetingKey: high })).toMatchObject({
      value: false,
      reason: 'SPLIT',
      ruleId: 'rule-1',
    })
    expect(tell({ rules: rules() }, { targetingKey: high })).toMatchObject({
      value: true,
      reason: 'TARGETING_MATCH',
      ruleId: 'next',
    })
  })

  it('grows with the moment of the context where there is one', () => {
    const context = { targetingKey: atShare(60), timestamp: new Date('2027-01-01T00:00:00Z') }

    expect(tell({ rules: [everybody({ ramp, salt: 'shared' })] }, context).value).toBe(true)
  })

  it('lets nobody in at a moment that is none', () => {
    const context = { targetingKey: low, timestamp: new Date(Number.NaN) }

    expect(tell({ rules: [everybody({ ramp, salt: 'shared' })] }, context).value).toBe(false)
  })
})

describe('what is served last', () => {
  it.each([
    [
      'the fallthrough before the default variant',
      { rules: [forKorea], fallthrough: { variant: 'on' } },
      'on',
      'DEFAULT',
    ],
    ['a draw of the fallthrough', { fallthrough: { split: { on: 1, off: 0 } } }, 'on', 'SPLIT'],
    [
      'the default variant after a gap of the fallthrough',
      { fallthrough: { of: 2, ranges: [{ variant: 'on', from: 1, to: 2 }], salt: 'shared' } },
      'off',
      'DEFAULT',
    ],
    ['the default variant where no rule matches', { rules: [forKorea] }, 'off', 'DEFAULT'],
    ['the default variant of a flag that says no more', {}, 'off', 'STATIC'],
    ['a plain fallthrough of a flag that says no more', { fallthrough: { variant: 'on' } }, 'on', 'STATIC'],
  ] as const)('is %s', (_, checkout, variant, reason) => {
    expect(tell(checkout, { targetingKey: low })).toMatchObject({
      ok: true,
      variant,
      reason,
      ruleId: undefined,
    })
  })

  it('is the fallback of the code where the document names nothing', () => {
    const { defaultVariant, ...checkout } = onOff()

    const details = new FeatureFlagEvaluator(failOpen, { document: documentOf({ checkout }) }).details(
      'checkout',
      {},
    )

    expect(details).toMatchObject({ ok: true, value: true, variant: undefined, reason: 'STATIC' })
  })
})

describe('what can not be told', () => {
  it('is the fallback before there is a document', () => {
    const evaluator = new FeatureFlagEvaluator(failOpen)

    expect(evaluator.revision).toBe('')
    expect([...evaluator.keys()]).toEqual(['checkout'])
    expect(evaluator.enabled('checkout', {})).toBe(true)
    expect(evaluator.details('checkout', {})).toMatchObject({
      ok: false,
      value: true,
      reason: 'ERROR',
      revision: '',
      failure: { type: 'FlagsNotLoaded', flag: 'checkout' },
    })
  })

  it('is the fallback of a flag that the document lacks', () => {
    const evaluator = new FeatureFlagEvaluator(failOpen, { document: documentOf({ other: onOff() }) })

    expect(evaluator.details('checkout', {})).toMatchObject({
      ok: false,
      value: true,
      reason: 'ERROR',
      revision: 'r1',
      failure: { type: 'FlagNotFound', flag: 'checkout' },
    })
  })

  it('is nothing for a key that neither knows, whatever objects inherit', () => {
    const evaluator = new FeatureFlagEvaluator(flags, { document: documentOf({ checkout: onOff() }) })

    for (const key of ['chekout', '', '__proto__', 'constructor', 'toString'])
      expect(evaluator.evaluate(key, {})).toMatchObject({
        ok: false,
        value: undefined,
        reason: 'ERROR',
        failure: { type: 'FlagNotFound', flag: key },
      })
  })

  it.each([
    ['another type', flag.string({ fallback: 'x' }), { found: expect.stringContaining('boolean') }],
    [
      'a variant that the code does not know',
      flag.variants({ on: true, never: false }, { fallback: 'never' }),
      { found: 'variant "off"' },
    ],
  ])('is the fallback where the document has %s', (_, definition, facts) => {
    const evaluator = new FeatureFlagEvaluator(defineFlags({ checkout: definition }), {
      document: documentOf({ checkout: onOff({ rules: [on] }) }),
    })

    expect(evaluator.evaluate('checkout', {})).toMatchObject({
      ok: false,
      value: definition.fallback,
      reason: 'ERROR',
      failure: { type: 'FlagTypeMismatch', flag: 'checkout', ...facts },
    })
  })

  it('is the fallback where the code does not accept a value of the document', () => {
    const isTitle = (value: unknown): value is { title: string } =>
      typeof (value as { title?: unknown }).title === 'string'
    const set = defineFlags({ banner: flag.json(isTitle, { fallback: { title: 'Welcome' } }) })
    const banner: DocumentedFlag = {
      ...onOff(),
      type: 'object',
      variants: { on: { title: 'Sale' }, off: { tilte: 'Sale' } },
    }

    const details = new FeatureFlagEvaluator(set, { document: documentOf({ banner }) }).details('banner', {})

    expect(details).toMatchObject({
      ok: false,
      value: { title: 'Welcome' },
      failure: { type: 'FlagTypeMismatch', found: 'variant "off"' },
    })
  })

  it('fails in a switched-off flag of another type, too, as its off variant can not be served', () => {
    const set = defineFlags({ checkout: flag.number({ fallback: 7 }) })
    const evaluator = new FeatureFlagEvaluator(set, {
      document: documentOf({ checkout: onOff({ enabled: false }) }),
    })

    expect(evaluator.value('checkout', {})).toBe(7)
  })
})

describe('details', () => {
  const metadata = { owner: 'checkout team', ticket: 12 }
  const evaluator = new FeatureFlagEvaluator(flags, {
    document: documentOf({ checkout: onOff({ rules: [half], metadata }) }, { revision: '42' }),
  })

  it('carry the revision and what the document says beside, whether told or not', () => {
    expect(evaluator.details('checkout', { targetingKey: 'u-1' })).toMatchObject({
      ok: true,
      revision: '42',
      metadata,
    })
    expect(evaluator.details('checkout', {})).toMatchObject({ ok: false, revision: '42', metadata })
  })

  it('are frozen, with the failure in them', () => {
    const [told, untold] = [
      evaluator.details('checkout', { targetingKey: 'u-1' }),
      evaluator.details('checkout', {}),
    ]

    expect([told, untold, untold.failure].map(Object.isFrozen)).toEqual([true, true, true])
  })

  it('are the same object for the same answer', () => {
    const [one, other] = [{ targetingKey: 'u-1' }, { targetingKey: 'u-1' }]

    expect(evaluator.details('checkout', one)).toBe(evaluator.details('checkout', other))
  })

  it('serve the values of the code for variants that it fixes', () => {
    const set = defineFlags({ discount: flag.variants({ none: 0, ten: 10 }, { fallback: 'none' }) })
    const discount: DocumentedFlag = {
      ...onOff(),
      type: 'number',
      variants: { ten: 11 },
      defaultVariant: 'ten',
    }

    expect(new FeatureFlagEvaluator(set, { document: documentOf({ discount }) }).value('discount', {})).toBe(
      10,
    )
  })

  it('serve texts, numbers, lists and objects of a document', () => {
    const served = (type: DocumentedFlag['type'], value: DocumentedFlag['variants'][string]) =>
      new FeatureFlagEvaluator(defineFlags({}), {
        document: documentOf({ any: { ...onOff(), type, variants: { off: value } } }),
      }).evaluate('any', {}).value

    expect(served('string', '한글')).toBe('한글')
    expect(served('number', -0.5)).toBe(-0.5)
    expect(served('object', [1, { a: null }])).toEqual([1, { a: null }])
  })
})
