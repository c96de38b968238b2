import type {
  AttributeCondition,
  DocumentedFlag,
  FlagCondition,
  FlagDocument,
  FlagDraw,
  FlagRule,
  FlagServe,
} from '@ashlar/feature-flags'
import { type Dice, happens, oneOf } from './dice.ts'

/** What conditions compare with and contexts are made of, so that they often meet. */
export const texts: readonly string[] = [
  'KR',
  'kr',
  'K',
  'pro',
  'Ünï',
  '한글',
  '😀',
  '',
  '1',
  'true',
  '1.2.3',
  'ﬁ',
]
export const numbers: readonly number[] = [0, 1, 2, 18, 65, -1, 0.5, 2 ** 53, 1e300, 5e-324, 1e-323, -1e300]
export const versions: readonly string[] = [
  '1.2.3',
  '1.2.4',
  '1.10.0',
  '2.0.0-alpha.1',
  '2.0.0-alpha.beta',
  '2.0.0',
]
export const moments: readonly string[] = [
  '2026-01-01T00:00:00.000Z',
  '2026-06-01T12:00:00.000Z',
  '2027-01-01T00:00:00.000Z',
]
const [early, middle, late] = moments as [string, string, string]
const spans = [
  { start: early, end: middle },
  { start: early, end: late },
  { start: middle, end: late },
]
export const units: readonly string[] = ['u-1', 'u-2', '42', '김철수', '用户', '😀😀', '0']

const attributes = [
  'country',
  'age',
  'roles',
  'version',
  'since',
  'beta',
  'timestamp',
  'targetingKey',
] as const
const variants = { a: 'A', b: 'B', c: 'C' } as const
const variantNames = Object.keys(variants)
const keys = ['f0', 'f1', 'f2', 'f3'] as const
const segments = ['s0', 's1', 's2'] as const
const textOperators = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
]

/** A document in one spelling, with everything that there is in documents; flags ask only of flags before them. */
export function randomDocument(dice: Dice, flagCount: number = keys.length): FlagDocument {
  return {
    version: 1,
    revision: `r${dice.below(1_000)}`,
    segments: Object.fromEntries(
      segments.map((name, at) => [name, randomCondition(dice, 2, segments.slice(0, at))]),
    ),
    layers: { l0: { salt: 'l0', by: 'targetingKey' }, l1: { salt: 'l1', by: 'country' } },
    holdouts: {
      h0: { weight: dice.below(101), of: 100, salt: 'h0', by: 'targetingKey' },
      h1: { weight: 500, of: 10_000, salt: 'h1', by: 'age' },
    },
    flags: Object.fromEntries(
      keys.slice(0, flagCount).map((key, at) => [key, randomFlag(dice, key, keys.slice(0, at))]),
    ),
  }
}

function randomFlag(dice: Dice, key: string, before: readonly string[]): DocumentedFlag {
  const schedule = randomSchedule(dice)
  return {
    enabled: !happens(dice, 1, 12),
    type: 'string',
    variants,
    ...maybe(dice, 'offVariant', () => oneOf(dice, variantNames)),
    ...maybe(dice, 'defaultVariant', () => oneOf(dice, variantNames)),
    ...seldom(dice, 'overrides', () => ({
      [oneOf(dice, units)]: { variant: 'a' },
      [oneOf(dice, units)]: { variant: 'b', until: oneOf(dice, moments) },
    })),
    ...seldom(dice, 'schedule', () => schedule),
    ...(before.length > 0
      ? seldom(dice, 'prerequisites', () => [
          { flag: oneOf(dice, before), in: [oneOf(dice, variantNames), 'c'] },
        ])
      : {}),
    ...seldom(dice, 'holdout', () => oneOf(dice, ['h0', 'h1'])),
    ...seldom(dice, 'layer', () => ({
      id: oneOf(dice, ['l0', 'l1']),
      range: randomRange(dice, before.length * 2_500, (before.length + 1) * 2_500),
    })),
    bucketing: {
      algorithm: 'murmur3-utf8/1',
      salt: key,
      by: oneOf(dice, ['targetingKey', 'targetingKey', 'age']),
    },
    rules: Array.from({ length: ruleCount(dice) }, (_, at) => randomRule(dice, `rule-${at + 1}`)),
    ...maybe(dice, 'fallthrough', () => randomServe(dice)),
  }
}

/** Few, or so many that they are looked up, or more than one look holds. */
function ruleCount(dice: Dice): number {
  return oneOf(dice, [0, 1, 2, 3, 4, 5, 8, happens(dice, 1, 8) ? 40 : 6])
}

export function randomRule(dice: Dice, id: string): FlagRule {
  return {
    id,
    ...(happens(dice, 9, 10) ? { when: randomCondition(dice, 3, segments) } : {}),
    serve: randomServe(dice),
  }
}

export function randomCondition(dice: Dice, depth: number, named: readonly string[]): FlagCondition {
  const parts = (): FlagCondition[] =>
    Array.from({ length: 1 + dice.below(3) }, () => randomCondition(dice, depth - 1, named))
  switch (depth > 0 ? dice.below(8) : 0) {
    case 4:
      return { not: randomCondition(dice, depth - 1, named) }
    case 5:
      return { any: parts() }
    case 6:
      return { all: parts() }
    case 7:
      return named.length > 0 ? { segment: oneOf(dice, named) } : { all: parts() }
    default:
      return randomQuestion(dice)
  }
}

function randomQuestion(dice: Dice): AttributeCondition {
  const attribute = oneOf(dice, attributes)
  const operator = operatorFor(dice, attribute)
  if (operator.endsWith('exists')) return { attribute, operator }
  return {
    attribute,
    operator,
    ...operandsOf(dice, operator),
    ...seldom(dice, 'onMissing', () => happens(dice, 1, 2)),
    ...(textOperators.includes(operator) ? seldom(dice, 'ignoreCase', () => true) : {}),
  }
}

/** Mostly one that fits the attribute. */
function operatorFor(dice: Dice, attribute: (typeof attributes)[number]): string {
  const ofDates = ['before', 'after', 'exists']
  const fitting = {
    country: textOperators,
    targetingKey: textOperators,
    beta: ['equals', 'not_equals', 'exists', 'not_exists'],
    age: ['equals', 'not_equals', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte', 'exists', 'not_exists'],
    roles: ['contains', 'not_contains', 'contains_any', 'contains_all', 'contains_none'],
    version: ['semver_equals', 'semver_gt', 'semver_gte', 'semver_lt', 'semver_lte'],
    since: ofDates,
    timestamp: ofDates,
  } as const
  return oneOf(dice, happens(dice, 9, 10) ? fitting[attribute] : Object.values(fitting).flat())
}

function operandsOf(dice: Dice, operator: string): Pick<AttributeCondition, 'value' | 'values'> {
  if (/^(not_)?in$|_(any|all|none)$/.test(operator))
    return { values: Array.from({ length: 1 + dice.below(4) }, () => oneOf(dice, [...texts, ...numbers])) }
  if (/equals$/.test(operator) && !operator.startsWith('semver'))
    return { value: oneOf(dice, [...texts, ...numbers, true]) }
  if (/^[gl]te?$/.test(operator)) return { value: oneOf(dice, numbers) }
  if (operator.startsWith('semver')) return { value: oneOf(dice, versions) }
  if (operator === 'before' || operator === 'after') return { value: oneOf(dice, moments) }
  return {
    value: oneOf(
      dice,
      texts.filter((text) => text !== ''),
    ),
  }
}

function randomServe(dice: Dice): FlagServe {
  const draw: FlagDraw = {
    ...seldom(dice, 'salt', () => 'own'),
    ...seldom(dice, 'by', () => oneOf(dice, ['country', 'age'])),
  }
  switch (dice.below(6)) {
    case 0:
      return { ...draw, split: { a: dice.below(3), b: 1 + dice.below(100), c: dice.below(2) } }
    case 1: {
      const [from, to] = randomRange(dice, 0, 1_000)
      return {
        ...draw,
        of: 1_000,
        ranges: [
          { variant: 'a', from, to },
          { variant: 'c', from: to, to: 1_000 },
        ].slice(0, to < 1_000 ? 1 + dice.below(2) : 1),
      }
    }
    case 2:
      return {
        ...draw,
        ramp: {
          variant: 'b',
          ...maybe(dice, 'otherwise', () => 'c'),
          from: dice.below(50),
          to: 50 + dice.below(51),
          ...oneOf(dice, spans),
        },
      }
    default:
      return { variant: oneOf(dice, variantNames) }
  }
}

function randomRange(dice: Dice, first: number, end: number): [number, number] {
  const from = first + dice.below(end - first)
  return [from, from + 1 + dice.below(end - from)]
}

function randomSchedule(dice: Dice): { from?: string; until?: string } {
  const [first, ...later] = moments as [string, ...string[]]
  return oneOf(dice, [
    { from: oneOf(dice, moments) },
    { until: oneOf(dice, moments) },
    { from: first, until: oneOf(dice, later) },
  ])
}

function maybe<Name extends string, Value>(
  dice: Dice,
  name: Name,
  make: () => Value,
): { [Key in Name]?: Value } {
  return happens(dice, 1, 2) ? ({ [name]: make() } as { [Key in Name]: Value }) : {}
}

function seldom<Name extends string, Value>(
  dice: Dice,
  name: Name,
  make: () => Value,
): { [Key in Name]?: Value } {
  return happens(dice, 1, 5) ? maybe(dice, name, make) : {}
}
