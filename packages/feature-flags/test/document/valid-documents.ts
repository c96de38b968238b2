/** Documents that are right, by what they show. */
export const validDocuments: { readonly [what: string]: unknown } = {
  'the salt of a layer for nothing that is drawn, or by another attribute': {
    version: 1,
    layers: { l: { salt: 's' } },
    flags: {
      f: {
        enabled: true,
        layer: { id: 'l', range: [0, 5_000] },
        bucketing: { salt: 's' },
        defaultVariant: 'on',
        rules: [
          { serve: { split: { on: 1 }, by: 'accountId' } },
          { serve: { split: { on: 1 }, salt: 'own' } },
        ],
      },
    },
  },
  'no flags': { version: 1, flags: {} },
  'the smallest flag': { version: 1, flags: { f: { enabled: false } } },
  'everything at once': {
    $schema: 'https://example.invalid/ashlar/flags.schema.json',
    version: 1,
    revision: '42',
    segments: {
      'kr-pro': {
        all: [
          { attribute: 'country', operator: 'equals', value: 'KR' },
          { attribute: 'plan', operator: 'in', values: ['pro', 'team'] },
        ],
      },
      others: { not: { segment: 'kr-pro' } },
    },
    layers: { checkout: { salt: '2026q4', by: 'targetingKey' }, search: {} },
    holdouts: { h26: { weight: 500, of: 10_000, salt: 'h26' } },
    flags: {
      'new-checkout': { enabled: true, type: 'boolean', defaultVariant: 'off' },
      'discount-test': {
        enabled: true,
        type: 'number',
        variants: { control: 0, low: 10, high: 20 },
        offVariant: 'control',
        defaultVariant: 'control',
        prerequisites: [{ flag: 'new-checkout', in: ['on'] }],
        layer: { id: 'checkout', range: [0, 5_000] },
        holdout: 'h26',
        overrides: {
          'qa-1': 'high',
          'qa-2': { variant: 'low', until: '2026-12-31T09:00:00+09:00' },
          12: 'low',
        },
        schedule: { from: '2026-12-01T00:00:00Z', until: '2026-12-31T00:00:00.5Z' },
        bucketing: { algorithm: 'murmur3-utf8/1', salt: 'dt-1', by: 'targetingKey' },
        metadata: { owner: 'shop', sprint: 7, isTemporary: true },
        rules: [
          { id: 'late', priority: 2, when: { segment: 'others' }, serve: { variant: 'low' } },
          {
            id: 'kr',
            priority: 1,
            enabled: true,
            when: { segment: 'kr-pro' },
            serve: { split: { control: 40, low: 30, high: 30 }, salt: 'kr', by: 'accountId' },
          },
          { id: 'all', priority: 3, serve: 'control' },
        ],
        fallthrough: {
          ramp: {
            variant: 'low',
            otherwise: 'control',
            from: 0,
            to: 100,
            start: '2026-12-01T00:00:00Z',
            end: '2026-12-31T00:00:00Z',
          },
        },
      },
    },
  },
  'the spelling of the seed': {
    version: 1,
    flags: {
      express: {
        enabled: true,
        rules: [
          {
            priority: 2,
            enabled: false,
            conditions: [{ attribute: 'roles', operator: 'contains', value: 'guest' }],
          },
          {
            priority: 1,
            enabled: true,
            conditions: [
              { attribute: 'country', operator: 'in', values: ['KR', 'JP'] },
              { attribute: 'tier', operator: 'not_equals', value: 'Basic' },
            ],
          },
        ],
        percentageRollout: 12.5,
        defaultEnabled: true,
      },
    },
  },
  ranges: {
    version: 1,
    flags: {
      f: {
        enabled: true,
        variants: { a: 'x', b: 'y' },
        fallthrough: {
          ranges: [
            { variant: 'b', from: 600, to: 1_000 },
            { variant: 'a', from: 0, to: 500 },
          ],
          of: 1_000,
        },
      },
    },
  },
  'objects and lists as values': {
    version: 1,
    flags: {
      f: { enabled: true, type: 'object', variants: { a: { title: 'Hi', toString: null }, b: [1, [{}]] } },
    },
  },
  'slices side by side': {
    version: 1,
    layers: { l: {} },
    flags: {
      f: { enabled: true, layer: { id: 'l', range: [5_000, 10_000] } },
      g: { enabled: true, layer: { id: 'l', range: [0, 5_000] } },
    },
  },
  'every kind of operand': {
    version: 1,
    flags: {
      f: {
        enabled: true,
        rules: [
          { when: { attribute: 'age', operator: 'gte', value: 18.5, onMissing: true }, serve: 'on' },
          { when: { attribute: 'isStaff', operator: 'equals', value: true }, serve: 'on' },
          { when: { attribute: 'born', operator: 'before', value: '2000-01-01' }, serve: 'on' },
          {
            when: { attribute: 'mail', operator: 'ends_with', value: '@Shop', ignoreCase: true },
            serve: 'on',
          },
          { when: { attribute: 'mail', operator: 'not_exists' }, serve: 'off' },
        ],
      },
    },
  },
}
