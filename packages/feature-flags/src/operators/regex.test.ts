import { describe, expect, it } from 'vitest'
import { regex } from './regex.ts'

const [matches, notMatches] = regex

function isFound(pattern: string, text: unknown) {
  expect(regex.map((operator) => operator.expects(pattern))).toEqual([undefined, undefined])
  const answer = matches?.test([pattern])(text)
  expect(notMatches?.test([pattern])(text)).toBe(answer === undefined ? undefined : !answer)
  return answer
}

describe('matches and not_matches', () => {
  it('are operators on texts, with one pattern whose case counts', () => {
    expect(
      regex.map(({ name, operand, attributes, ignoreCase }) => [name, operand, attributes, ignoreCase]),
    ).toEqual([
      ['matches', 'value', ['string'], false],
      ['not_matches', 'value', ['string'], false],
    ])
  })

  it.each<[string, string, boolean]>([
    ['@example\\.com$', 'ann@example.com', true],
    ['@example\\.com$', 'ann@example.com.evil', false],
    ['@example\\.com$', 'ann@exampleXcom', false],
    ['^qa-\\d{2,4}$', 'qa-123', true],
    ['^qa-\\d{2,4}$', 'qa-12345', false],
    ['b', 'abc', true],
    ['', '', true],
    ['^$', 'a', false],
    ['^(?:KR|JP)$', 'JP', true],
    ['^(KR|JP)$', 'JPX', false],
    ['^.$', '😀', true],
    ['^.$', '\n', false],
    ['^[가-힣]+$', '한글', true],
    ['^[가-힣]+$', '한a글', false],
    ['\\u{1F600}', 'a😀', true],
    ['\\uD83D\\uDE00', 'a😀', true],
    ['\\uD83D', '😀', false],
    ['[😀-😂]', '😁', true],
    ['\\bcat\\b', 'a cat!', true],
    ['\\bcat\\b', 'concat', false],
    ['\\Bcat', 'concat', true],
    ['[^a-c]', 'abc', false],
    ['[]', 'a', false],
    ['[^]', '\n', true],
    ['[\\b]', '\b', true],
    ['[\\d\\-x]', '-', true],
    ['a{2}', 'aa', true],
    ['^a{2,}?$', 'a', false],
    ['^(?:a{0}){3}$', '', true],
    ['(?:(?:){1000000}){1000000}', 'a', true],
    ['\\x41\\cJ\\0', 'A\n\0', true],
    ['\\s', '\ufeff', true],
    ['\\w', 'é', false],
    ['\\/', '/', true],
  ])('tells whether /%s/ is found in %j', (pattern, text, answer) => {
    expect(isFound(pattern, text)).toBe(answer)
  })

  it.each([
    ['(a+)+$', false],
    ['(a|a)*b', false],
    ['(a*)*b', false],
    ['(a|aa)+$', false],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', false],
    ['(x+x+)+y', false],
    ['(.*a){12}$', false],
    ['^(a?){500}a{500}', true],
    ['(?:a*){50}!$', true],
    ['(((a*)*)*)*b', false],
    ['\\b(?:a+\\b)*!!', false],
  ])('answer /%s/ of a long text, which makes others explode, with %s', (pattern, answer) => {
    expect(isFound(pattern, `${'a'.repeat(3_999)}!`)).toBe(answer)
  })

  it.each<[string, string]>([
    ['(a)\\1', 'a pattern without backreferences'],
    ['(?<n>a)', 'a pattern without named groups'],
    ['\\k<n>', 'a pattern without backreferences'],
    ['(?=a)', 'a pattern without lookaround'],
    ['(?!a)', 'a pattern without lookaround'],
    ['(?<=a)b', 'a pattern without lookaround'],
    ['(?<!a)b', 'a pattern without lookaround'],
    ['\\p{L}', 'a pattern without \\p{…}'],
    ['[\\P{L}]', 'a pattern without \\p{…}'],
    ['(?i:a)', 'a pattern without flags'],
    ['(?i)a', 'a pattern without flags'],
    ['a'.repeat(1_001), 'a pattern of at most 1,000 characters'],
    ['a{2000}', 'a pattern of at most 2,000 steps'],
    ['((a{100}){100}){100}', 'a pattern of at most 2,000 steps'],
    ['(((((a{9999}){9999}){9999}){9999}){9999}){9999}', 'a pattern of at most 2,000 steps'],
    ['a{99999999999999999999}', 'a pattern of at most 2,000 steps'],
    [`a{${'9'.repeat(500)}}`, 'a pattern of at most 2,000 steps'],
    ...[
      '(',
      ')',
      '(a',
      'a)',
      '[',
      '[a',
      ']',
      '{',
      '}',
      'a{',
      'a{1',
      'a{,2}',
      '*',
      'a**',
      'a+*',
      '+',
      '?',
      'a???',
    ].map((pattern): [string, string] => [pattern, 'a regular expression']),
    ...[
      '^*',
      '\\b+',
      '$?',
      'a{2,1}',
      '[b-a]',
      '[\\d-z]',
      '[a-\\w]',
      '\\',
      '[\\',
      '\\q',
      '\\-',
      '\\u',
      '\\u{}',
    ].map((pattern): [string, string] => [pattern, 'a regular expression']),
    ...['\\u{110000}', '\\x4', '\\01', '\\c', '\\U0041', '(?', '(?:', '(?:a', '[\\B]', 'a|*'].map(
      (pattern): [string, string] => [pattern, 'a regular expression'],
    ),
  ])('refuse /%s/: it must be %s', (pattern, expected) => {
    expect(regex.map((operator) => operator.expects(pattern))).toEqual([expected, expected])
  })

  it('refuse what is no text', () => {
    expect(matches?.expects(5)).toBe('a regular expression')
    expect(matches?.expects(true)).toBe('a regular expression')
  })

  it('take patterns up to the borders', () => {
    expect(isFound('a'.repeat(1_000), 'a'.repeat(1_000))).toBe(true)
    expect(isFound('a{1999}', 'a'.repeat(1_999))).toBe(true)
    expect(isFound(`${'('.repeat(499)}a${')'.repeat(499)}`, 'a')).toBe(true)
  })

  it('can not be asked of a text of more than 4,000 characters, or of no text', () => {
    expect(isFound('a', 'a'.repeat(4_000))).toBe(true)
    expect(isFound('a', 'a'.repeat(4_001))).toBeUndefined()
    expect([1, true, null, {}, ['a'], new Date(0), Symbol('a')].map((value) => isFound('.', value))).toEqual(
      Array(7).fill(undefined),
    )
  })

  it('keep nothing of one text for the next one', () => {
    const test = matches?.test(['^ab|cd$'])

    expect(['a', 'b', 'c', 'ab', 'xd', 'd', 'xcd', ''].map((text) => test?.(text))).toEqual([
      false,
      false,
      false,
      true,
      false,
      false,
      true,
      false,
    ])
  })

  it('throw where the pattern was not checked', () => {
    expect(() => matches?.test(['('])).toThrow(new TypeError('"(" is not a regular expression'))
  })
})
