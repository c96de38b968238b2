import type { AttributeDefinition, AttributeDefinitions } from '../flags/attributes.ts'
import type { ConditionOperator, OperandValue } from '../operators/operator.ts'
import type { AttributeCondition } from './flag-document.ts'
import type { Parsing } from './parsing.ts'
import { someOf } from './shown.ts'
import { field, item, type Trail } from './trail.ts'

/** Checks an attribute against those that the code declares, and whether the operator can ask about its kind. */
export function checkAttribute(
  name: string,
  up: Trail,
  step: 'attribute' | 'by',
  operator: ConditionOperator | undefined,
  { flags, findings }: Parsing,
): boolean {
  if (flags?.attributes === undefined) return false
  const definition = definitionOf(name, flags.attributes)
  if (definition === undefined) {
    const declared = [...Object.keys(flags.attributes), ...Object.keys(standard)]
    findings.refuse(field(up, step), `one of the declared attributes ${someOf(declared)}`, name)
    return false
  }
  const kind = kindOf(definition)
  const isAskable = operator ? operator.attributes.includes(kind) : drawable.has(kind)
  if (isAskable) return true
  if (operator)
    findings.refuse(
      field(up, 'operator'),
      `an operator that can ask about the ${kind} attribute "${name}"`,
      operator.name,
    )
  else findings.refuse(field(up, step), 'an attribute that is a text or a number', name)
  return false
}

/** Checks operands that are compared with what an attribute has: of its kind, and possible. */
export function checkOperands(
  { attribute, operator, value, values, ignoreCase }: AttributeCondition,
  at: Trail,
  parsing: Parsing,
): void {
  if (!comparing.has(operator) || parsing.flags?.attributes === undefined) return
  const definition = definitionOf(attribute, parsing.flags.attributes)
  if (definition === undefined) return
  if (value !== undefined) checkOperand(value, () => field(at, 'value'))
  values?.forEach((each, index) => checkOperand(each, () => item(field(at, 'values'), index)))

  function checkOperand(operand: OperandValue, place: () => Trail): void {
    const type = operandTypes[kindOf(definition as AttributeDefinition)]
    if (typeof operand !== type)
      parsing.findings.refuse(place(), `a ${type}, as attribute "${attribute}" is`, operand)
    else if (typeof definition === 'object' && exact.has(operator) && !isPossible(operand, definition))
      parsing.findings.refuse(place(), `one of ${someOf(definition)}`, operand)
  }

  function isPossible(operand: OperandValue, texts: readonly string[]): boolean {
    if (!ignoreCase) return texts.includes(operand as string)
    return texts.some((text) => text.toLowerCase() === String(operand).toLowerCase())
  }
}

type Kind = Exclude<AttributeDefinition, readonly string[]>

/** What every context may have. */
const standard: AttributeDefinitions = { targetingKey: 'string', environment: 'string', timestamp: 'date' }

function definitionOf(name: string, attributes: AttributeDefinitions): AttributeDefinition | undefined {
  if (Object.hasOwn(attributes, name)) return attributes[name]
  return Object.hasOwn(standard, name) ? standard[name] : undefined
}

function kindOf(definition: AttributeDefinition): Kind {
  return typeof definition === 'string' ? definition : 'string'
}

/** The kinds of attribute by which users can be put into buckets. */
const drawable: ReadonlySet<Kind> = new Set(['string', 'number'])

/** Operators that look for the operand itself; what they are given must be whole, or may be a part of it. */
const exact: ReadonlySet<string> = new Set(['equals', 'not_equals', 'in', 'not_in'])
const comparing: ReadonlySet<string> = new Set([
  ...exact,
  'contains',
  'not_contains',
  'contains_any',
  'contains_all',
  'contains_none',
])

const operandTypes: Readonly<Record<Kind, 'string' | 'number' | 'boolean'>> = {
  string: 'string',
  strings: 'string',
  date: 'string',
  number: 'number',
  numbers: 'number',
  boolean: 'boolean',
}
