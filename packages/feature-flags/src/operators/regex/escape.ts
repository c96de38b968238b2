import { type CodePoints, digits, except, only, whiteSpace, wordCharacters } from './code-points.ts'
import type { PatternText } from './pattern-text.ts'

/** Reads what follows a backslash. */
export function escapeOf(source: PatternText, inClass: boolean): CodePoints {
  const point = codedPoint(source)
  if (point !== undefined) return [point, point]
  const letter = source.next()
  const points = named.get(letter)
  if (points !== undefined) return points
  if (inClass && letter === 'b') return only('\b')
  if (letter !== '' && (syntax.includes(letter) || (inClass && letter === '-'))) return only(letter)
  if (/[1-9k]/.test(letter)) source.refuse('a pattern without backreferences')
  else if (/p/i.test(letter)) source.refuse('a pattern without \\p{…}')
  else source.refuse()
  return []
}

/** `\u{1F600}`, `\uD83D\uDE00`, `\u00e9`, `\xe9`, `\cJ` and `\0`. */
function codedPoint(source: PatternText): number | undefined {
  const [all, pointed, high, low, unit, byte, control] = source.takeMatch(coded) ?? []
  if (all === undefined) return
  if (control !== undefined) return control.charCodeAt(0) & 31
  if (high !== undefined) return String.fromCharCode(hex(high), hex(low)).codePointAt(0)
  const point = hex(pointed ?? unit ?? byte ?? '0')
  if (point > 0x10ffff) source.refuse()
  return point
}

const coded =
  /u\{([\da-fA-F]+)\}|u([dD][89abAB][\da-fA-F]{2})\\u([dD][c-fC-F][\da-fA-F]{2})|u([\da-fA-F]{4})|x([\da-fA-F]{2})|c([a-zA-Z])|0(?!\d)/y

function hex(digits: string | undefined): number {
  return Number.parseInt(digits ?? '', 16)
}

const syntax = '^$\\.*+?()[]{}|/'

const named: ReadonlyMap<string, CodePoints> = new Map([
  ['d', digits],
  ['D', except(digits)],
  ['w', wordCharacters],
  ['W', except(wordCharacters)],
  ['s', whiteSpace],
  ['S', except(whiteSpace)],
  ['t', only('\t')],
  ['n', only('\n')],
  ['v', only('\v')],
  ['f', only('\f')],
  ['r', only('\r')],
])
