/** A thousand flags as a team would have them after years: switches, rollouts, experiments, and rules by country and plan. */
export function thousandFlags(): string {
  const flags = Object.fromEntries(
    Array.from({ length: 1000 }, (_, index) => [`area-${index % 40}.feature-${index}`, flagOf(index)]),
  )
  return JSON.stringify({ version: 1, revision: '2026-11-01.7', segments, flags })
}

const segments = Object.fromEntries(
  Array.from({ length: 20 }, (_, index) => [
    `group-${index}`,
    {
      any: [
        { attribute: 'roles', operator: 'contains_any', values: ['admin', `team-${index}`] },
        {
          all: [
            { attribute: 'country', operator: 'in', values: ['KR', 'JP', 'DE', 'FR'] },
            { attribute: 'plan', operator: 'equals', value: 'enterprise' },
          ],
        },
      ],
    },
  ]),
)

function flagOf(index: number): object {
  switch (index % 5) {
    case 0:
      return { ...onOff(index), defaultVariant: 'on' }
    case 1:
      return { ...onOff(index), fallthrough: { split: { on: index % 100, off: 100 - (index % 100) } } }
    case 2:
      return { ...onOff(index), rules: [targeted(index), pilot(index)] }
    case 3:
      return { ...experiment(index), rules: [{ id: 'everyone', serve: { split: splitOf(index) } }] }
    default:
      return {
        ...experiment(index),
        overrides: { 'qa-1': 'high', 'qa-2': 'control' },
        rules: [
          {
            id: 'paying',
            when: { not: { attribute: 'plan', operator: 'in', values: ['free', 'trial'] } },
            serve: { split: splitOf(index) },
          },
          { id: 'pilots', when: { segment: `group-${index % 20}` }, serve: { variant: 'high' } },
        ],
      }
  }
}

function onOff(index: number): object {
  return {
    enabled: index % 20 !== 0,
    type: 'boolean',
    variants: { on: true, off: false },
    offVariant: 'off',
    defaultVariant: 'off',
    metadata: { owner: `team-${index % 20}`, ticket: `FLAG-${index}` },
  }
}

function experiment(index: number): object {
  return {
    enabled: true,
    type: 'number',
    variants: { control: 0, low: 10 + (index % 7), high: 20 + (index % 7) },
    offVariant: 'control',
    defaultVariant: 'control',
    bucketing: { algorithm: 'murmur3-utf8/1', salt: `experiment-${index}`, by: 'targetingKey' },
    metadata: { owner: `team-${index % 20}`, hypothesis: 'a lower price brings more orders' },
  }
}

function splitOf(index: number): object {
  return index % 2 === 0 ? { control: 50, low: 25, high: 25 } : { control: 34, low: 33, high: 33 }
}

function targeted(index: number): object {
  return {
    id: 'region',
    when: {
      all: [
        { attribute: 'country', operator: 'in', values: ['KR', 'US', 'DE'] },
        { attribute: 'age', operator: 'gte', value: 18 + (index % 10) },
        { attribute: 'email', operator: 'ends_with', value: `@partner-${index % 12}.example` },
      ],
    },
    serve: { split: { on: 20, off: 80 } },
  }
}

function pilot(index: number): object {
  return { id: 'pilots', when: { segment: `group-${index % 20}` }, serve: { variant: 'on' } }
}
