import { type CodePoints, except, inOrder, lineEnds, only } from './code-points.ts'
import { escapeOf } from './escape.ts'
import { assertion, choice, type Pattern, points, repeat, sequence } from './pattern.ts'
import { PatternText } from './pattern-text.ts'

/** Reads a regular expression as JavaScript writes it under the flag `u`, or tells what it must be. */
export function parsePattern(text: string): Pattern | string {
  const source = new PatternText(text)
  const pattern = alternatives(source)
  if (!source.atEnd) source.refuse()
  return source.refused ?? pattern
}

function alternatives(source: PatternText): Pattern {
  const options = [terms(source)]
  while (source.take('|')) options.push(terms(source))
  return options.length === 1 ? (options[0] as Pattern) : choice(options)
}

function terms(source: PatternText): Pattern {
  const parts: Pattern[] = []
  while (!source.atEnd && !source.sees('|') && !source.sees(')')) parts.push(term(source))
  return sequence(parts)
}

function term(source: PatternText): Pattern {
  if (source.take('^')) return assertion('start')
  if (source.take('$')) return assertion('end')
  if (source.take('\\b')) return assertion('boundary')
  if (source.take('\\B')) return assertion('noBoundary')
  return repeated(atom(source), source)
}

function atom(source: PatternText): Pattern {
  if (source.take('(')) return group(source)
  if (source.take('[')) return points(characterClass(source))
  if (source.take('.')) return points(except(lineEnds))
  if (source.take('\\')) return points(escapeOf(source, false))
  const character = source.next()
  if ('*+?{}])'.includes(character)) source.refuse()
  return points(only(character))
}

function group(source: PatternText): Pattern {
  if (source.take('?') && !source.take(':')) refuseGroup(source)
  const inside = alternatives(source)
  if (!source.take(')')) source.refuse()
  return inside
}

function refuseGroup(source: PatternText): void {
  const looksAround = ['=', '!', '<=', '<!'].some((start) => source.sees(start))
  if (looksAround) source.refuse('a pattern without lookaround')
  else if (source.sees('<')) source.refuse('a pattern without named groups')
  else if (source.takeMatch(/[ims-]/y)) source.refuse('a pattern without flags')
  else source.refuse()
}

/** Lazy or greedy, the same texts match. */
function repeated(part: Pattern, source: PatternText): Pattern {
  const [min, max] = quantifier(source)
  if (min === 1 && max === 1) return part
  source.take('?')
  if (min > max) source.refuse()
  return repeat(part, min, max)
}

function quantifier(source: PatternText): [min: number, max: number] {
  if (source.take('*')) return [0, Number.POSITIVE_INFINITY]
  if (source.take('+')) return [1, Number.POSITIVE_INFINITY]
  if (source.take('?')) return [0, 1]
  const counted = source.takeMatch(/\{(\d+)(?:(,)(\d*))?\}/y)
  if (counted === undefined) return [1, 1]
  const [, min, comma, max] = counted
  if (comma === undefined) return [Number(min), Number(min)]
  return [Number(min), max === '' ? Number.POSITIVE_INFINITY : Number(max)]
}

function characterClass(source: PatternText): CodePoints {
  const negated = source.take('^')
  const members: number[] = []
  while (!source.take(']')) {
    if (source.atEnd) source.refuse()
    if (source.refused !== undefined) return []
    const from = classMember(source)
    const isRange = source.sees('-') && !source.sees('-]') && source.take('-')
    members.push(...(isRange ? range(from, classMember(source), source) : from))
  }
  return negated ? except(members) : inOrder(members)
}

function classMember(source: PatternText): CodePoints {
  return source.take('\\') ? escapeOf(source, true) : only(source.next())
}

function range(from: CodePoints, to: CodePoints, source: PatternText): CodePoints {
  const [first = 0, same] = from
  const [last = 0, sameToo] = to
  const isOfSingles = from.length === 2 && to.length === 2 && first === same && last === sameToo
  if (!isOfSingles || first > last) source.refuse()
  return [first, last]
}
