import type { ConditionOperator, OperandValue } from '../operators/operator.ts'
import { checkAttribute, checkOperands } from './declared-attributes.ts'
import { booleanAt, filledListAt, nameAt, type Raw, refuseOthers } from './fields.ts'
import type { AttributeCondition } from './flag-document.ts'
import type { Parsing } from './parsing.ts'
import { field, item, quoted, type Trail } from './trail.ts'

/** A question about one attribute, with an operator that is known and operands that it can take. */
export function parseAttributeCondition(
  raw: Raw,
  at: Trail,
  parsing: Parsing,
): AttributeCondition | undefined {
  refuseOthers(raw, fields, at, parsing)
  const { attribute: rawAttribute, operator: rawOperator, value, values, onMissing, ignoreCase } = raw
  const attribute = nameAt(rawAttribute, at, 'attribute', parsing)
  const operator = operatorAt(rawOperator, at, parsing)
  if (attribute === undefined || operator === undefined) return
  const isKnown = checkAttribute(attribute, at, 'attribute', operator, parsing)
  const condition: Mutable<AttributeCondition> = { attribute, operator: operator.name }
  if (operator.operand === 'value') {
    const operand = operandAt(value, () => field(at, 'value'), operator, parsing)
    if (operand !== undefined) condition.value = operand
  }
  if (operator.operand === 'values')
    condition.values = operandsAt(values, field(at, 'values'), operator, parsing)
  if (operator.operand !== 'value') refuseGiven(value, 'value', operator, at, parsing)
  if (operator.operand !== 'values') refuseGiven(values, 'values', operator, at, parsing)
  if (operator.operand === 'none') refuseGiven(onMissing, 'onMissing', operator, at, parsing)
  if (operator.operand === 'none' || operator.ignoreCase === false)
    refuseGiven(ignoreCase, 'ignoreCase', operator, at, parsing)
  const answer = onMissing === undefined ? undefined : booleanAt(onMissing, at, 'onMissing', parsing)
  if (answer !== undefined) condition.onMissing = answer
  const ignores = ignoreCase === undefined ? undefined : booleanAt(ignoreCase, at, 'ignoreCase', parsing)
  if (ignores !== undefined) condition.ignoreCase = ignores
  if (isKnown) checkOperands(condition, at, parsing)
  return Object.freeze(condition)
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const fields: ReadonlySet<string> = new Set([
  'attribute',
  'operator',
  'value',
  'values',
  'onMissing',
  'ignoreCase',
])

function operatorAt(
  value: unknown,
  up: Trail,
  { operators, findings }: Parsing,
): ConditionOperator | undefined {
  const operator = typeof value === 'string' ? operators.get(value) : undefined
  return operator ?? findings.refuse(field(up, 'operator'), 'a known operator', value, hintFor(value))
}

/** Where an operator comes from that is known but not to every program. */
function hintFor(operator: unknown): string | undefined {
  if (typeof operator !== 'string') return
  const entry = entries.find(([, name]) => name.test(operator))?.[0]
  return entry && `hand in \`${entry}\` from @ashlar/feature-flags/operators/${entry}`
}

const entries: readonly (readonly [string, RegExp])[] = [
  ['cidr', /^(?:not_)?in_cidr$/],
  ['regex', /^(?:not_)?matches$/],
  ['semver', /^semver_(?:equals|gte?|lte?)$/],
]

function refuseGiven(
  value: unknown,
  name: string,
  operator: ConditionOperator,
  up: Trail,
  { findings }: Parsing,
) {
  if (value === undefined) return
  const instead =
    operator.operand === 'none' || !name.startsWith('value') ? '' : `, but "${operator.operand}"`
  findings.refuse(field(up, name), `no "${name}" with operator ${quoted(operator.name)}${instead}`, value)
}

function operandsAt(
  raw: unknown,
  at: Trail,
  operator: ConditionOperator,
  parsing: Parsing,
): readonly OperandValue[] {
  const list = filledListAt(raw, 'at least one value', at, parsing)
  const operands: OperandValue[] = []
  for (let index = 0; index < list.length; index++) {
    const operand = operandAt(list[index], () => item(at, index), operator, parsing)
    if (operand !== undefined) operands.push(operand)
  }
  return Object.freeze(operands)
}

function operandAt(
  value: unknown,
  at: () => Trail,
  operator: ConditionOperator,
  { findings }: Parsing,
): OperandValue | undefined {
  const isOperand = typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
  if (!isOperand) return findings.refuse(at(), 'a text, a finite number, or true or false', value)
  const operand = value === 0 ? 0 : (value as OperandValue)
  const wanted = wantedBy(operator, operand)
  return wanted === undefined ? operand : findings.refuse(at(), wanted, operand)
}

/** An operator that throws over an operand can't take it. */
function wantedBy(operator: ConditionOperator, operand: OperandValue): string | undefined {
  try {
    return operator.expects(operand)
  } catch {
    return `what operator ${quoted(operator.name)} can take`
  }
}
