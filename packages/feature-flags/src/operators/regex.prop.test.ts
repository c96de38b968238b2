import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { regex } from './regex.ts'

const [matches] = regex
const numRuns = 20_000
/** The native engine takes minutes for some patterns; what this seed makes has none of them. */
const quick = 2026

const literal = fc.constantFrom(
  ...['a', 'b', 'c', '1', '_', ' ', '-', '😀', '가', '힣', 'é', '\\.', '\\*', '\\/', '\\n', '\\t', '\\cJ'],
  ...['\\u0061', '\\u{1F600}', '\\x62', '\\uD83D\\uDE00', '\\uD83D', '\\0'],
)
const shorthand = fc.constantFrom('\\d', '\\w', '\\s', '\\D', '\\W', '\\S')
const member = fc.oneof(
  fc.constantFrom('a', 'b', '1', '_', '😀', '가', '\\-', '\\]', '\\b', '\\n'),
  fc.constantFrom('a-c', '0-9', '가-힣', '😀-😂', '\\u{61}-\\x63', '!-~'),
  shorthand,
)
const characterClass = fc
  .tuple(fc.constantFrom('', '^'), fc.array(member, { maxLength: 3 }), fc.constantFrom('', '', '-'))
  .map(([negation, members, end]) => `[${negation}${members.join('')}${end}]`)
const quantifier = fc
  .tuple(
    fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,}', '{0,2}', '{1,3}', '{0}'),
    fc.constantFrom('', '?'),
  )
  .map(([count, lazy]) => (count === '' ? '' : count + lazy))
const { pattern } = fc.letrec<{ atom: string; term: string; pattern: string }>((tie) => ({
  atom: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: literal, weight: 4 },
    { arbitrary: fc.oneof(fc.constant('.'), characterClass, shorthand), weight: 3 },
    {
      arbitrary: fc
        .tuple(fc.constantFrom('(', '(?:'), tie('pattern'))
        .map(([open, inside]) => `${open}${inside})`),
      weight: 2,
    },
  ),
  term: fc.oneof(
    { arbitrary: fc.tuple(tie('atom'), quantifier).map((parts) => parts.join('')), weight: 7 },
    { arbitrary: fc.constantFrom('^', '$', '\\b', '\\B'), weight: 1 },
  ),
  pattern: fc
    .array(
      fc.array(tie('term'), { maxLength: 4, depthIdentifier: 'p' }).map((terms) => terms.join('')),
      { minLength: 1, maxLength: 3 },
    )
    .map((options) => options.join('|')),
}))
const text = fc.string({
  unit: fc.constantFrom(
    'a',
    'b',
    'c',
    'A',
    '1',
    '_',
    ' ',
    '\n',
    '-',
    '😀',
    '😁',
    '가',
    '힣',
    'é',
    '\u2028',
    '\ud83d',
    '\ude00',
    '\0',
  ),
  maxLength: 7,
})

/** Asks the native engine at each code point, since its search also looks between the halves of one. */
function nativeFinds(native: RegExp, within: string): boolean {
  for (let at = 0; at <= within.length; at += (within.codePointAt(at) ?? 0) > 0xffff ? 2 : 1) {
    native.lastIndex = at
    if (native.test(within)) return true
  }
  return false
}

function nativeOf(source: string): RegExp | undefined {
  try {
    return new RegExp(source, 'uy')
  } catch {
    return
  }
}

describe('matches, whatever the pattern', () => {
  it('finds what the native engine finds', () => {
    let found = 0
    fc.assert(
      fc.property(pattern, text, text, (source, one, other) => {
        const native = nativeOf(source)
        fc.pre(native !== undefined)
        const test = matches?.test([source])

        for (const within of [one, other]) {
          const isFound = nativeFinds(native, within)
          if (isFound) found++
          expect(test?.(within)).toBe(isFound)
        }
      }),
      { numRuns, seed: quick },
    )
    expect(found).toBeGreaterThan(numRuns / 4)
    expect(found).toBeLessThan(numRuns * 2 - numRuns / 4)
  })

  it('takes for a pattern what the native engine takes for one, unless it names what it leaves out', () => {
    const token = fc.constantFrom(
      ...[
        'a',
        'b',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '*',
        '+',
        '?',
        '|',
        '^',
        '$',
        '\\',
        '.',
        '-',
        ',',
        '1',
        '/',
        '😀',
      ],
      ...[
        '\\d',
        '\\b',
        '\\B',
        '\\u',
        '\\u{',
        '\\x',
        '\\c',
        '\\0',
        '{2}',
        '{1,',
        '(?:',
        '(?',
        '[^',
        'a-',
        '\\-',
        '\\U',
      ],
    )
    fc.assert(
      fc.property(fc.array(token, { maxLength: 7 }), (tokens) => {
        const source = tokens.join('')
        const expected = matches?.expects(source)

        if (expected?.startsWith('a pattern without')) return
        expect(expected === undefined).toBe(nativeOf(source) !== undefined)
      }),
      { numRuns },
    )
  })
})
