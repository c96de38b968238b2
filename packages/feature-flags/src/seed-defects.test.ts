import { fixedClock } from '@ashlar/kernel/testing'
import { describe, expect, it } from 'vitest'
import { documentOf, everybody, onOff } from '../test/flag-document.ts'
import { idWithHash } from '../test/id-with-hash.ts'
import { referenceMurmur3 } from '../test/reference-murmur3.ts'
import { parseFlagDocument } from './document/parse-flag-document.ts'
import { type EvaluatorOptions, FeatureFlagEvaluator } from './evaluate/feature-flag-evaluator.ts'
import { flag } from './flags/flag.ts'
import { defineFlags } from './flags/flag-set.ts'
import { FeatureFlagService } from './service/feature-flag-service.ts'

const users = 100_000
const flags = defineFlags({ checkout: flag.boolean(), pay: flag.boolean({ fallback: true }) })

/** An evaluator of a document as people write it. */
function evaluatorOf(
  written: { readonly [key: string]: object },
  rest: object = {},
  options: EvaluatorOptions = {},
) {
  const document = parseFlagDocument({ version: 1, flags: written, ...rest })
  if (document.isErr()) expect.fail(document.error.message)
  return new FeatureFlagEvaluator(flags, { ...options, document: document.value })
}

/** Where a document is refused. */
function refusedAt(written: object, rest: object = {}): readonly string[] {
  const document = parseFlagDocument({ version: 1, flags: written, ...rest })
  return document.isErr() ? document.error.findings.map(({ path }) => path) : []
}

/** How many of many users a flag is on for. */
function onFor(evaluator: FeatureFlagEvaluator<typeof flags>, attributes: object = {}): number {
  let count = 0
  for (let at = 0; at < users; at++)
    if (evaluator.enabled('checkout', { targetingKey: `user-${at}`, ...attributes })) count++
  return count
}

const rule = (priority: number, conditions: readonly object[], rest: object = {}) => ({
  priority,
  enabled: true,
  conditions,
  ...rest,
})
const percentage = (percent: number) => ({ checkout: { enabled: true, percentageRollout: percent } })
const isIn = (country: string) => ({ attribute: 'country', operator: 'equals', value: country })

describe('a rollout', () => {
  it('of 100 percent has everybody in it, also those with the outermost hashes', () => {
    const evaluator = evaluatorOf(percentage(100))

    for (const hash of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1])
      expect(evaluator.enabled('checkout', { targetingKey: idWithHash(hash, 'checkout') })).toBe(true)
    expect(onFor(evaluator)).toBe(users)
  })

  it('of 0 percent lets nobody in, and of 1 and 99 percent as many as it says', () => {
    const [none, few, most] = [0, 1, 99].map((percent) => onFor(evaluatorOf(percentage(percent)))) as [
      number,
      number,
      number,
    ]

    expect(none).toBe(0)
    expect(Math.abs(few - users * 0.01)).toBeLessThan(3 * Math.sqrt(users * 0.0099))
    expect(Math.abs(most - users * 0.99)).toBeLessThan(3 * Math.sqrt(users * 0.0099))
  })

  it('can be a hundredth of a percent', () => {
    const found = onFor(evaluatorOf(percentage(0.01)))

    expect(Math.abs(found - 10)).toBeLessThan(3 * Math.sqrt(10))
    expect(found).toBeGreaterThan(0)
  })

  it('draws apart for key and id that run together to the same text', () => {
    const document = documentOf({
      new: onOff({
        bucketing: { algorithm: 'murmur3-utf8/1', salt: 'new', by: 'targetingKey' },
        rules: [everybody({ split: { on: 1, off: 1 } })],
      }),
      new1: onOff({
        bucketing: { algorithm: 'murmur3-utf8/1', salt: 'new1', by: 'targetingKey' },
        rules: [everybody({ split: { on: 1, off: 1 } })],
      }),
    })
    const evaluator = new FeatureFlagEvaluator(defineFlags({}), { document })

    let alike = 0
    for (let at = 0; at < users; at++)
      if (
        evaluator.evaluate('new', { targetingKey: `1x${at}` }).value ===
        evaluator.evaluate('new1', { targetingKey: `x${at}` }).value
      )
        alike++

    expect(Math.abs(alike - users / 2)).toBeLessThan(3.3 * Math.sqrt(users / 4))
  })

  it('can be drawn anew by another salt, and keeps everybody when the flag is renamed', () => {
    const salted = (salt: string) => ({ enabled: true, percentageRollout: 50, bucketing: { salt } })
    const before = evaluatorOf({ checkout: salted('first') })
    const renamed = evaluatorOf({ pay: salted('first') })
    const anew = evaluatorOf({ checkout: salted('second') })
    const ids = Array.from({ length: 10_000 }, (_, at) => ({ targetingKey: `user-${at}` }))

    const moved = (other: (context: { targetingKey: string }) => boolean) =>
      ids.filter((id) => before.enabled('checkout', id) !== other(id)).length

    expect(moved((id) => renamed.enabled('pay', id))).toBe(0)
    expect(Math.abs(moved((id) => anew.enabled('checkout', id)) - 5_000)).toBeLessThan(150)
  })

  it('puts a user into the same bucket on every machine, by numbers that are written down', () => {
    const hash = (id: string) => referenceMurmur3(id, referenceMurmur3('checkout\0', 0))
    const evaluator = evaluatorOf(percentage(50))

    expect(['user-1', '김철수', '😀'].map(hash)).toEqual([3994436347, 2289105333, 883175108])
    for (const id of ['user-1', '김철수', '😀', '用户'])
      expect(evaluator.enabled('checkout', { targetingKey: id })).toBe(hash(id) < 2 ** 31)
  })

  it('needs no cryptography, which a machine may forbid', () => {
    const { crypto } = globalThis
    Object.defineProperty(globalThis, 'crypto', { configurable: true, get: () => expect.fail('was used') })

    const found = onFor(
      evaluatorOf({ checkout: onOff({ rules: [everybody({ split: { on: 1, off: 1 } })] }) }),
    )

    Object.defineProperty(globalThis, 'crypto', { configurable: true, value: crypto, writable: true })
    expect(found).toBeGreaterThan(0)
  })

  it('can not be told for whom there is no id, who get the fallback and never everybody’s or anybody’s answer', () => {
    const everywhere = evaluatorOf({ checkout: percentage(100).checkout, pay: percentage(0).checkout })

    for (const targetingKey of [undefined, '']) {
      expect(everywhere.details('checkout', { targetingKey })).toMatchObject({
        ok: false,
        value: false,
        failure: { type: 'BucketingKeyMissing' },
      })
      expect(everywhere.details('pay', { targetingKey })).toMatchObject({
        ok: false,
        value: true,
        failure: { type: 'BucketingKeyMissing' },
      })
    }
  })

  it('can be for some only: a fifth of the users of one country', () => {
    const evaluator = evaluatorOf({
      checkout: {
        enabled: true,
        defaultEnabled: false,
        type: 'boolean',
        rules: [{ when: isIn('KR'), serve: { split: { on: 20, off: 80 } } }],
      },
    })

    expect(onFor(evaluator, { country: 'FR' })).toBe(0)
    expect(Math.abs(onFor(evaluator, { country: 'KR' }) - users / 5)).toBeLessThan(
      3 * Math.sqrt(users * 0.16),
    )
  })

  it('can be by tenant, session or device', () => {
    const evaluator = evaluatorOf({
      checkout: { enabled: true, percentageRollout: 50, bucketing: { by: 'tenant' } },
    })
    const answers = (tenant: string) =>
      new Set(
        Array.from({ length: 100 }, (_, at) =>
          evaluator.enabled('checkout', { targetingKey: `user-${at}`, tenant }),
        ),
      )

    const tenants = Array.from({ length: 100 }, (_, at) => answers(`tenant-${at}`))

    expect(tenants.every((told) => told.size === 1)).toBe(true)
    expect(new Set(tenants.flatMap((told) => [...told]))).toEqual(new Set([true, false]))
  })
})

describe('variants', () => {
  it('have weights, a control and any kind of value, and tell which one it was', () => {
    const set = defineFlags({
      price: flag.variants({ control: 10, low: 8, high: 12 }, { fallback: 'control' }),
    })
    const price = {
      type: 'number',
      enabled: true,
      variants: { control: 10, low: 8, high: 12 },
      defaultVariant: 'control',
      fallthrough: { split: { control: 50, low: 25, high: 25 } },
    }
    const parsed = parseFlagDocument({ version: 1, flags: { price } }, { flags: set })
    if (parsed.isErr()) expect.fail(parsed.error.message)
    const evaluator = new FeatureFlagEvaluator(set, { document: parsed.value })
    const counts = { control: 0, low: 0, high: 0 }

    for (let at = 0; at < users; at++) {
      const { variant, value } = evaluator.details('price', { targetingKey: `user-${at}` })
      if (variant !== undefined && set.definitions.price.variants?.[variant] === value) counts[variant]++
    }

    for (const [name, share] of Object.entries({ control: 0.5, low: 0.25, high: 0.25 }))
      expect(Math.abs(counts[name as 'low'] - users * share)).toBeLessThan(
        3.3 * Math.sqrt(users * share * (1 - share)),
      )
  })

  it('may be yes or no, numbers and texts, and are made once', async () => {
    const set = defineFlags({
      size: flag.number({ fallback: 20 }),
      title: flag.string({ fallback: 'Hi' }),
      banner: flag.json((value): value is { a: number } => typeof value === 'object', { fallback: { a: 0 } }),
    })
    const parsed = parseFlagDocument({
      version: 1,
      flags: {
        size: { enabled: true, type: 'number', variants: { big: 50 }, defaultVariant: 'big' },
        title: { enabled: true, type: 'string', variants: { short: 'Hey' }, defaultVariant: 'short' },
        banner: { enabled: true, type: 'object', variants: { one: { a: 1 } }, defaultVariant: 'one' },
      },
    })
    if (parsed.isErr()) expect.fail(parsed.error.message)
    const service = new FeatureFlagService(new FeatureFlagEvaluator(set, { document: parsed.value }), {
      users: { current: () => ({ id: 'u-1' }) },
    })

    expect([await service.getVariant('size'), await service.getVariant('title')]).toEqual([50, 'Hey'])
    expect(await service.getVariant('banner')).toBe(await service.getVariant('banner'))
  })
})

describe('a condition', () => {
  const one = (conditions: readonly object[]) => ({
    checkout: { enabled: true, rules: [rule(1, conditions)], defaultEnabled: false },
  })

  it('that excludes does not pass those of whom nothing is known', () => {
    const [unequal, outside] = [
      { attribute: 'id', operator: 'not_equals', value: 'x' },
      { attribute: 'id', operator: 'not_in', values: ['banned'] },
    ]

    for (const condition of [unequal, outside])
      for (const id of [undefined, null])
        expect(evaluatorOf(one([condition])).enabled('checkout', { id })).toBe(false)
    expect(evaluatorOf(one([outside])).enabled('checkout', { id: 'banned' })).toBe(false)
    expect(evaluatorOf(one([outside])).enabled('checkout', { id: 'u-1' })).toBe(true)
    expect(evaluatorOf(one([{ ...outside, onMissing: true }])).enabled('checkout', {})).toBe(true)
  })

  it('must be there: a rule without any is refused', () => {
    expect(refusedAt(one([]))).toEqual(['flags["checkout"].rules[0].conditions'])
  })

  it('of an unknown operator is refused with its place', () => {
    const denying = { attribute: 'country', operator: 'eqals', value: 'KR' }

    expect(refusedAt(one([denying]))).toEqual(['flags["checkout"].rules[0].conditions[0].operator'])
  })

  it('knows lists, numbers, dates and versions: an admin is no superadmin', () => {
    const told = (condition: object, context: { readonly [attribute: string]: unknown }) =>
      evaluatorOf(one([condition])).enabled('checkout', context)
    const isAdmin = { attribute: 'roles', operator: 'contains', value: 'admin' }

    expect(told(isAdmin, { roles: ['superadmin'] })).toBe(false)
    expect(told(isAdmin, { roles: ['admin'] })).toBe(true)
    expect(told({ attribute: 'age', operator: 'gt', value: 9 }, { age: 10 })).toBe(true)
    expect(
      told(
        { attribute: 'since', operator: 'before', value: '2026-02-01T00:00:00Z' },
        { since: new Date('2026-01-31T23:59:59Z') },
      ),
    ).toBe(true)
  })
})

describe('a question for another user', () => {
  it('is never decided by the attributes of the current one', async () => {
    const evaluator = evaluatorOf({
      checkout: {
        enabled: true,
        rules: [rule(1, [{ attribute: 'roles', operator: 'contains', value: 'admin' }])],
      },
    })
    const service = new FeatureFlagService(evaluator, {
      users: {
        current: () => ({ id: 'a', email: 'a@example.com', roles: ['admin'], attributes: { country: 'KR' } }),
      },
    })

    const { context, details } = await service.getContext('checkout', { userId: 'b' })

    expect(details.value).toBe(false)
    expect(context).toMatchObject({ targetingKey: 'b' })
    expect(context).not.toHaveProperty('email')
    expect(context).not.toHaveProperty('roles')
    expect(context).not.toHaveProperty('country')
    expect(await service.isEnabled('checkout')).toBe(true)
  })
})

describe('what goes wrong', () => {
  const failing = { current: () => Promise.reject(new Error('directory is down')) }

  it('serves the fallback of the code, so that a kill switch may fail open, from both kinds of question', async () => {
    const service = new FeatureFlagService(evaluatorOf({ checkout: onOff(), pay: onOff() }), {
      users: failing,
    })

    expect([await service.isEnabled('checkout'), await service.isEnabled('pay')]).toEqual([false, true])
    expect([await service.getVariant('checkout'), await service.getVariant('pay')]).toEqual([false, true])
    expect((await service.getContext('pay')).details).toMatchObject({ ok: false, reason: 'ERROR' })
  })

  it('does not swallow that the caller gave up', async () => {
    const service = new FeatureFlagService(evaluatorOf({ checkout: onOff() }), {
      users: { current: () => new Promise(() => {}) },
    })
    const reason = new Error('gave up')

    await expect(service.isEnabled('checkout', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('is seen: a flag that is not there says so', () => {
    expect(evaluatorOf({ pay: onOff() }).details('checkout', {})).toMatchObject({
      ok: false,
      value: false,
      failure: { type: 'FlagNotFound', flag: 'checkout' },
    })
  })
})

describe('two questions in one request', () => {
  it('see one revision', () => {
    const evaluator = evaluatorOf({ checkout: onOff(), pay: onOff() }, { revision: '1' })
    const request = evaluator.snapshot()

    const first = request.details('checkout', {}).revision
    evaluator.use(documentOf({ checkout: onOff(), pay: onOff() }, { revision: '2' }))

    expect([first, request.details('pay', {}).revision]).toEqual(['1', '1'])
  })

  it('are told at once, in the order of priority, without asking anybody', () => {
    const evaluator = evaluatorOf({
      checkout: {
        enabled: true,
        type: 'boolean',
        rules: [
          { priority: 2, when: isIn('KR'), serve: 'off' },
          { priority: 1, when: isIn('KR'), serve: 'on' },
        ],
      },
    })

    expect(evaluator.details('checkout', { country: 'KR' })).toMatchObject({
      value: true,
      reason: 'TARGETING_MATCH',
    })
  })
})

describe('rules', () => {
  it('of the same priority are refused', () => {
    const rules = [rule(1, [isIn('KR')]), rule(1, [isIn('FR')])]

    expect(refusedAt({ checkout: { enabled: true, rules } })).toEqual(['flags["checkout"].rules[1].priority'])
  })

  it('may ask for the environment, which is nowhere unless told, and for the time', () => {
    const inProduction = { attribute: 'environment', operator: 'equals', value: 'production' }
    const afterNoon = { attribute: 'timestamp', operator: 'after', value: '2026-06-01T12:00:00Z' }
    const clock = fixedClock('2026-06-01T11:59:59.999Z')
    const evaluator = evaluatorOf(
      {
        checkout: { enabled: true, rules: [rule(1, [inProduction])] },
        pay: { enabled: true, defaultEnabled: false, rules: [rule(1, [afterNoon])] },
      },
      {},
      { clock },
    )

    expect(evaluator.enabled('checkout', {})).toBe(false)
    expect(evaluator.enabled('checkout', { environment: 'production' })).toBe(true)
    expect(evaluator.enabled('pay', {})).toBe(false)
    clock.advance(1)
    expect(evaluator.enabled('pay', {})).toBe(true)
  })
})

describe('a document', () => {
  it('knows prerequisites, segments, layers, holdouts, schedules and overrides, and each answer tells why', () => {
    const on = { rules: [{ when: { segment: 'korea' }, serve: 'on' }] }
    const base = { enabled: true, type: 'boolean', defaultEnabled: false, ...on }
    const rest = {
      segments: { korea: isIn('KR') },
      layers: { one: { salt: 'one' } },
      holdouts: { all: { weight: 1, of: 1 } },
    }
    const why = (more: object, context: object = {}) =>
      evaluatorOf({ checkout: { ...base, ...more }, pay: { enabled: false, type: 'boolean' } }, rest).details(
        'checkout',
        { targetingKey: 'u-1', country: 'KR', ...context },
      ).reason

    expect([
      why({}),
      why({ enabled: false }),
      why({ prerequisites: [{ flag: 'pay', in: ['on'] }] }),
      why({ layer: { id: 'one', range: [0, 10_000] } }),
      why({ layer: { id: 'one', range: hashOf('u-1', 'one') < 2 ** 31 ? [5_000, 10_000] : [0, 5_000] } }),
      why({ holdout: 'all' }),
      why({ schedule: { until: '2020-01-01T00:00:00Z' } }),
      why({ overrides: { 'u-1': 'off' } }),
      why({}, { country: 'FR' }),
    ]).toEqual([
      'TARGETING_MATCH',
      'DISABLED',
      'PREREQUISITE_FAILED',
      'TARGETING_MATCH',
      'OTHER_LAYER_SLICE',
      'HOLDOUT',
      'OUT_OF_SCHEDULE',
      'OVERRIDE',
      'DEFAULT',
    ])
  })
})

function hashOf(id: string, salt: string): number {
  return referenceMurmur3(id, referenceMurmur3(`${salt}\0`, 0))
}
