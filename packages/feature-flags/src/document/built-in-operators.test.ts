import { describe, expect, it } from 'vitest'
import type { OperandValue } from '../operators/operator.ts'
import { builtInOperators } from './built-in-operators.ts'

const operators = new Map(builtInOperators.map((operator) => [operator.name, operator]))

function operator(name: string) {
  const found = operators.get(name)
  if (found === undefined) throw new TypeError(`no operator ${name}`)
  return found
}

function ask(name: string, operands: OperandValue | readonly OperandValue[], value: unknown) {
  const given = Array.isArray(operands) ? operands : [operands]
  expect(given.map((operand) => operator(name).expects(operand))).toEqual(given.map(() => undefined))
  return operator(name).test(given)(value)
}

describe('the built-in operators', () => {
  it('have the names that documents use, each once', () => {
    expect([...operators.keys()]).toEqual([
      ...['equals', 'not_equals', 'in', 'not_in'],
      ...['contains', 'not_contains', 'contains_any', 'contains_all', 'contains_none'],
      ...['starts_with', 'ends_with', 'gt', 'gte', 'lt', 'lte', 'before', 'after'],
      ...['exists', 'not_exists'],
    ])
    expect(builtInOperators).toHaveLength(operators.size)
  })

  it.each<[string, OperandValue | readonly OperandValue[], unknown, boolean | undefined]>([
    ['equals', 'KR', 'KR', true],
    ['equals', 'KR', 'kr', false],
    ['equals', 'KR', 1, undefined],
    ['equals', 1, 1, true],
    ['equals', 1, '1', undefined],
    ['equals', 0, -0, true],
    ['equals', 1, true, undefined],
    ['equals', true, false, false],
    ['equals', 'a', ['a'], undefined],
    ['equals', 'a', Symbol('a'), undefined],
    ['not_equals', 'KR', 'FR', true],
    ['not_equals', 'KR', 'KR', false],
    ['not_equals', 'KR', 5, undefined],
    ['in', ['KR', 'JP'], 'JP', true],
    ['in', ['KR', 'JP'], 'FR', false],
    ['in', ['KR', 'JP'], 3, undefined],
    ['in', ['KR', 3], 4, false],
    ['in', ['KR', 3], true, undefined],
    ['not_in', ['banned', 'guest'], 'ann', true],
    ['not_in', ['banned', 'guest'], 'guest', false],
    ['not_in', ['banned', 'guest'], { toString: () => 'ann' }, undefined],
    ['contains', 'admin', 'superadmin', true],
    ['contains', 'admin', ['superadmin'], false],
    ['contains', 'admin', ['admin', 'owner'], true],
    ['contains', 2, [1, 2], true],
    ['contains', 2, '2', undefined],
    ['contains', 2, ['2'], false],
    ['contains', 'a', 5, undefined],
    ['contains', 'a', new Set(['a']), undefined],
    ['not_contains', 'admin', ['superadmin'], true],
    ['not_contains', 'admin', 'superadmin', false],
    ['not_contains', 'admin', 7, undefined],
    ['contains_any', ['a', 'b'], ['b', 'c'], true],
    ['contains_any', ['a', 'b'], ['c'], false],
    ['contains_any', ['a', 'b'], [], false],
    ['contains_any', ['a', 'b'], 'a', undefined],
    ['contains_all', ['a', 'b'], ['c', 'b', 'a'], true],
    ['contains_all', ['a', 'b'], ['b'], false],
    ['contains_all', ['a', 'b'], 'ab', undefined],
    ['contains_none', ['a', 'b'], ['c'], true],
    ['contains_none', ['a', 'b'], ['b'], false],
    ['contains_none', ['a', 'b'], 'c', undefined],
    ['starts_with', 'qa-', 'qa-1', true],
    ['starts_with', 'qa-', '1-qa-', false],
    ['starts_with', 'qa-', 1, undefined],
    ['ends_with', '@example.com', 'ann@example.com', true],
    ['ends_with', '@example.com', '@example.com.evil', false],
    ['ends_with', '@example.com', ['@example.com'], undefined],
    ['gt', 5, 6, true],
    ['gt', 5, 5, false],
    ['gte', 5, 5, true],
    ['gte', 5, 4.9, false],
    ['lt', 5, 4.9, true],
    ['lt', 5, 5, false],
    ['lte', 5, 5, true],
    ['lte', 5, Number.POSITIVE_INFINITY, false],
    ['gt', 5, Number.POSITIVE_INFINITY, true],
    ['gt', 5, '6', undefined],
    ['before', '2026-05-01T00:00:00Z', '2026-04-30T23:59:59.999Z', true],
    ['before', '2026-05-01T00:00:00Z', '2026-05-01', false],
    ['before', '2026-05-01T00:00:00+09:00', '2026-04-30T15:00Z', false],
    ['before', '2026-05-01', new Date('2026-04-30T00:00:00Z'), true],
    ['before', '2026-05-01', new Date(Number.NaN), undefined],
    ['before', '2026-05-01', '1', undefined],
    ['before', '2026-05-01', 'May 2024', undefined],
    ['before', '2026-05-01', 0, undefined],
    ['after', '2026-05-01', '2026-05-01', true],
    ['after', '2026-05-01', '2026-05-01T00:00:00+00:01', false],
    ['after', '2026-05-01', 'tomorrow', undefined],
  ])('%s %j of %j is %s', (name, operands, value, answer) => {
    expect(ask(name, operands, value)).toBe(answer)
  })

  it.each<[string, OperandValue, string]>([
    ['equals', Number.NaN, 'a text, number or boolean'],
    ['starts_with', 1, 'a text'],
    ['gt', '5', 'a number'],
    ['before', 'soon', 'a date'],
    ['before', '2026-05-01T00:00:00', 'a date'],
    ['after', 5, 'a date'],
  ])('%s refuses %s, which is not %s', (name, operand, word) => {
    expect(operator(name).expects(operand)).toBe(word)
  })

  it('are asked without operands where only presence counts', () => {
    expect(operator('exists').operand).toBe('none')
    expect(operator('exists').test([])('')).toBe(true)
    expect(operator('not_exists').test([])('')).toBe(false)
  })
})
