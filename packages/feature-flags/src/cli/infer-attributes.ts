import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { AttributeCondition, FlagCondition, FlagDocument } from '../document/flag-document.ts'
import type { ConditionOperator } from '../operators/operator.ts'

/** A kind of attribute, as a set of flags declares it. */
export type AttributeKind = ConditionOperator['attributes'][number]

/** No kind of attribute answers all that a document asks of it. */
export type ConflictingAttributeUse = Failure<
  'ConflictingAttributeUse',
  { attribute: string; uses: readonly string[] }
>

/** Every context has these, declared or not. */
const standard: readonly string[] = ['targetingKey', 'environment', 'timestamp']

/** What is taken where several kinds would do. */
const preferred: readonly AttributeKind[] = ['string', 'number', 'boolean', 'date', 'strings', 'numbers']

interface Use {
  readonly attribute: string
  /** What it is called when it contradicts another. */
  readonly by: string
  readonly kinds: readonly AttributeKind[]
}

/**
 * Infers what kinds of attribute a document asks for, from operators and operands.
 *
 * Where several kinds would do it is the first of text, number, boolean, date, list of texts, list of numbers; but a
 * `contains` that could look into a text or a list is taken for a list where the attribute's name is a plural, such as
 * `roles`.
 *
 * @returns the kinds by attribute, sorted by name
 */
export function inferAttributes(
  document: FlagDocument,
  operators: readonly ConditionOperator[],
): Result<ReadonlyMap<string, AttributeKind>, ConflictingAttributeUse> {
  const byName = new Map(operators.map((operator) => [operator.name, operator]))
  const conditions = conditionsOf(document).map((condition) => useOf(condition, byName))
  const uses = [...conditions, ...drawsOf(document)].filter(({ attribute }) => !standard.includes(attribute))
  const kinds = new Map<string, AttributeKind>()
  for (const [attribute, alike] of [...Map.groupBy(uses, (use) => use.attribute)].sort(byKey)) {
    const possible = preferred.filter((kind) => alike.every((use) => use.kinds.includes(kind)))
    const kind =
      isPlural(attribute) && alike.some(isList) ? (possible.find(isListKind) ?? possible[0]) : possible[0]
    if (kind === undefined) return err(conflictOf(attribute, alike))
    kinds.set(attribute, kind)
  }
  return ok(kinds)
}

function useOf(
  { attribute, operator: name, value, values }: AttributeCondition,
  operators: ReadonlyMap<string, ConditionOperator>,
): Use {
  const operands = values ?? (value === undefined ? [] : [value])
  const kinds = operators.get(name)?.attributes ?? preferred
  return {
    attribute,
    by: name,
    kinds: kinds.filter((kind) => operands.every((operand) => canHold(kind, typeof operand))),
  }
}

function canHold(kind: AttributeKind, operand: string): boolean {
  if (operand === 'number') return kind === 'number' || kind === 'numbers'
  if (operand === 'boolean') return kind === 'boolean'
  return kind === 'string' || kind === 'strings' || kind === 'date'
}

/** Users are drawn by a text or a whole number. */
function drawsOf({ layers, holdouts, flags }: FlagDocument): Use[] {
  const shared = [...Object.values(layers), ...Object.values(holdouts)].map(({ by }) => by)
  const drawn = Object.values(flags).flatMap(({ bucketing, rules, fallthrough }) => [
    bucketing.by,
    ...[...rules.map(({ serve }) => serve), ...(fallthrough ? [fallthrough] : [])].map((serve) =>
      'variant' in serve ? undefined : serve.by,
    ),
  ])
  return [...shared, ...drawn]
    .filter((by) => by !== undefined)
    .map((attribute) => ({ attribute, by: 'bucketing', kinds: ['string', 'number'] }))
}

function conditionsOf({ segments, flags }: FlagDocument): AttributeCondition[] {
  const found: AttributeCondition[] = []
  const waiting: FlagCondition[] = [
    ...Object.values(segments),
    ...Object.values(flags).flatMap(({ rules }) => rules.flatMap(({ when }) => (when ? [when] : []))),
  ]
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if ('all' in next) for (const each of next.all) waiting.push(each)
    else if ('any' in next) for (const each of next.any) waiting.push(each)
    else if ('not' in next) waiting.push(next.not)
    else if ('attribute' in next) found.push(next)
  }
  return found
}

function isPlural(name: string): boolean {
  return /[^s]s$/i.test(name)
}

function isList({ kinds }: Use): boolean {
  return kinds.some(isListKind) && kinds.length < preferred.length
}

function isListKind(kind: AttributeKind): boolean {
  return kind === 'strings' || kind === 'numbers'
}

function byKey([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1
}

function conflictOf(attribute: string, alike: readonly Use[]): ConflictingAttributeUse {
  const uses = [...new Set(alike.map(({ by, kinds }) => `${by} (${kinds.join(' or ') || 'nothing'})`))].sort()
  return failure(
    'ConflictingAttributeUse',
    `attribute "${attribute}": expected one kind for all conditions, found ${uses.join(', ')}`,
    { attribute, uses },
  )
}
