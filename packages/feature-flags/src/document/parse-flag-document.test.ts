import { type ConditionOperator, defineFlags, flag } from '@ashlar/feature-flags'
import { parseFlagDocument } from '@ashlar/feature-flags/document'
import { cidr } from '@ashlar/feature-flags/operators/cidr'
import { regex } from '@ashlar/feature-flags/operators/regex'
import { semver } from '@ashlar/feature-flags/operators/semver'
import { describe, expect, it } from 'vitest'
import { invalidDocuments } from '../../test/document/invalid-documents.ts'
import { validDocuments } from '../../test/document/valid-documents.ts'

describe('parseFlagDocument', () => {
  it.each(invalidDocuments)('refuses $what', ({ document, path, word }) => {
    const result = parseFlagDocument(document)

    const failure = result._unsafeUnwrapErr()
    const finding = failure.findings.find((each) => each.path === path)
    expect(failure.type).toBe('InvalidFlagDocument')
    expect(finding, JSON.stringify(failure.findings)).toBeDefined()
    expect([finding?.expected, finding?.found, finding?.message].join(' ')).toContain(word)
  })

  it('finds one thing where one thing is wrong', () => {
    const counts = invalidDocuments.map(({ what, document }) => [what, findingsOf(document).length] as const)

    expect(counts.filter(([, count]) => count !== 1)).toEqual([])
  })

  it.each(Object.entries(validDocuments))('takes a document of %s', (_, document) => {
    const result = parseFlagDocument(document)

    expect(result.isOk() || result.error.message).toBe(true)
  })

  it.each(Object.entries(validDocuments))(
    'makes frozen JSON of %s that it reads as the same again',
    (_, document) => {
      const parsed = parseFlagDocument(document)._unsafeUnwrap()

      expect(JSON.parse(JSON.stringify(parsed))).toStrictEqual(parsed)
      expect(parseFlagDocument(JSON.parse(JSON.stringify(parsed)))._unsafeUnwrap()).toStrictEqual(parsed)
      expect(unfrozenIn(parsed)).toEqual([])
    },
  )

  it('keeps nothing of what came in', () => {
    const document = {
      version: 1,
      flags: { f: { enabled: true, type: 'object', variants: { a: { b: [1] } } } },
    }

    const parsed = parseFlagDocument(document)._unsafeUnwrap()

    document.flags.f.variants.a.b.push(2)
    expect(parsed.flags.f?.variants).toEqual({ a: { b: [1] } })
    expect(Object.isFrozen(document.flags.f)).toBe(false)
  })

  it('tells everything that is wrong at once, and quotes the first in its message', () => {
    const document = {
      version: 1,
      flags: { a: { enabled: 1 }, b: { enabled: true, rules: [{ when: { segment: 's' }, serve: 'blue' }] } },
    }

    const failure = parseFlagDocument(document)._unsafeUnwrapErr()

    expect(failure.findings.map(({ path }) => path)).toEqual([
      'flags["a"].enabled',
      'flags["b"].rules[0].when.segment',
      'flags["b"].rules[0].serve',
    ])
    expect(failure.message).toBe(
      'flag document has 3 findings; the first: flags["a"].enabled must be true or false, found 1',
    )
    expect(failure.more).toBe(0)
  })

  it('keeps so many findings and counts the others', () => {
    const flags = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`f${index}`, {}]))

    const byDefault = parseFlagDocument({ version: 1, flags })._unsafeUnwrapErr()
    const few = parseFlagDocument({ version: 1, flags }, { maxFindings: 2 })._unsafeUnwrapErr()

    expect([byDefault.findings.length, byDefault.more]).toEqual([100, 150])
    expect([few.findings.length, few.more]).toEqual([2, 248])
    expect(few.message).toContain('250 findings')
  })

  it('finds each range and each slice that meets an earlier one', () => {
    const ranges = [
      { variant: 'on', from: 0, to: 10 },
      { variant: 'off', from: 1, to: 2 },
      { variant: 'off', from: 3, to: 4 },
    ]
    const slices = [
      [0, 10],
      [1, 2],
      [3, 4],
    ].map((range, index) => [`f${index}`, sliceOf(range)])

    const inRanges = findingsOf(withFlag({ enabled: true, fallthrough: { ranges, of: 10 } }))
    const inLayers = findingsOf({ version: 1, layers: { l: {} }, flags: Object.fromEntries(slices) })

    expect(inRanges.map(({ found }) => found)).toEqual([
      '1 to 2, which meets 0 to 10',
      '3 to 4, which meets 0 to 10',
    ])
    expect(inLayers.map(({ path }) => path)).toEqual(['flags["f1"].layer.range', 'flags["f2"].layer.range'])

    function sliceOf(range: readonly number[]) {
      return { enabled: true, layer: { id: 'l', range } }
    }
  })

  it('says only that it can not read another version', () => {
    const findings = findingsOf({ version: 2, flags: 'elsewhere', parts: [] })

    expect(findings.map(({ path }) => path)).toEqual(['version'])
  })
})

describe('the one spelling', () => {
  it('gives a flag what it did not say', () => {
    expect(parseOne({ enabled: true })).toEqual({
      enabled: true,
      type: 'boolean',
      variants: { on: true, off: false },
      bucketing: { algorithm: 'murmur3-utf8/1', salt: 'f', by: 'targetingKey' },
      rules: [],
    })
  })

  it('tells the type by the values', () => {
    expect(parseOne({ enabled: true, variants: { a: 1, b: 2 } }).type).toBe('number')
    expect(parseOne({ enabled: true, variants: { a: [] } }).type).toBe('object')
  })

  it('puts rules in the order of their priorities and names them by where they stood', () => {
    const rules = [
      { priority: 3, serve: 'on' },
      { priority: -1, enabled: true, conditions: [{ attribute: 'a', operator: 'exists' }] },
      { id: 'last', priority: 9, enabled: false },
    ]

    expect(parseOne({ enabled: true, rules }).rules).toEqual([
      { id: 'rule-2', when: { all: [{ attribute: 'a', operator: 'exists' }] }, serve: { variant: 'on' } },
      { id: 'rule-1', serve: { variant: 'on' } },
      { id: 'last', serve: { variant: 'off' } },
    ])
  })

  it.each([
    [0, { on: 0, off: 100 }],
    [25, { on: 25, off: 75 }],
    [12.5, { on: 125, off: 875 }],
    [0.1, { on: 1, off: 999 }],
    [0.29, { on: 29, off: 9_971 }],
    [33.333333, { on: 33_333_333, off: 66_666_667 }],
    [0.000001, { on: 1, off: 99_999_999 }],
    [99.999999, { on: 99_999_999, off: 1 }],
    [100, { on: 100, off: 0 }],
  ])('makes a split of %d percent', (percentageRollout, split) => {
    expect(parseOne({ enabled: true, percentageRollout }).fallthrough).toEqual({ split })
  })

  it('has default variants for defaults that are enabled or not', () => {
    expect(parseOne({ enabled: true, defaultEnabled: true }).defaultVariant).toBe('on')
    expect(parseOne({ enabled: true, defaultEnabled: false }).defaultVariant).toBe('off')
  })

  it('writes moments in UTC', () => {
    const schedule = { from: '2026-12-01T09:00:00+09:00', until: '2026-12-01T00:00:00.1234567Z' }

    expect(findingsOf(withFlag({ enabled: true, schedule: { from: undefined } })).length).toBe(1)
    expect(parseOne({ enabled: true, schedule }).schedule).toEqual({
      from: '2026-12-01T00:00:00.000Z',
      until: '2026-12-01T00:00:00.123Z',
    })
  })

  it('refuses a moment whose year in UTC has more or less than four digits', () => {
    const moments = ['9999-12-31T23:59:59-01:00', '1000-01-01T00:00:00+01:00']

    expect(moments.map((from) => findingsOf(withFlag({ enabled: true, schedule: { from } })).length)).toEqual(
      [1, 1],
    )
  })

  it('writes an override shortly or with its end in UTC', () => {
    const overrides = { 'u-1': 'on', 'u-2': { variant: 'off', until: '2026-12-01T09:00:00+09:00' } }

    expect(parseOne({ enabled: true, overrides }).overrides).toEqual({
      'u-1': { variant: 'on' },
      'u-2': { variant: 'off', until: '2026-12-01T00:00:00.000Z' },
    })
  })

  it('puts ranges in order', () => {
    const fallthrough = {
      ranges: [
        { variant: 'off', from: 5, to: 9 },
        { variant: 'on', from: 0, to: 5 },
      ],
      of: 10,
    }

    expect(parseOne({ enabled: true, fallthrough }).fallthrough).toEqual({
      ranges: [
        { variant: 'on', from: 0, to: 5 },
        { variant: 'off', from: 5, to: 9 },
      ],
      of: 10,
    })
  })

  it('gives layers and holdouts salts that no flag has by default', () => {
    const document = { version: 1, layers: { f: {} }, holdouts: { f: { weight: 1, of: 2 } }, flags: {} }

    const { layers, holdouts } = parseFlagDocument(document)._unsafeUnwrap()

    expect(layers.f).toEqual({ salt: 'layer/f', by: 'targetingKey' })
    expect(holdouts.f).toEqual({ weight: 1, of: 2, salt: 'holdout/f', by: 'targetingKey' })
  })

  it('writes no zero with a sign', () => {
    const document = {
      enabled: true,
      variants: { a: -0 },
      fallthrough: { split: { a: 1 } },
      metadata: { b: -0 },
    }

    const { variants, metadata } = parseOne(document)

    expect(Object.is(variants.a, 0) && Object.is(metadata?.b, 0)).toBe(true)
  })

  it('names a content without a revision by what is in it', () => {
    const revisionOf = (enabled: boolean) => parseFlagDocument(withFlag({ enabled }))._unsafeUnwrap().revision

    expect(revisionOf(true)).toMatch(/^c[0-9a-f]{16}$/)
    expect(revisionOf(true)).toBe(revisionOf(true))
    expect(revisionOf(true)).not.toBe(revisionOf(false))
    expect(
      parseFlagDocument({ ...withFlag({ enabled: true }), revision: '7' })._unsafeUnwrap().revision,
    ).toBe('7')
  })
})

describe('a document beside what the code declares', () => {
  const isTitled = (value: unknown): value is { title: string } => {
    if ((value as { title: unknown }).title === 'boom') throw new Error('boom')
    return typeof (value as { title: unknown }).title === 'string'
  }
  const flags = defineFlags(
    {
      switch: flag.boolean(),
      discount: flag.variants({ none: 0, ten: 10 }, { fallback: 'none' }),
      theme: flag.variants({ dark: { colours: ['black', 'grey'] } }, { fallback: 'dark' }),
      banner: flag.json(isTitled, { fallback: { title: 'Welcome' } }),
    },
    {
      attributes: {
        tier: ['Basic', 'Gold'],
        age: 'number',
        roles: 'strings',
        since: 'date',
        isStaff: 'boolean',
      },
    },
  )

  it.each([
    [
      'another type',
      { switch: { enabled: true, type: 'number', variants: { a: 1 } } },
      'flags["switch"].type',
    ],
    [
      'another variant',
      { discount: { enabled: true, variants: { none: 0, most: 90 } } },
      'flags["discount"].variants["most"]',
    ],
    [
      'another value',
      { discount: { enabled: true, variants: { ten: 11 } } },
      'flags["discount"].variants["ten"]',
    ],
    [
      'another list inside',
      { theme: { enabled: true, variants: { dark: { colours: ['black'] } } } },
      'flags["theme"].variants["dark"]',
    ],
    [
      'a value that is not accepted',
      { banner: { enabled: true, variants: { a: { text: 'x' } } } },
      'flags["banner"].variants["a"]',
    ],
    [
      'a value over which the check throws',
      { banner: { enabled: true, variants: { a: { title: 'boom' } } } },
      'flags["banner"].variants["a"]',
    ],
    [
      'an unknown attribute',
      asking({ attribute: 'tear', operator: 'exists' }),
      'flags["switch"].rules[0].when.attribute',
    ],
    [
      'an operator that can not ask a number',
      asking({ attribute: 'age', operator: 'starts_with', value: '1' }),
      'flags["switch"].rules[0].when.operator',
    ],
    [
      'an operator that can not ask a text',
      asking({ attribute: 'tier', operator: 'gt', value: 1 }),
      'flags["switch"].rules[0].when.operator',
    ],
    [
      'an impossible text',
      asking({ attribute: 'tier', operator: 'equals', value: 'Silver' }),
      'flags["switch"].rules[0].when.value',
    ],
    [
      'an impossible text among others',
      asking({ attribute: 'tier', operator: 'in', values: ['Gold', 'gold'] }),
      'flags["switch"].rules[0].when.values[1]',
    ],
    [
      'a text that a number never is',
      asking({ attribute: 'age', operator: 'equals', value: '18' }),
      'flags["switch"].rules[0].when.value',
    ],
    [
      'a number that no role is',
      asking({ attribute: 'roles', operator: 'contains', value: 7 }),
      'flags["switch"].rules[0].when.value',
    ],
    [
      'a draw by an unknown attribute',
      { switch: { enabled: true, bucketing: { by: 'accountId' } } },
      'flags["switch"].bucketing.by',
    ],
    [
      'a draw by a list',
      { switch: { enabled: true, fallthrough: { split: { on: 1 }, by: 'roles' } } },
      'flags["switch"].fallthrough.by',
    ],
  ])('refuses %s', (_, documented, path) => {
    const findings = findingsOf({ version: 1, flags: documented }, { flags })

    expect(findings.map((finding) => finding.path)).toEqual([path])
  })

  it.each([
    ['fewer variants', { discount: { enabled: true, variants: { ten: 10 } } }],
    ['the same objects', { theme: { enabled: true, variants: { dark: { colours: ['black', 'grey'] } } } }],
    [
      'a flag that the code does not know',
      { another: { enabled: true, type: 'number', variants: { a: 1 } } },
    ],
    ['no flags at all', {}],
    [
      'what every context has',
      asking({
        all: [
          { attribute: 'environment', operator: 'equals', value: 'test' },
          { attribute: 'timestamp', operator: 'after', value: '2026-01-01' },
        ],
      }),
    ],
    [
      'a possible text in other letters',
      asking({ attribute: 'tier', operator: 'equals', value: 'GOLD', ignoreCase: true }),
    ],
    ['a part of a text', asking({ attribute: 'tier', operator: 'contains', value: 'ol' })],
    ['a draw by a number', { switch: { enabled: true, bucketing: { by: 'age' } } }],
  ])('takes %s', (_, documented) => {
    expect(findingsOf({ version: 1, flags: documented }, { flags })).toEqual([])
  })

  it('allows each attribute where none is declared', () => {
    const document = { version: 1, flags: asking({ attribute: 'anything', operator: 'exists' }) }

    expect(findingsOf(document, { flags: defineFlags({ switch: flag.boolean() }) })).toEqual([])
  })

  function asking(when: unknown) {
    return { switch: { enabled: true, rules: [{ when, serve: 'on' }] } }
  }
})

describe('operators that are handed in', () => {
  it('of the other entries are taken, and judge their operands', () => {
    const right = [inBlock('10.0.0.0/8'), matching('^qa-'), newerThan('1.2.0')]
    const wrong = [inBlock('10'), matching('('), newerThan('1.2')]
    const flags = {
      f: { enabled: true, rules: [...right, ...wrong] },
    }

    const findings = findingsOf({ version: 1, flags }, { operators: [...cidr, ...regex, ...semver] })

    expect(findings.map(({ path }) => path)).toEqual([
      'flags["f"].rules[3].when.values[0]',
      'flags["f"].rules[4].when.value',
      'flags["f"].rules[5].when.value',
    ])
  })

  it('may refuse to ignore the case of what they look for', () => {
    const rule = { when: { ...matching('^qa-').when, ignoreCase: true }, serve: 'on' }

    const findings = findingsOf(withFlag({ enabled: true, rules: [rule] }), { operators: regex })

    expect(findings.map(({ path }) => path)).toEqual(['flags["f"].rules[0].when.ignoreCase'])
  })

  const even = {
    name: 'divided_by',
    operand: 'value',
    attributes: ['number'],
    expects: (operand) => {
      if (operand === 0) throw new RangeError('zero')
      return typeof operand === 'number' ? undefined : 'a number'
    },
    test:
      ([by]) =>
      (value) =>
        typeof value === 'number' ? value % Number(by) === 0 : undefined,
  } satisfies ConditionOperator

  it('are known', () => {
    expect(findingsOf(dividedBy(2), { operators: [even] })).toEqual([])
    expect(findingsOf(dividedBy(2)).map(({ path }) => path)).toEqual(['flags["f"].rules[0].when.operator'])
  })

  it('judge their operands, and have not taken one over which they throw', () => {
    expect(findingsOf(dividedBy('2'), { operators: [even] })[0]?.expected).toBe('a number')
    expect(findingsOf(dividedBy(0), { operators: [even] })[0]?.expected).toContain('"divided_by"')
  })

  it('take the place of no built-in one', () => {
    const equals: ConditionOperator = { ...even, name: 'equals', operand: 'none', test: () => () => true }
    const when = { attribute: 'n', operator: 'equals' }

    const findings = findingsOf(withFlag({ enabled: true, rules: [{ when, serve: 'on' }] }), {
      operators: [equals],
    })

    expect(findings.map(({ path }) => path)).toEqual(['flags["f"].rules[0].when.value'])
  })

  function inBlock(block: string) {
    return { when: { attribute: 'address', operator: 'in_cidr', values: [block] }, serve: 'on' }
  }

  function matching(value: string) {
    return { when: { attribute: 'email', operator: 'matches', value }, serve: 'on' }
  }

  function newerThan(value: string) {
    return { when: { attribute: 'app', operator: 'semver_gt', value }, serve: 'on' }
  }

  function dividedBy(value: unknown) {
    return withFlag({
      enabled: true,
      rules: [{ when: { attribute: 'n', operator: 'divided_by', value }, serve: 'on' }],
    })
  }
})

function withFlag(documented: object) {
  return { version: 1, flags: { f: documented } }
}

function parseOne(documented: object) {
  const parsed = parseFlagDocument(withFlag(documented))._unsafeUnwrap().flags.f
  if (!parsed) throw new Error('there is no flag')
  return parsed
}

function findingsOf(document: unknown, options = {}) {
  const result = parseFlagDocument(document, options)
  return result.isOk() ? [] : result.error.findings
}

function unfrozenIn(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.entries(value).flatMap(([key, part]) => unfrozenIn(part, `${path}/${key}`))
  return Object.isFrozen(value) ? inside : [path, ...inside]
}
