import type { Result } from 'neverthrow'
import { describe, expect, it } from 'vitest'
import { Guard, type GuardFailure } from './guard.ts'

const { against } = Guard

describe('Guard', () => {
  it.each<[string, Result<unknown, GuardFailure>, unknown]>([
    ['null: a value', against.null('x', 'p'), 'x'],
    ['null: zero, which is a value', against.null(0, 'p'), 0],
    ['null: empty text, which is a value', against.null('', 'p'), ''],
    ['null: false, which is a value', against.null(false, 'p'), false],
    ['null: NaN, which is a value', against.null(Number.NaN, 'p'), Number.NaN],
    ['nullOrWhiteSpace: text, trimmed', against.nullOrWhiteSpace(' \tAda\u00a0\n', 'p'), 'Ada'],
    ['tooLong: text at the limit', against.tooLong('abc', 3, 'p'), 'abc'],
    ['tooLong: empty text', against.tooLong('', 0, 'p'), ''],
    ['tooShort: text at the limit', against.tooShort('abc', 3, 'p'), 'abc'],
    ['negative: zero', against.negative(0, 'p'), 0],
    ['negative: minus zero', against.negative(-0, 'p'), -0],
    ['negative: the smallest number', against.negative(5e-324, 'p'), 5e-324],
    ['negative: a bigint', against.negative(0n, 'p'), 0n],
    ['negativeOrZero: the smallest number', against.negativeOrZero(5e-324, 'p'), 5e-324],
    ['negativeOrZero: a bigint', against.negativeOrZero(10n ** 30n, 'p'), 10n ** 30n],
    ['outOfRange: the lower bound', against.outOfRange(1, 1, 10, 'p'), 1],
    ['outOfRange: the upper bound', against.outOfRange(10, 1, 10, 'p'), 10],
    ['outOfRange: minus zero between zeros', against.outOfRange(-0, 0, 0, 'p'), -0],
    ['outOfRange: a bigint', against.outOfRange(5n, 1n, 10n, 'p'), 5n],
    ['outOfRange: infinity where it is allowed', against.outOfRange(Infinity, 1, Infinity, 'p'), Infinity],
    ['notInteger: the greatest', against.notInteger(Number.MAX_SAFE_INTEGER, 'p'), Number.MAX_SAFE_INTEGER],
    ['notInteger: the least', against.notInteger(Number.MIN_SAFE_INTEGER, 'p'), Number.MIN_SAFE_INTEGER],
    ['notInteger: a whole number with a point', against.notInteger(2.0, 'p'), 2],
    ['empty: a list of one', against.empty([undefined], 'p'), [undefined]],
    ['wrongFormat: text that matches', against.wrongFormat('AB-1', /^[A-Z]{2}-\d$/, 4, 'p'), 'AB-1'],
  ])('accepts %s', (_, result, value) => {
    expect(result._unsafeUnwrap()).toEqual(value)
  })

  it.each<[string, Result<unknown, GuardFailure>, GuardFailure['problem'], string, string]>([
    ['null', against.null(null, 'p'), 'null', 'a value', 'null'],
    ['undefined', against.null(undefined, 'p'), 'null', 'a value', 'undefined'],
    [
      'white space',
      against.nullOrWhiteSpace(' \t\n\u2003', 'p'),
      'nullOrWhiteSpace',
      'text that is not blank',
      '" \t\n\u2003"',
    ],
    [
      'a number for text',
      against.nullOrWhiteSpace(7, 'p'),
      'nullOrWhiteSpace',
      'text that is not blank',
      '7',
    ],
    [
      'a list for text',
      against.nullOrWhiteSpace(['a'], 'p'),
      'nullOrWhiteSpace',
      'text that is not blank',
      'object',
    ],
    [
      'a text object for text',
      against.nullOrWhiteSpace(Object('a'), 'p'),
      'nullOrWhiteSpace',
      'text that is not blank',
      'object',
    ],
    ['text beyond the limit', against.tooLong('abcd', 3, 'p'), 'tooLong', 'at most 3 characters', '4'],
    ['text below the limit', against.tooShort('ab', 3, 'p'), 'tooShort', 'at least 3 characters', '2'],
    ['less than zero', against.negative(-5e-324, 'p'), 'negative', 'zero or more', '-5e-324'],
    ['NaN below zero', against.negative(Number.NaN, 'p'), 'negative', 'zero or more', 'NaN'],
    ['a bigint below zero', against.negative(-1n, 'p'), 'negative', 'zero or more', '-1'],
    ['zero', against.negativeOrZero(0, 'p'), 'negativeOrZero', 'more than zero', '0'],
    ['minus zero', against.negativeOrZero(-0, 'p'), 'negativeOrZero', 'more than zero', '0'],
    ['NaN as more', against.negativeOrZero(Number.NaN, 'p'), 'negativeOrZero', 'more than zero', 'NaN'],
    ['a bigint of zero', against.negativeOrZero(0n, 'p'), 'negativeOrZero', 'more than zero', '0'],
    ['below the range', against.outOfRange(0.999, 1, 10, 'p'), 'outOfRange', '1 to 10', '0.999'],
    ['above the range', against.outOfRange(11, 1, 10, 'p'), 'outOfRange', '1 to 10', '11'],
    ['NaN in a range', against.outOfRange(Number.NaN, 1, 10, 'p'), 'outOfRange', '1 to 10', 'NaN'],
    ['a bigint above', against.outOfRange(11n, 1n, 10n, 'p'), 'outOfRange', '1 to 10', '11'],
    ['half a number', against.notInteger(1.5, 'p'), 'notInteger', 'a whole number up to 2^53−1', '1.5'],
    [
      'a number that is not exact',
      against.notInteger(2 ** 53, 'p'),
      'notInteger',
      'a whole number up to 2^53−1',
      '9007199254740992',
    ],
    ['a number as text', against.notInteger('1', 'p'), 'notInteger', 'a whole number up to 2^53−1', '"1"'],
    ['a bigint as number', against.notInteger(1n, 'p'), 'notInteger', 'a whole number up to 2^53−1', '1'],
    ['an empty list', against.empty([], 'p'), 'empty', 'at least one item', '0'],
    [
      'text that does not match',
      against.wrongFormat('ab', /^\d+$/, 5, 'p'),
      'wrongFormat',
      'text that matches /^\\d+$/',
      '"ab"',
    ],
    [
      'text too long for the pattern',
      against.wrongFormat('123456', /^\d+$/, 5, 'p'),
      'tooLong',
      'at most 5 characters',
      '6',
    ],
  ])('refuses %s', (_, result, problem, expected, found) => {
    expect(result._unsafeUnwrapErr()).toEqual({
      type: 'GuardFailed',
      message: `p must be ${expected}, found ${found}`,
      path: 'p',
      problem,
      expected,
      found,
    })
  })

  it('shows only the start of a long text', () => {
    const refused = against.wrongFormat('x'.repeat(500), /^y+$/, 1_000, 'name')._unsafeUnwrapErr()

    expect(refused.found).toBe(`"${'x'.repeat(60)}…"`)
    expect(refused.message.length).toBeLessThan(150)
  })

  it('measures before it matches, so that a slow pattern never meets a long text', () => {
    const slow = /^(a+)+$/
    const hostile = `${'a'.repeat(50_000)}!`

    const refused = against.wrongFormat(hostile, slow, 20, 'name')._unsafeUnwrapErr()

    expect(refused.problem).toBe('tooLong')
  })

  it('does not let a global pattern remember where it stopped', () => {
    const pattern = /\d/g
    pattern.lastIndex = 5

    const results = [1, 2, 3].map(() => against.wrongFormat('1', pattern, 5, 'p').isOk())

    expect(results).toEqual([true, true, true])
    expect(pattern.lastIndex).toBe(5)
  })
})
