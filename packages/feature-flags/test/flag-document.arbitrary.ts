import fc from 'fast-check'

/**
 * Documents that are right, in every spelling that may be written: with and without what has a default, in the seed's
 * words, with segments in segments, prerequisites, layers, holdouts and all kinds of draw.
 *
 * They ask about the attributes `country` and `tier` (texts), `age` (number), `roles` (texts), `isStaff` and `since`
 * (date), and draw by `targetingKey` or `accountId`.
 */
export const flagDocument: fc.Arbitrary<object> = fc
  .record({ segments: fc.nat(3), layers: fc.nat(2), holdouts: fc.nat(2), flags: fc.nat(6) })
  .chain((counts) => {
    const segments = named('s', counts.segments)
    const layers = named('l', counts.layers)
    const holdouts = named('h', counts.holdouts)
    return fc.record(
      {
        version: fc.constant(1),
        revision: fc.string({ minLength: 1, maxLength: 20 }),
        segments: each(segments, (_, index) => condition(segments.slice(0, index))),
        layers: each(layers, () => shared),
        holdouts: each(holdouts, () => holdout),
        flags: fc
          .array(variants, { minLength: counts.flags, maxLength: counts.flags })
          .chain((kinds) =>
            each(named('flag-', counts.flags), (_, index) =>
              flag(index, kinds, { segments, layers, holdouts }),
            ),
          ),
      },
      { requiredKeys: ['version', 'segments', 'layers', 'holdouts', 'flags'] },
    )
  })

/** The kind of a flag and its variants; none of either is on and off. */
interface Variants {
  readonly type?: string
  readonly variants?: { readonly [name: string]: unknown }
}

interface Names {
  readonly segments: readonly string[]
  readonly layers: readonly string[]
  readonly holdouts: readonly string[]
}

const name = fc.constantFrom('control', 'low', 'high', 'new one', '변형', '😀', 'x'.repeat(200))
const text = fc.string({ minLength: 1, maxLength: 20 })
const weight = fc.oneof(fc.nat(100), fc.nat(500_000_000))
const moment = fc
  .tuple(
    fc.date({ min: new Date('1970-01-02'), max: new Date('2100-01-01'), noInvalidDate: true }),
    fc.boolean(),
  )
  .map(([date, isKorean]) =>
    isKorean
      ? new Date(date.getTime() + 9 * 3_600_000).toISOString().replace('Z', '+09:00')
      : date.toISOString(),
  )

const draw = fc.record({ salt: text, by: fc.constantFrom('targetingKey', 'accountId') }, { requiredKeys: [] })
/** By a salt that no flag draws by. */
const shared = draw.map(({ salt, ...by }) => ({
  ...by,
  ...(salt !== undefined && { salt: `shared ${salt}` }),
}))
const holdout = fc
  .tuple(fc.integer({ min: 1, max: 10_000 }), shared)
  .chain(([of, drawn]) =>
    fc.record({ weight: fc.nat(of), of: fc.constant(of) }).map((held) => ({ ...held, ...drawn })),
  )

const json = fc.jsonValue({ maxDepth: 2 })
const structure = fc
  .oneof(fc.array(json), fc.dictionary(fc.string(), json))
  .filter((value) => !JSON.stringify(value).includes('__proto__'))

const variants: fc.Arbitrary<Variants> = fc.oneof(
  fc.constantFrom<Variants>({}, { type: 'boolean' }, { variants: { on: true, off: false } }),
  valued('string', fc.string()),
  valued('number', fc.double({ noNaN: true, noDefaultInfinity: true })),
  valued('object', structure),
)

function valued(type: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<Variants> {
  const values = fc
    .uniqueArray(fc.tuple(name, value), { minLength: 1, maxLength: 4, selector: ([each]) => each })
    .map((entries) => Object.fromEntries(entries))
  return fc.record({ type: fc.constant(type), variants: values }, { requiredKeys: ['variants'] })
}

function flag(index: number, kinds: readonly Variants[], names: Names): fc.Arbitrary<object> {
  const own = kinds[index] as Variants
  const variantNames = namesOf(own)
  const variant = fc.constantFrom(...variantNames)
  const isSwitch = variantNames.includes('on')
  const prerequisites = each(named('flag-', index), (_, other) => some(namesOf(kinds[other] as Variants)))
  return fc
    .record(
      {
        enabled: fc.boolean(),
        offVariant: variant,
        default:
          isSwitch && index % 2 === 0
            ? shortOf('defaultEnabled', fc.boolean())
            : shortOf('defaultVariant', variant),
        overrides: fc.dictionary(
          fc.constantFrom('u-1', '7', 'user 사용자'),
          fc.oneof(variant, fc.record({ variant, until: moment }, { requiredKeys: ['variant'] })),
        ),
        schedule: fc.oneof(fc.record({ from: moment }), fc.record({ until: moment })),
        prerequisites: prerequisites.map((wanted) =>
          Object.entries(wanted).map(([key, list]) => ({ flag: key, in: list })),
        ),
        ...(names.holdouts.length > 0 && { holdout: fc.constantFrom(...names.holdouts) }),
        ...(names.layers.length > 0 && {
          layer: fc.record({
            id: fc.constantFrom(...names.layers),
            range: fc.constant([index * 1_000, (index + 1) * 1_000]),
          }),
        }),
        bucketing: draw.map((drawn) => ({ algorithm: 'murmur3-utf8/1', ...drawn })),
        rules: rules(variant, isSwitch, names.segments),
        last:
          isSwitch && index % 3 === 0
            ? shortOf(
                'percentageRollout',
                fc.nat(100_000_000).map((parts) => parts / 1_000_000),
              )
            : shortOf('fallthrough', serve(variant)),
        metadata: fc.dictionary(
          text.filter((key) => !(key in {})),
          fc.oneof(fc.string(), fc.integer(), fc.boolean()),
        ),
      },
      { requiredKeys: ['enabled'] },
    )
    .map(({ default: byDefault, last, ...fields }) => ({ ...own, ...fields, ...byDefault, ...last }))
}

function shortOf(field: string, value: fc.Arbitrary<unknown>): fc.Arbitrary<object> {
  return value.map((each) => ({ [field]: each }))
}

function namesOf({ variants: values }: Variants): string[] {
  return values ? Object.keys(values) : ['on', 'off']
}

function rules(
  variant: fc.Arbitrary<string>,
  isSwitch: boolean,
  segments: readonly string[],
): fc.Arbitrary<object[]> {
  const audience = fc.oneof(
    fc.constant({}),
    condition(segments).map((when) => ({ when })),
    fc.array(attributeCondition, { minLength: 1, maxLength: 3 }).map((conditions) => ({ conditions })),
  )
  const served = fc.oneof(
    serve(variant).map((each) => ({ serve: each })),
    isSwitch
      ? fc.boolean().map((enabled) => ({ enabled }))
      : serve(variant).map((each) => ({ serve: each, enabled: true })),
  )
  const rule = fc.tuple(audience, served).map(([whom, what]) => ({ ...whom, ...what }))
  const prioritised = fc
    .uniqueArray(fc.tuple(fc.integer({ min: -5, max: 100 }), rule), {
      maxLength: 4,
      selector: ([priority]) => priority,
    })
    .map((list) => list.map(([priority, each], index) => ({ id: `r${index}`, priority, ...each })))
  return fc.oneof(fc.array(rule, { maxLength: 4 }), prioritised)
}

function serve(variant: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const split = fc
    .dictionary(variant, weight, { minKeys: 1 })
    .filter((weights) => Object.values(weights).some((each) => each > 0))
  const ranges = fc
    .tuple(
      fc.uniqueArray(fc.nat(1_000), { minLength: 2, maxLength: 5 }),
      fc.array(variant, { minLength: 4, maxLength: 4 }),
    )
    .map(([ends, names]) => {
      const sorted = ends.toSorted((one, other) => one - other)
      return sorted
        .slice(1)
        .map((to, index) => ({ variant: names[index], from: sorted[index], to }))
        .reverse()
    })
  const ramp = fc
    .tuple(
      fc.uniqueArray(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 2 }),
      variant,
      variant,
    )
    .map(([percents, within, otherwise]) => ({
      variant: within,
      ...(within !== otherwise && { otherwise }),
      from: Math.min(...percents),
      to: Math.max(...percents),
      start: '2026-01-01T00:00:00Z',
      end: '2026-03-01T00:00:00+01:00',
    }))
  const drawn = fc.oneof(
    split.map((each) => ({ split: each })),
    ranges.map((each) => ({ ranges: each, of: 1_000 })),
    ramp.map((each) => ({ ramp: each })),
  )
  return fc.oneof(
    variant,
    fc.record({ variant }),
    fc.tuple(drawn, draw).map(([shares, by]) => ({ ...shares, ...by })),
  )
}

const attributeCondition: fc.Arbitrary<object> = fc
  .oneof(
    asking(
      ['country', 'tier'],
      ['equals', 'not_equals', 'contains', 'starts_with', 'ends_with'],
      fc.string(),
    ),
    asking(
      ['age'],
      ['gt', 'gte', 'lt', 'lte', 'equals'],
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    asking(['isStaff'], ['equals', 'not_equals'], fc.boolean()),
    asking(['since', 'timestamp'], ['before', 'after'], moment),
    asking(
      ['country', 'tier'],
      ['in', 'not_in'],
      fc.array(fc.string(), { minLength: 1, maxLength: 3 }),
      'values',
    ),
    asking(
      ['roles'],
      ['contains_any', 'contains_all'],
      fc.array(text, { minLength: 1, maxLength: 3 }),
      'values',
    ),
  )
  .chain((asked) =>
    fc
      .record({ onMissing: fc.boolean(), ignoreCase: fc.boolean() }, { requiredKeys: [] })
      .map(({ ignoreCase, ...rest }): object => ({
        ...asked,
        ...rest,
        ...(ignoreCase === undefined || moments.has(asked.operator) ? {} : { ignoreCase }),
      })),
  )

/** Where letters are no text whose case could be ignored. */
const moments: ReadonlySet<string> = new Set(['before', 'after'])

const presence = fc.record({
  attribute: fc.constantFrom('country', 'age', 'roles'),
  operator: fc.constantFrom('exists', 'not_exists'),
})

function asking(
  attributes: readonly string[],
  operators: readonly string[],
  operand: fc.Arbitrary<unknown>,
  field = 'value',
): fc.Arbitrary<{ readonly operator: string }> {
  return fc.record({
    attribute: fc.constantFrom(...attributes),
    operator: fc.constantFrom(...operators),
    [field]: operand,
  })
}

function condition(segments: readonly string[]): fc.Arbitrary<object> {
  const segment = segments.length === 0 ? presence : fc.record({ segment: fc.constantFrom(...segments) })
  return fc.letrec<{ condition: object }>((tie) => ({
    condition: fc.oneof(
      { depthSize: 'small', maxDepth: 4 },
      attributeCondition,
      presence,
      segment,
      fc.record({ all: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('condition'), { minLength: 1, maxLength: 3 }) }),
      fc.record({ not: tie('condition') }),
    ),
  })).condition
}

function named(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${start}${index}`)
}

function some(names: readonly string[]): fc.Arbitrary<string[]> {
  return fc.subarray([...names], { minLength: 1 })
}

/** An object with a value for each name. */
function each<Value>(
  names: readonly string[],
  value: (name: string, index: number) => fc.Arbitrary<Value>,
): fc.Arbitrary<{ [name: string]: Value }> {
  return fc.record(Object.fromEntries(names.map((own, index) => [own, value(own, index)])))
}
