import { type Dice, happens, oneOf } from './dice.ts'
import { moments, numbers, texts, units, versions } from './random-document.ts'

/** Kinds that no question asks about, and numbers at the edge. */
const oddities: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  -0,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.MAX_VALUE,
  2 ** 53 + 2,
  10n ** 30n,
  Symbol('u-1'),
  () => 'KR',
  { toString: () => 'KR' },
  Object('KR'),
  Object.create(null),
  [],
  [['KR']],
  [undefined, null, Number.NaN],
  new Date(Number.NaN),
  new Date('2026-06-01T12:00:00.000Z'),
  '\ud800',
  'not a date',
  '2026-13-45T99:99:99Z',
  '1.2',
  'x'.repeat(2_000),
]

/** A context whose attributes fit those of random documents mostly, and are missing or of another kind often. */
export function randomContext(dice: Dice): { readonly [attribute: string]: unknown } {
  const some = (values: readonly unknown[]) => oneOf(dice, happens(dice, 1, 8) ? oddities : values)
  const context: { [attribute: string]: unknown } = {}
  const says = (attribute: string, values: readonly unknown[]) => {
    if (happens(dice, 3, 4)) context[attribute] = some(values)
  }
  says('targetingKey', [...units, 42, `u-${dice.below(1_000)}`])
  says('country', texts)
  says('age', [...numbers, dice.below(100)])
  says('roles', [[...texts], [oneOf(dice, texts)], [oneOf(dice, numbers), oneOf(dice, texts)]])
  says('version', versions)
  says('since', [...moments, new Date(oneOf(dice, moments))])
  says('beta', [true, false])
  if (happens(dice, 1, 2))
    says(
      'timestamp',
      moments.map((moment) => new Date(moment)),
    )
  return context
}
