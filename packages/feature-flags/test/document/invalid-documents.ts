/** A document that is wrong in one place. */
export interface InvalidDocument {
  readonly what: string
  readonly document: unknown
  readonly path: string
  /** A word of what is said about it. */
  readonly word: string
  /** Whether its shape alone tells, so that the JSON Schema refuses it, too. */
  readonly byShape: boolean
}

const gold = { attribute: 'tier', operator: 'equals', value: 'Gold' }

/** Everything that can be wrong with a document, one by one. */
export const invalidDocuments: readonly InvalidDocument[] = [
  // the document
  shape('a text', 'hello', '', 'object'),
  shape('nothing', undefined, '', 'nothing'),
  shape('null', null, '', 'null'),
  shape('a list', [], '', 'list'),
  shape('no version', { flags: {} }, 'version', 'nothing'),
  shape('version 2', { version: 2, flags: {} }, 'version', '2'),
  shape('a version as text', { version: '1', flags: {} }, 'version', '"1"'),
  shape('no flags', { version: 1 }, 'flags', 'nothing'),
  shape('a list of flags', { version: 1, flags: [] }, 'flags', 'list'),
  shape('an unknown field', { version: 1, flags: {}, flag: {} }, 'flag', 'unknown field'),
  shape('an unknown field with a sign', { version: 1, flags: {}, 'a b': 1 }, '["a b"]', 'unknown field'),
  shape('an empty revision', { version: 1, flags: {}, revision: '' }, 'revision', '1 to 200'),
  shape('a number for a revision', { version: 1, flags: {}, revision: 7 }, 'revision', '7'),
  shape('a long revision', { version: 1, flags: {}, revision: 'x'.repeat(201) }, 'revision', '1 to 200'),
  shape('a number for a schema', { version: 1, flags: {}, $schema: 7 }, '$schema', 'text'),
  // names
  shape(
    'the flag constructor',
    { version: 1, flags: { constructor: { enabled: true } } },
    'flags["constructor"]',
    'every object',
  ),
  shape(
    'the flag __proto__',
    JSON.parse('{"version":1,"flags":{"__proto__":{"enabled":true}}}'),
    'flags["__proto__"]',
    'every object',
  ),
  shape('a flag without a name', { version: 1, flags: { '': { enabled: true } } }, 'flags[""]', '1 to 200'),
  shape(
    'a variant toString',
    flag({ variants: { toString: true } }),
    'flags["f"].variants["toString"]',
    'every object',
  ),
  shape('a variant 0', flag({ variants: { 0: true } }), 'flags["f"].variants["0"]', 'no number'),
  shape('a variant 12', flag({ variants: { a: true, 12: false } }), 'flags["f"].variants["12"]', 'no number'),
  shape('the segment valueOf', withSegments({ valueOf: gold }), 'segments["valueOf"]', 'every object'),
  shape(
    'the layer __proto__',
    JSON.parse('{"version":1,"flags":{},"layers":{"__proto__":{}}}'),
    'layers["__proto__"]',
    'every object',
  ),
  shape(
    'the attribute __proto__',
    condition({ attribute: '__proto__', operator: 'exists' }),
    when('.attribute'),
    'every object',
  ),
  shape(
    'the rule id constructor',
    rules({ id: 'constructor', serve: 'on' }),
    'flags["f"].rules[0].id',
    'every object',
  ),
  shape(
    'an override for toString',
    flag({ overrides: { toString: 'on' } }),
    'flags["f"].overrides["toString"]',
    'every object',
  ),
  shape(
    'metadata about __proto__',
    flag({ metadata: JSON.parse('{"__proto__":1}') }),
    'flags["f"].metadata["__proto__"]',
    'every object',
  ),
  shape(
    'bucketing by valueOf',
    flag({ bucketing: { by: 'valueOf' } }),
    'flags["f"].bucketing.by',
    'every object',
  ),
  // flags
  shape('a flag that is a text', { version: 1, flags: { f: 'on' } }, 'flags["f"]', 'object'),
  shape('a flag that is null', { version: 1, flags: { f: null } }, 'flags["f"]', 'null'),
  shape('an unknown field of a flag', flag({ colour: 'red' }), 'flags["f"].colour', 'unknown field'),
  shape(
    'a flag neither enabled nor not',
    { version: 1, flags: { f: {} } },
    'flags["f"].enabled',
    'true or false',
  ),
  shape('a flag enabled by text', flag({ enabled: 'true' }), 'flags["f"].enabled', '"true"'),
  shape('an unknown type', flag({ type: 'bool', variants: { a: true } }), 'flags["f"].type', '"bool"'),
  shape(
    'the type of every object',
    flag({ type: 'constructor', variants: { a: true } }),
    'flags["f"].type',
    'boolean',
  ),
  shape('a number flag without variants', flag({ type: 'number' }), 'flags["f"].variants', 'nothing'),
  shape('no variants at all', flag({ variants: {} }), 'flags["f"].variants', 'at least one'),
  shape('a list of variants', flag({ variants: ['on'] }), 'flags["f"].variants', 'list'),
  shape(
    'a text among numbers',
    flag({ type: 'number', variants: { a: 1, b: '2' } }),
    'flags["f"].variants["b"]',
    'number',
  ),
  shape(
    'null for an object',
    flag({ type: 'object', variants: { a: null } }),
    'flags["f"].variants["a"]',
    'null',
  ),
  meaning(
    'values of two types',
    flag({ variants: { a: 1, b: 'x' } }),
    'flags["f"].variants["b"]',
    'type number',
  ),
  meaning('NaN for a value', flag({ variants: { a: Number.NaN } }), 'flags["f"].variants["a"]', 'finite'),
  meaning('a bigint for a value', flag({ variants: { a: 1n } }), 'flags["f"].variants["a"]', 'bigint'),
  meaning(
    'a date for a value',
    flag({ variants: { a: { at: new Date(0) } } }),
    'flags["f"].variants["a"]["at"]',
    'class',
  ),
  shape(
    'a value with the key __proto__',
    flag({ variants: { a: JSON.parse('{"b":[{"__proto__":1}]}') } }),
    'flags["f"].variants["a"]["b"][0]["__proto__"]',
    'another key',
  ),
  meaning(
    'an off variant that is not there',
    flag({ offVariant: 'of' }),
    'flags["f"].offVariant',
    '"on", "off"',
  ),
  meaning(
    'a default variant that is not there',
    flag({ defaultVariant: 'of' }),
    'flags["f"].defaultVariant',
    '"of"',
  ),
  shape(
    'a default variant that is true',
    flag({ defaultVariant: true }),
    'flags["f"].defaultVariant',
    'true',
  ),
  shape(
    'both defaults',
    flag({ defaultVariant: 'on', defaultEnabled: true }),
    'flags["f"].defaultEnabled',
    'beside',
  ),
  shape('a default enabled by text', flag({ defaultEnabled: 'yes' }), 'flags["f"].defaultEnabled', '"yes"'),
  meaning(
    'a default enabled without on',
    flag({ defaultEnabled: true, variants: { a: 1 } }),
    'flags["f"].defaultEnabled',
    '"a"',
  ),
  shape(
    'a fact that is a list',
    flag({ metadata: { owners: ['a'] } }),
    'flags["f"].metadata["owners"]',
    'list',
  ),
  // overrides
  meaning(
    'an override to a variant that is not there',
    flag({ overrides: { 'u-1': 'blue' } }),
    'flags["f"].overrides["u-1"]',
    '"blue"',
  ),
  meaning(
    'a long override to a variant that is not there',
    flag({ overrides: { 'u-1': { variant: 'blue' } } }),
    'flags["f"].overrides["u-1"].variant',
    '"blue"',
  ),
  shape(
    'an override until some day',
    flag({ overrides: { 'u-1': { variant: 'on', until: 'tomorrow' } } }),
    'flags["f"].overrides["u-1"].until',
    'zone',
  ),
  shape(
    'an override with an unknown field',
    flag({ overrides: { u: { variant: 'on', from: 1 } } }),
    'flags["f"].overrides["u"].from',
    'unknown field',
  ),
  shape('a list of overrides', flag({ overrides: ['u-1'] }), 'flags["f"].overrides', 'list'),
  // schedules
  shape('an empty schedule', flag({ schedule: {} }), 'flags["f"].schedule', 'from, until'),
  shape(
    'a schedule without zone',
    flag({ schedule: { from: '2026-01-01T00:00:00' } }),
    'flags["f"].schedule.from',
    'zone',
  ),
  shape('a schedule of days', flag({ schedule: { from: '2026-01-01' } }), 'flags["f"].schedule.from', 'zone'),
  shape(
    'a day that is not',
    flag({ schedule: { until: '2026-02-30T00:00:00Z' } }),
    'flags["f"].schedule.until',
    'zone',
  ),
  shape(
    'an hour that is not',
    flag({ schedule: { from: '2026-02-01T24:00:00Z' } }),
    'flags["f"].schedule.from',
    'zone',
  ),
  shape(
    'a zone that is not',
    flag({ schedule: { from: '2026-02-01T00:00:00+24:00' } }),
    'flags["f"].schedule.from',
    'zone',
  ),
  shape('a schedule in numbers', flag({ schedule: { from: 0 } }), 'flags["f"].schedule.from', '0'),
  shape(
    'an unknown field of a schedule',
    flag({ schedule: { from: '2026-01-01T00:00:00Z', to: 1 } }),
    'flags["f"].schedule.to',
    'unknown field',
  ),
  meaning(
    'a schedule that ends before it begins',
    flag({ schedule: { from: '2026-01-02T00:00:00+09:00', until: '2026-01-01T15:00:00Z' } }),
    'flags["f"].schedule.until',
    'after 2026-01-01T15',
  ),
  // prerequisites
  meaning(
    'a prerequisite that is not there',
    flag({ prerequisites: [{ flag: 'g', in: ['on'] }] }),
    'flags["f"].prerequisites[0].flag',
    '"g"',
  ),
  meaning(
    'a variant of a prerequisite that is not there',
    flag({ prerequisites: [{ flag: 'g', in: ['on', 'blue'] }] }, { g: { enabled: true } }),
    'flags["f"].prerequisites[0].in[1]',
    '"blue"',
  ),
  meaning(
    'a prerequisite twice',
    flag(
      {
        prerequisites: [
          { flag: 'g', in: ['on'] },
          { flag: 'g', in: ['off'] },
        ],
      },
      { g: { enabled: true } },
    ),
    'flags["f"].prerequisites[1].flag',
    'once',
  ),
  shape(
    'a prerequisite in no variant',
    flag({ prerequisites: [{ flag: 'g', in: [] }] }, { g: { enabled: true } }),
    'flags["f"].prerequisites[0].in',
    'at least one',
  ),
  shape('a prerequisite as text', flag({ prerequisites: ['g'] }), 'flags["f"].prerequisites[0]', '"g"'),
  shape(
    'an unknown field of a prerequisite',
    flag({ prerequisites: [{ flag: 'g', in: ['on'], not: true }] }, { g: { enabled: true } }),
    'flags["f"].prerequisites[0].not',
    'unknown field',
  ),
  shape(
    'a flag named by number',
    flag({ prerequisites: [{ flag: 1, in: ['on'] }] }),
    'flags["f"].prerequisites[0].flag',
    'key of a flag',
  ),
  meaning(
    'a flag that waits for itself',
    flag({ prerequisites: [{ flag: 'f', in: ['on'] }] }),
    'flags["f"].prerequisites[0]',
    'f → f',
  ),
  meaning(
    'flags that wait for each other',
    flag(
      { prerequisites: [{ flag: 'g', in: ['on'] }] },
      { g: { enabled: true, prerequisites: [{ flag: 'f', in: ['on'] }] } },
    ),
    'flags["g"].prerequisites[0]',
    'f → g → f',
  ),
  meaning(
    'flags that wait for each other, and one that waits for them',
    flag(
      { prerequisites: [{ flag: 'g', in: ['on'] }] },
      {
        g: { enabled: true, prerequisites: [{ flag: 'h', in: ['on'] }] },
        h: { enabled: true, prerequisites: [{ flag: 'g', in: ['on'] }] },
      },
    ),
    'flags["h"].prerequisites[0]',
    ' g → h → g',
  ),
  // layers and holdouts
  meaning(
    'a layer that is not there',
    flag({ layer: { id: 'x', range: [0, 10] } }),
    'flags["f"].layer.id',
    'there are none',
  ),
  shape('a slice beyond the layer', layered([0, 10_001]), 'flags["f"].layer.range[1]', '10000'),
  meaning('an empty slice', layered([5, 5]), 'flags["f"].layer.range[1]', 'more than 5'),
  shape('a slice of one number', layered([5]), 'flags["f"].layer.range', 'two'),
  shape('a slice of a half', layered([0, 0.5]), 'flags["f"].layer.range[1]', 'whole'),
  meaning('slices that overlap', layered([0, 5_000], [4_999, 6_000]), 'flags["g"].layer.range', 'flag "f"'),
  shape(
    'a layer with an unknown field',
    { version: 1, flags: {}, layers: { l: { bucketBy: 'u' } } },
    'layers["l"].bucketBy',
    'unknown field',
  ),
  shape(
    'a layer without a salt',
    { version: 1, flags: {}, layers: { l: { salt: '' } } },
    'layers["l"].salt',
    '1 to 200',
  ),
  meaning('a holdout that is not there', flag({ holdout: 'h' }), 'flags["f"].holdout', '"h"'),
  shape(
    'a holdout without a whole',
    { version: 1, flags: {}, holdouts: { h: { weight: 1 } } },
    'holdouts["h"].of',
    'nothing',
  ),
  meaning(
    'a holdout of more than all',
    { version: 1, flags: {}, holdouts: { h: { weight: 11, of: 10 } } },
    'holdouts["h"].weight',
    '0 to 10',
  ),
  shape(
    'a holdout of less than nothing',
    { version: 1, flags: {}, holdouts: { h: { weight: -1, of: 10 } } },
    'holdouts["h"].weight',
    '-1',
  ),
  meaning(
    'a split by the salt of the layer, of whose parts the slice has but some',
    {
      version: 1,
      layers: { l: { salt: '2026' } },
      flags: {
        f: {
          enabled: true,
          layer: { id: 'l', range: [0, 5_000] },
          bucketing: { salt: '2026' },
          percentageRollout: 50,
        },
      },
    },
    'flags["f"].layer',
    '"2026"',
  ),
  meaning(
    'a rule that draws as the holdout does',
    {
      version: 1,
      holdouts: { h: { weight: 1, of: 2, salt: 'h', by: 'accountId' } },
      flags: {
        f: {
          enabled: true,
          holdout: 'h',
          rules: [{ serve: { split: { on: 1, off: 1 }, salt: 'h', by: 'accountId' } }],
        },
      },
    },
    'flags["f"].holdout',
    '"h"',
  ),
  // bucketing
  shape(
    'an unknown algorithm',
    flag({ bucketing: { algorithm: 'md5' } }),
    'flags["f"].bucketing.algorithm',
    'murmur3-utf8/1',
  ),
  shape(
    'an unknown field of bucketing',
    flag({ bucketing: { sticky: true } }),
    'flags["f"].bucketing.sticky',
    'unknown field',
  ),
  shape('a number for a salt', flag({ bucketing: { salt: 7 } }), 'flags["f"].bucketing.salt', '7'),
  // rules
  shape('rules in an object', flag({ rules: {} }), 'flags["f"].rules', 'list'),
  shape('a rule as text', rules('on'), 'flags["f"].rules[0]', '"on"'),
  shape('a rule that serves nothing', rules({ id: 'a' }), 'flags["f"].rules[0].serve', 'nothing'),
  shape(
    'an unknown field of a rule',
    rules({ serve: 'on', if: gold }),
    'flags["f"].rules[0].if',
    'unknown field',
  ),
  shape(
    'when and conditions',
    rules({ when: gold, conditions: [gold], serve: 'on' }),
    'flags["f"].rules[0].conditions',
    'beside "when"',
  ),
  shape(
    'a disabled rule that serves',
    rules({ enabled: false, serve: 'on' }),
    'flags["f"].rules[0].enabled',
    'beside "serve"',
  ),
  meaning(
    'an enabled rule without on',
    flag({ variants: { a: 'x' }, rules: [{ enabled: true }] }),
    'flags["f"].rules[0].enabled',
    '"a"',
  ),
  shape('an id that is a number', rules({ id: 1, serve: 'on' }), 'flags["f"].rules[0].id', 'name'),
  meaning(
    'an id twice',
    rules({ id: 'a', serve: 'on' }, { id: 'a', serve: 'off' }),
    'flags["f"].rules[1].id',
    '"a"',
  ),
  meaning(
    'an id like that of an unnamed rule',
    rules({ serve: 'on' }, { id: 'rule-1', serve: 'off' }),
    'flags["f"].rules[1].id',
    'no other rule',
  ),
  shape(
    'a priority for some',
    rules({ priority: 1, serve: 'on' }, { serve: 'off' }),
    'flags["f"].rules[1].priority',
    'other rules',
  ),
  meaning(
    'a priority twice',
    rules({ priority: 1, serve: 'on' }, { priority: 1, serve: 'off' }),
    'flags["f"].rules[1].priority',
    'no other rule',
  ),
  shape(
    'a priority beyond exact numbers',
    rules({ priority: 2 ** 53, serve: 'on' }),
    'flags["f"].rules[0].priority',
    'whole',
  ),
  shape('half a priority', rules({ priority: 0.5, serve: 'on' }), 'flags["f"].rules[0].priority', 'whole'),
  // conditions
  shape('a condition as text', condition('gold'), when(''), '"gold"'),
  shape('an empty condition', condition({}), when(''), 'empty object'),
  shape('an empty all', condition({ all: [] }), when('.all'), 'at least one'),
  shape('an empty any', condition({ any: [] }), when('.any'), 'at least one'),
  shape(
    'empty conditions',
    rules({ conditions: [], serve: 'on' }),
    'flags["f"].rules[0].conditions',
    'at least one',
  ),
  shape('all and any', condition({ all: [gold], any: [gold] }), when('.any'), 'unknown field'),
  shape('a list under not', condition({ not: [gold] }), when('.not'), 'list'),
  shape(
    'a condition deep inside',
    condition({ all: [gold, { any: [{ not: 1 }] }] }),
    when('.all[1].any[0].not'),
    '1',
  ),
  meaning('a segment that is not there', condition({ segment: 'vip' }), when('.segment'), '"vip"'),
  shape('a segment named by number', condition({ segment: 1 }), when('.segment'), '1'),
  meaning(
    'a segment of itself',
    withSegments({ a: { not: { segment: 'a' } } }),
    'segments["a"].not.segment',
    'a → a',
  ),
  meaning(
    'segments of each other',
    withSegments({ a: { segment: 'b' }, b: { all: [gold, { segment: 'a' }] } }),
    'segments["b"].all[1].segment',
    'a → b → a',
  ),
  shape('no attribute', condition({ operator: 'equals', value: 1 }), when('.attribute'), 'nothing'),
  shape('no operator', condition({ attribute: 'a', value: 1 }), when('.operator'), 'nothing'),
  meaning(
    'an unknown operator',
    condition({ attribute: 'a', operator: 'equal', value: 1 }),
    when('.operator'),
    '"equal"',
  ),
  meaning(
    'the operator constructor',
    condition({ attribute: 'a', operator: 'constructor', value: 1 }),
    when('.operator'),
    'known',
  ),
  meaning(
    'an operator for addresses',
    condition({ attribute: 'ip', operator: 'in_cidr', value: '10.0.0.0/8' }),
    when('.operator'),
    'cidr',
  ),
  meaning(
    'an operator for patterns',
    condition({ attribute: 'a', operator: 'matches', value: '^a' }),
    when('.operator'),
    'regex',
  ),
  shape('no value', condition({ attribute: 'a', operator: 'equals' }), when('.value'), 'nothing'),
  shape(
    'values for equals',
    condition({ attribute: 'a', operator: 'equals', value: 1, values: [1] }),
    when('.values'),
    'no "values"',
  ),
  shape(
    'a value for in',
    condition({ attribute: 'a', operator: 'in', value: 1, values: [1] }),
    when('.value'),
    'but "values"',
  ),
  shape('no values for in', condition({ attribute: 'a', operator: 'in' }), when('.values'), 'nothing'),
  shape(
    'empty values',
    condition({ attribute: 'a', operator: 'in', values: [] }),
    when('.values'),
    'at least one',
  ),
  shape(
    'null in values',
    condition({ attribute: 'a', operator: 'in', values: [1, null] }),
    when('.values[1]'),
    'null',
  ),
  shape(
    'a value for exists',
    condition({ attribute: 'a', operator: 'exists', value: true }),
    when('.value'),
    'no "value"',
  ),
  shape(
    'onMissing for exists',
    condition({ attribute: 'a', operator: 'exists', onMissing: true }),
    when('.onMissing'),
    'exists',
  ),
  shape(
    'onMissing by text',
    condition({ attribute: 'a', operator: 'equals', value: 1, onMissing: 'no' }),
    when('.onMissing'),
    '"no"',
  ),
  shape(
    'ignoreCase for a date',
    condition({ attribute: 'a', operator: 'before', value: '2026-01-01', ignoreCase: true }),
    when('.ignoreCase'),
    'before',
  ),
  shape(
    'ignoreCase by number',
    condition({ attribute: 'a', operator: 'equals', value: 'a', ignoreCase: 1 }),
    when('.ignoreCase'),
    '1',
  ),
  shape(
    'an unknown field of a condition',
    condition({ attribute: 'a', operator: 'equals', value: 1, negate: true }),
    when('.negate'),
    'unknown field',
  ),
  shape('a text for gt', condition({ attribute: 'a', operator: 'gt', value: '5' }), when('.value'), 'number'),
  meaning(
    'infinity for gt',
    condition({ attribute: 'a', operator: 'gt', value: Number.POSITIVE_INFINITY }),
    when('.value'),
    'finite',
  ),
  shape(
    'a number for starts_with',
    condition({ attribute: 'a', operator: 'starts_with', value: 5 }),
    when('.value'),
    'text',
  ),
  meaning(
    'a day that is not for before',
    condition({ attribute: 'a', operator: 'before', value: '2026-02-30' }),
    when('.value'),
    'date',
  ),
  meaning(
    'an operator for versions',
    condition({ attribute: 'app', operator: 'semver_gt', value: '1.2.0' }),
    when('.operator'),
    'semver',
  ),
  // what is served
  meaning('a variant that is not there', rules({ serve: 'blue' }), 'flags["f"].rules[0].serve', '"blue"'),
  meaning(
    'a long variant that is not there',
    rules({ serve: { variant: 'blue' } }),
    'flags["f"].rules[0].serve.variant',
    '"blue"',
  ),
  shape('an empty serve', rules({ serve: {} }), 'flags["f"].rules[0].serve', 'one of variant'),
  shape(
    'a variant and a split',
    rules({ serve: { variant: 'on', split: { on: 1 } } }),
    'flags["f"].rules[0].serve.split',
    'unknown field',
  ),
  shape(
    'a salt for a variant',
    rules({ serve: { variant: 'on', salt: 's' } }),
    'flags["f"].rules[0].serve.salt',
    'unknown field',
  ),
  meaning(
    'a split to a variant that is not there',
    flag({ fallthrough: { split: { on: 1, blue: 1 } } }),
    'flags["f"].fallthrough.split["blue"]',
    '"blue"',
  ),
  shape(
    'a weight below nothing',
    flag({ fallthrough: { split: { on: 1, off: -1 } } }),
    'flags["f"].fallthrough.split["off"]',
    '-1',
  ),
  shape(
    'half a weight',
    flag({ fallthrough: { split: { on: 0.5 } } }),
    'flags["f"].fallthrough.split["on"]',
    'whole',
  ),
  meaning(
    'weights of nothing',
    flag({ fallthrough: { split: { on: 0, off: 0 } } }),
    'flags["f"].fallthrough.split',
    'a sum of 0',
  ),
  meaning(
    'weights that overflow',
    flag({ fallthrough: { split: { on: 2 ** 31 - 1, off: 1 } } }),
    'flags["f"].fallthrough.split',
    'a sum of 2147483648',
  ),
  shape('an empty split', flag({ fallthrough: { split: {} } }), 'flags["f"].fallthrough.split', 'sum'),
  shape(
    'ranges without a whole',
    ranges(undefined, { variant: 'on', from: 0, to: 1 }),
    'flags["f"].fallthrough.of',
    'nothing',
  ),
  shape('no ranges', ranges(10), 'flags["f"].fallthrough.ranges', 'at least one'),
  meaning(
    'a range beyond the whole',
    ranges(10, { variant: 'on', from: 0, to: 11 }),
    'flags["f"].fallthrough.ranges[0].to',
    '11',
  ),
  meaning(
    'an empty range',
    ranges(10, { variant: 'on', from: 4, to: 4 }),
    'flags["f"].fallthrough.ranges[0].to',
    'more than 4',
  ),
  meaning(
    'ranges that overlap',
    ranges(10, { variant: 'on', from: 4, to: 10 }, { variant: 'off', from: 0, to: 5 }),
    'flags["f"].fallthrough.ranges[0]',
    '0 to 5',
  ),
  meaning(
    'a range inside another',
    ranges(10, { variant: 'on', from: 0, to: 10 }, { variant: 'off', from: 1, to: 2 }),
    'flags["f"].fallthrough.ranges[1]',
    '0 to 10',
  ),
  meaning(
    'a range for a variant that is not there',
    ranges(10, { variant: 'blue', from: 0, to: 1 }),
    'flags["f"].fallthrough.ranges[0].variant',
    '"blue"',
  ),
  shape(
    'an unknown field of a range',
    ranges(10, { variant: 'on', from: 0, to: 1, of: 2 }),
    'flags["f"].fallthrough.ranges[0].of',
    'unknown field',
  ),
  shape('a share of more than all', ramp({ to: 101 }), 'flags["f"].fallthrough.ramp.to', '0 to 100'),
  meaning('a ramp that shrinks', ramp({ from: 50, to: 10 }), 'flags["f"].fallthrough.ramp.to', 'at least 50'),
  meaning(
    'a ramp that ends when it begins',
    ramp({ end: '2026-01-01T00:00:00Z' }),
    'flags["f"].fallthrough.ramp.end',
    'after 2026-01-01',
  ),
  shape('a ramp without an end', ramp({ end: undefined }), 'flags["f"].fallthrough.ramp.end', 'nothing'),
  meaning(
    'a ramp to a variant that is not there',
    ramp({ variant: 'blue' }),
    'flags["f"].fallthrough.ramp.variant',
    '"blue"',
  ),
  meaning(
    'a ramp for others that are not there',
    ramp({ otherwise: 'blue' }),
    'flags["f"].fallthrough.ramp.otherwise',
    '"blue"',
  ),
  shape(
    'an unknown field of a ramp',
    ramp({ percent: 5 }),
    'flags["f"].fallthrough.ramp.percent',
    'unknown field',
  ),
  shape(
    'a percentage above all',
    flag({ percentageRollout: 100.5 }),
    'flags["f"].percentageRollout',
    '100.5',
  ),
  shape('a percentage below nothing', flag({ percentageRollout: -1 }), 'flags["f"].percentageRollout', '-1'),
  meaning(
    'a percentage too fine',
    flag({ percentageRollout: 0.0000001 }),
    'flags["f"].percentageRollout',
    '6 decimals',
  ),
  shape('a percentage as text', flag({ percentageRollout: '25' }), 'flags["f"].percentageRollout', '"25"'),
  meaning(
    'a percentage without off',
    flag({ percentageRollout: 25, variants: { on: true, away: false } }),
    'flags["f"].percentageRollout',
    '"on", "away"',
  ),
  shape(
    'a percentage beside a fallthrough',
    flag({ percentageRollout: 25, fallthrough: 'on' }),
    'flags["f"].percentageRollout',
    'beside',
  ),
]

function shape(what: string, document: unknown, path: string, word: string): InvalidDocument {
  return { what, document, path, word, byShape: true }
}

function meaning(what: string, document: unknown, path: string, word: string): InvalidDocument {
  return { what, document, path, word, byShape: false }
}

function flag(fields: object, others: object = {}): object {
  return { version: 1, flags: { f: { enabled: true, ...fields }, ...others } }
}

function rules(...list: readonly unknown[]): object {
  return flag({ rules: list })
}

function condition(condition: unknown): object {
  return rules({ id: 'r', when: condition, serve: 'on' })
}

function when(rest: string): string {
  return `flags["f"].rules[0].when${rest}`
}

function withSegments(segments: object): object {
  return { version: 1, segments, flags: {} }
}

function layered(...slices: readonly (readonly number[])[]): object {
  const flags = Object.fromEntries(
    slices.map((range, index) => [index === 0 ? 'f' : 'g', { enabled: true, layer: { id: 'l', range } }]),
  )
  return { version: 1, layers: { l: {} }, flags }
}

function ranges(of: number | undefined, ...list: readonly object[]): object {
  return flag({ fallthrough: { ranges: list, of } })
}

function ramp(fields: object): object {
  const good = { variant: 'on', from: 0, to: 100, start: '2026-01-01T00:00:00Z', end: '2026-02-01T00:00:00Z' }
  return flag({ fallthrough: { ramp: { ...good, ...fields } } })
}
