import { commonTests } from '../operators/common-tests.ts'
import type { ConditionOperator, OperandValue } from '../operators/operator.ts'
import { plainOperator } from '../operators/plain-operator.ts'
import { momentOf } from './iso-moment.ts'

/** The operators that every evaluator knows, with what documents may compare by them. */
export const builtInOperators: readonly ConditionOperator[] = tableOf()

function tableOf(): ConditionOperator[] {
  const any = 'a text, number or boolean'
  const scalar = operatorsOn(['string', 'number', 'boolean'], any, isScalar)
  const text = operatorsOn(['string'], 'a text', isText)
  const holder = operatorsOn(['string', 'strings', 'numbers'], any, isScalar)
  const list = operatorsOn(['strings', 'numbers'], any, isScalar)
  const number = operatorsOn(['number'], 'a number', isNumber)
  const date = operatorsOn(['date'], 'a date', (operand) => isNumber(momentOf(operand)))
  const all = operatorsOn(['string', 'number', 'boolean', 'date', 'strings', 'numbers'], any, isScalar)
  return [
    ...scalar('value', 'equals', 'not_equals'),
    ...scalar('values', 'in', 'not_in'),
    ...holder('value', 'contains', 'not_contains'),
    ...list('values', 'contains_any', 'contains_all', 'contains_none'),
    ...text('value', 'starts_with', 'ends_with'),
    ...number('value', 'gt', 'gte', 'lt', 'lte'),
    ...date('value', 'before', 'after').map((operator) => ({ ...operator, ignoreCase: false as const })),
    ...all('none', 'exists', 'not_exists'),
  ]
}

/** Makes operators on these kinds of attribute, with operands that are what the word says. */
function operatorsOn(
  attributes: ConditionOperator['attributes'],
  word: string,
  holds: (operand: unknown) => boolean,
): (operand: ConditionOperator['operand'], ...names: readonly string[]) => ConditionOperator[] {
  const expects: ConditionOperator['expects'] = (operand) => (holds(operand) ? undefined : word)
  return (operand, ...names) =>
    names.map((name) => ({ name, operand, attributes, expects, test: testOf(name) }))
}

function testOf(name: string): ConditionOperator['test'] {
  const { operator, isOpposite } = plainOperator(name)
  return (operands) => {
    const test = commonTests.get(operator)?.(operands) ?? (() => true)
    return (value) => {
      const answer = test(value)
      return answer === undefined ? undefined : answer !== isOpposite
    }
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && !Number.isNaN(value)
}

function isScalar(value: unknown): value is OperandValue {
  return isText(value) || isNumber(value) || typeof value === 'boolean'
}
