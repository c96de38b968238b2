import { parseFlagDocument } from '@ashlar/feature-flags/document'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

const gold = { attribute: 'tier', operator: 'equals', value: 'Gold' }

describe('a document that means harm', () => {
  it.each([
    [
      'a getter that throws',
      'flags["f"].rules[0].when',
      () => withFlag({ rules: [throwing({ serve: 'on' }, 'when')] }),
    ],
    ['an item that throws', 'flags["f"].rules[0]', () => withFlag({ rules: throwingItem() })],
    ['a revoked proxy', 'flags', () => ({ version: 1, flags: revoked({}) })],
    ['a revoked list', 'flags["f"].rules', () => withFlag({ rules: revoked([]) })],
    ['a proxy that hides its fields', 'flags', () => ({ version: 1, flags: new Proxy({}, throwingTraps) })],
    [
      'a value that throws',
      'flags["f"].variants["a"]["b"]["c"]',
      () => withFlag({ variants: { a: { b: throwing({}, 'c') } } }),
    ],
    ['only a revoked proxy', '', () => revoked({})],
  ])('is read around %s', (_, path, makeDocument) => {
    const findings = findingsOf(makeDocument())

    expect(findings.map((finding) => `${finding.path} ${finding.found}`)).toEqual([`${path} one that throws`])
  })

  it('is read once, so that no getter can change it after the check', () => {
    let reads = 0
    const rule = {
      id: 'r',
      get serve() {
        reads++
        return reads === 1 ? 'on' : 'blue'
      },
    }

    const parsed = parseFlagDocument(withFlag({ rules: [rule] }))._unsafeUnwrap()

    expect([parsed.flags.f?.rules[0]?.serve, reads]).toEqual([{ variant: 'on' }, 1])
  })

  it('is read for as long as its lists were when they were counted', () => {
    let looks = 0
    const growing = new Proxy([{ serve: 'on' }], {
      get: (list, name) => (name === 'length' && looks++ > 0 ? 1e12 : Reflect.get(list, name)),
    })

    expect(parseFlagDocument(withFlag({ rules: growing }))._unsafeUnwrap().flags.f?.rules.length).toBe(1)
  })

  it.each([Symbol('length'), 10n, {}, null, undefined, '1', Number.NaN, 0.5, -1, -1e15])(
    'may not lend a list the length %s',
    (length) => {
      const list = new Proxy([{ serve: 'on' }], {
        get: (target, name) => (name === 'length' ? length : Reflect.get(target, name)),
      })

      expect(findingsOf(withFlag({ rules: list })).map(({ path }) => path)).toEqual(['flags["f"].rules'])
    },
  )

  it('may not name a segment that is gone when it is read', () => {
    let looks = 0
    const segments = new Proxy(
      { staff: gold },
      {
        ownKeys: () => (looks++ === 0 ? ['staff', 'ghosts'] : ['staff']),
        getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
      },
    )

    const findings = findingsOf({
      segments,
      ...withFlag({ rules: [{ when: { segment: 'ghosts' }, serve: 'on' }] }),
    })

    expect(findings.map(({ path }) => path)).toEqual(['segments["ghosts"]'])
  })

  it.each([
    ['conditions', (list: unknown) => ({ rules: [{ conditions: list, serve: 'on' }] })],
    [
      'operands',
      (list: unknown) => ({
        rules: [{ when: { attribute: 'a', operator: 'in', values: list }, serve: 'on' }],
      }),
    ],
    ['ranges', (list: unknown) => ({ fallthrough: { ranges: list, of: 1 } })],
  ])('may not empty a list of %s after it was counted', (_, documented) => {
    let looks = 0
    const list = new Proxy([], {
      get: (target, name) => (name === 'length' && looks++ > 0 ? 1 : Reflect.get(target, name)),
    })

    expect(findingsOf(withFlag(documented(list))).map(({ found }) => found)).toContain('an empty list')
  })

  it.each([
    ['all', (inner: unknown) => ({ all: [inner] })],
    ['any', (inner: unknown) => ({ any: [inner] })],
    ['not', (inner: unknown) => ({ not: inner })],
  ])('may not put 10,000 conditions of %s inside each other', (_, wrap) => {
    const findings = findingsOf(withFlag({ rules: [{ when: nested(10_000, wrap), serve: 'on' }] }))

    expect(findings.map(({ expected }) => expected)).toEqual(['at most 64 conditions inside each other'])
  })

  it('may put 64 conditions inside each other, and not one more', () => {
    const conditions = (count: number) => nested(count - 1, (inner) => ({ not: inner }))

    expect(findingsOf(withFlag({ rules: [{ when: conditions(64), serve: 'on' }] }))).toEqual([])
    expect(findingsOf(withFlag({ rules: [{ when: conditions(65), serve: 'on' }] })).length).toBe(1)
  })

  it.each([
    ['conditions', () => withFlag({ rules: [{ when: circle((self) => ({ not: self })), serve: 'on' }] })],
    ['values', () => withFlag({ variants: { a: circle((self) => ({ self })) } })],
    ['lists of values', () => withFlag({ variants: { a: circle((self) => [self, self]) } })],
  ])('may not go in a circle through %s', (_, makeDocument) => {
    expect(findingsOf(makeDocument()).length).toBeGreaterThan(0)
  })

  it.each([
    [
      'conditions',
      (shared: unknown) => withFlag({ rules: [{ when: shared, serve: 'on' }] }),
      () => gold,
      doubled,
    ],
    [
      'values',
      (shared: unknown) => withFlag({ variants: { a: shared } }),
      () => ({}),
      (part: unknown) => [part, part],
    ],
  ])('may not unfold small %s into more than fits', (_, documentOf, first, twice) => {
    let part: unknown = first()
    for (let times = 0; times < 60; times++) part = twice(part)

    const findings = findingsOf(documentOf(part))

    expect(findings.at(-1)?.expected).toBe('at most 2000000 parts in one document')
  })

  it('may not unfold small segments into more than fits', () => {
    const segments: { [name: string]: unknown } = { s0: gold }
    for (let index = 1; index < 30; index++) segments[`s${index}`] = doubled({ segment: `s${index - 1}` })

    const findings = findingsOf({ version: 1, segments, flags: {} })

    expect(findings[0]?.expected).toBe('at most 2000000 parts in one document')
  })

  it('may not hide deep conditions in a chain of segments', () => {
    const chain = (length: number) =>
      Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `s${index}`,
          index === 0 ? gold : { segment: `s${index - 1}` },
        ]),
      )

    expect(findingsOf({ version: 1, segments: chain(64), flags: {} })).toEqual([])
    expect(findingsOf({ version: 1, segments: chain(65), flags: {} })[0]?.expected).toContain('at most 64')
    expect(findingsOf({ version: 1, segments: chain(50_000), flags: {} }).length).toBe(100)
  })

  it('may not hide deep conditions in a segment of a rule', () => {
    const segments = { deep: nested(60, (inner) => ({ not: inner })) }
    const rule = { when: nested(5, (inner) => ({ not: inner }), { segment: 'deep' }), serve: 'on' }

    const [finding] = findingsOf({ segments, ...withFlag({ rules: [rule] }) })

    expect(finding?.path).toBe('flags["f"].rules[0].when.not.not.not.not.not.segment')
  })

  it('may not chain more than 64 prerequisites', () => {
    expect(findingsOf(chainOf(65))).toEqual([])
    expect(findingsOf(chainOf(66)).map(({ path }) => path)).toEqual(['flags["f65"].prerequisites'])
    expect(findingsOf(chainOf(50_000)).length).toBe(100)
  })

  it('may not ask for more flags than can be asked in time', () => {
    const flags: { [key: string]: unknown } = { a0: { enabled: true }, b0: { enabled: true } }
    for (let index = 1; index < 20; index++)
      for (const side of ['a', 'b'])
        flags[`${side}${index}`] = {
          enabled: true,
          prerequisites: ['a', 'b'].map((other) => ({ flag: `${other}${index - 1}`, in: ['on'] })),
        }

    expect(findingsOf({ version: 1, flags })[0]?.expected).toContain('at most 1000 flags')
  })

  it('may not ask for a long flag so often that it takes too long', () => {
    const prerequisites = (layer: number) =>
      Array.from({ length: 20 }, (_, at) => ({ flag: `${layer}-${at}`, in: ['on'] }))
    const flags: { [key: string]: unknown } = {
      long: { enabled: true, rules: [{ when: { any: Array(6_000).fill(gold) }, serve: 'on' }] },
    }
    for (let at = 0; at < 20; at++) {
      flags[`2-${at}`] = { enabled: true, prerequisites: [{ flag: 'long', in: ['on'] }] }
      flags[`1-${at}`] = { enabled: true, prerequisites: prerequisites(2) }
    }

    expect(findingsOf({ version: 1, flags })).toEqual([])
    expect(
      findingsOf({ version: 1, flags: { ...flags, f: { enabled: true, prerequisites: prerequisites(1) } } }),
    ).toMatchObject([
      { path: 'flags["f"].prerequisites', expected: expect.stringContaining('at most 2000000 parts') },
    ])
  })

  it('prints a long circle short', () => {
    const flags = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `f${index}`,
        { enabled: true, prerequisites: [{ flag: `f${(index + 1) % 20_000}`, in: ['on'] }] },
      ]),
    )

    const [finding] = findingsOf({ version: 1, flags })

    expect(finding?.found).toBe('f0 → f1 → f2 → f3 → f4 → f5 → f6 → f7 → … → f0')
  })

  it('may not break the lines of a message by the names in a circle', () => {
    const document = { version: 1, segments: { 'a\nb': { segment: 'a\nb' }, c: { segment: 'c' } }, flags: {} }

    expect(findingsOf(document).map(({ found }) => found)).toEqual(['"a\\nb" → "a\\nb"', 'c → c'])
  })

  it('loads 100,000 rules', () => {
    const rules = Array.from({ length: 100_000 }, (_, index) => ({
      priority: 100_000 - index,
      when: { all: [gold, { attribute: 'age', operator: 'gte', value: index }] },
      serve: { split: { on: 1, off: 1 } },
    }))

    const parsed = parseFlagDocument(withFlag({ rules }))._unsafeUnwrap()

    expect([parsed.flags.f?.rules.length, parsed.flags.f?.rules[0]?.id]).toEqual([100_000, 'rule-100000'])
  })

  it('counts 100,000 wrong rules', () => {
    const rules = Array.from({ length: 100_000 }, () => ({ serve: 'blue' }))

    const failure = parseFlagDocument(withFlag({ rules }))._unsafeUnwrapErr()

    expect([failure.findings.length, failure.more]).toEqual([100, 99_900])
  })

  it('is as long as its one spelling, which is read again then', () => {
    const percentage = { enabled: true, percentageRollout: 10 }
    const short = {
      f: {
        enabled: true,
        rules: [
          { priority: 1, conditions: [gold], enabled: true },
          { priority: 2, serve: 'on' },
        ],
      },
      g: { enabled: true, overrides: { 'u-1': 'on', 'u-2': 'off' } },
      ...Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`p${at}`, percentage])),
    }
    const { flags } = parseFlagDocument({ version: 1, flags: short })._unsafeUnwrap()

    expect(roomBeside(short)).toEqual(roomBeside({ ...flags }))
  })

  it('may not make the check walk through a list of holes', () => {
    const findings = findingsOf(withFlag({ rules: new Array(2 ** 32 - 1) }))

    expect(findings[0]?.expected).toBe('at most 2000000 parts in one document')
  })

  it.each([
    ['a value', (text: string) => withFlag({ rules: [{ serve: text }] })],
    ['a flag', (text: string) => ({ version: 1, flags: { [text]: { enabled: true } } })],
    ['an unknown field', (text: string) => ({ version: 1, flags: {}, [text]: 1 })],
    ['a variant', (text: string) => withFlag({ variants: { [text]: true }, offVariant: 'none' })],
    ['a segment', (text: string) => ({ version: 1, segments: { [text]: { segment: 'x' } }, flags: {} })],
    [
      'an operator',
      (text: string) => withFlag({ rules: [{ when: { ...gold, operator: text }, serve: 'on' }] }),
    ],
    ['a version', (text: string) => ({ version: text, flags: {} })],
    ['a date', (text: string) => withFlag({ schedule: { from: text } })],
    [
      'an attribute',
      (text: string) => withFlag({ rules: [{ when: { ...gold, attribute: text }, serve: 'on' }] }),
    ],
  ])('leaks no text of a megabyte as %s', (_, documentOf) => {
    const failure = parseFlagDocument(documentOf('\n"x'.repeat(350_000)))._unsafeUnwrapErr()

    expect(JSON.stringify(failure).length).toBeLessThan(3_000)
  })

  it('leaks nothing from inside of what was found', () => {
    const failure = parseFlagDocument(withFlag({ enabled: { password: 'secret' } }))._unsafeUnwrapErr()

    expect(JSON.stringify(failure)).not.toContain('secret')
  })

  it('is refused with its class, and without what a class would do', () => {
    class Flag {
      readonly enabled = true
      get type(): never {
        throw new Error('read')
      }
    }

    const findings = findingsOf({
      version: 1,
      flags: { f: new Flag(), g: new Map(), h: Symbol('h'), i: () => 1 },
    })

    expect(findings.map(({ found }) => found)).toEqual([
      'an instance of a class',
      'an instance of a class',
      'a symbol',
      'a function',
    ])
  })

  it('does not reach the prototype of objects', () => {
    const document = JSON.parse(
      '{"version":1,"flags":{"f":{"enabled":true,"variants":{"a":{"__proto__":{"isAdmin":true}}}}}}',
    )

    expect(findingsOf(document).map(({ path }) => path)).toEqual(['flags["f"].variants["a"]["__proto__"]'])
    expect('isAdmin' in {}).toBe(false)
  })

  it('never makes the check throw', () => {
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSparseArray: true,
      withTypedArray: true,
    })
    const field = fc.constantFrom(
      'enabled',
      'variants',
      'rules',
      'fallthrough',
      'layer',
      'overrides',
      'schedule',
    )

    fc.assert(
      fc.property(anything, fc.dictionary(field, anything), anything, (whole, documented, segments) => {
        for (const document of [whole, withFlag(documented), { version: 1, segments, flags: whole }]) {
          const result = parseFlagDocument(document)
          expect(result.isOk() || result.error.findings.length > 0).toBe(true)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})

const throwingTraps: ProxyHandler<object> = {
  ownKeys: () => {
    throw new Error('hidden')
  },
}

/** Which segments, from long ones to short ones, may be asked beside these flags in one document. */
function roomBeside(flags: object): string[] {
  const segments: { [name: string]: unknown } = { s0: gold }
  for (let index = 1; index < 16; index++) segments[`s${index}`] = doubled({ segment: `s${index - 1}` })
  const asked: string[] = []
  const fits = (name: string) => {
    const all = [...asked, name].map((segment) => ({ segment }))
    const filler = { enabled: true, rules: [{ when: { all }, serve: 'on' }] }
    return findingsOf({ version: 1, segments, flags: { ...flags, filler } }).length === 0
  }
  for (const name of Object.keys(segments).reverse()) while (fits(name)) asked.push(name)
  return asked
}

function withFlag(fields: object) {
  return { version: 1, flags: { f: { enabled: true, ...fields } } }
}

function findingsOf(document: unknown) {
  const result = parseFlagDocument(document)
  return result.isOk() ? [] : result.error.findings
}

function throwing(object: object, name: string): object {
  return Object.defineProperty(object, name, {
    enumerable: true,
    get: () => {
      throw new Error('boom')
    },
  })
}

function throwingItem(): unknown[] {
  return throwing([{ serve: 'on' }], '0') as unknown[]
}

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {})
  revoke()
  return proxy
}

function nested(times: number, wrap: (inner: unknown) => unknown, innermost: unknown = gold): unknown {
  let condition = innermost
  for (let time = 0; time < times; time++) condition = wrap(condition)
  return condition
}

function circle(wrap: (self: unknown) => object): object {
  const self: unknown[] & object = []
  const whole = wrap(self)
  self.push(whole)
  return Object.assign(whole, wrap(whole))
}

function doubled(part: unknown): unknown {
  return { all: [part, part] }
}

function chainOf(length: number) {
  const flags = Array.from({ length }, (_, index) => [
    `f${index}`,
    { enabled: true, ...(index > 0 && { prerequisites: [{ flag: `f${index - 1}`, in: ['on'] }] }) },
  ])
  return { version: 1, flags: Object.fromEntries(flags) }
}
