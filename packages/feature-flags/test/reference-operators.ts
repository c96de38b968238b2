import type { OperandValue } from '@ashlar/feature-flags'

/** What an operator answers: true, false, or that the value is of a kind that it can't ask. */
export type Answer = boolean | undefined

/** The operators in a few words each, to judge the built-in ones by. */
export const referenceOperators: {
  readonly [name: string]: (found: unknown, operands: readonly OperandValue[]) => Answer
} = {
  equals: (found, [operand]) => (typeof found === typeof operand ? found === operand : undefined),
  in: (found, operands) =>
    operands.some((operand) => typeof operand === typeof found)
      ? operands.some((operand) => operand === found)
      : undefined,
  contains: (found, [operand]) => {
    if (typeof found === 'string') return typeof operand === 'string' ? found.includes(operand) : undefined
    return Array.isArray(found) ? found.includes(operand) : undefined
  },
  contains_any: (found, operands) =>
    Array.isArray(found) ? operands.some((operand) => found.includes(operand)) : undefined,
  contains_all: (found, operands) =>
    Array.isArray(found) ? operands.every((operand) => found.includes(operand)) : undefined,
  starts_with: (found, [operand]) => ofText(found, (text) => text.startsWith(String(operand))),
  ends_with: (found, [operand]) => ofText(found, (text) => text.endsWith(String(operand))),
  gt: (found, [operand]) => ofNumber(found, (number) => number > Number(operand)),
  gte: (found, [operand]) => ofNumber(found, (number) => number >= Number(operand)),
  lt: (found, [operand]) => ofNumber(found, (number) => number < Number(operand)),
  lte: (found, [operand]) => ofNumber(found, (number) => number <= Number(operand)),
  before: (found, [operand]) => ofMoment(found, (moment) => moment < Date.parse(String(operand))),
  after: (found, [operand]) => ofMoment(found, (moment) => moment >= Date.parse(String(operand))),
  semver_equals: (found, [operand]) => ofVersions(found, operand, (order) => order === 0),
  semver_gt: (found, [operand]) => ofVersions(found, operand, (order) => order > 0),
  semver_gte: (found, [operand]) => ofVersions(found, operand, (order) => order >= 0),
  semver_lt: (found, [operand]) => ofVersions(found, operand, (order) => order < 0),
  semver_lte: (found, [operand]) => ofVersions(found, operand, (order) => order <= 0),
}

/** The operators that answer the opposite of another. */
export const opposites: { readonly [name: string]: string } = {
  not_equals: 'equals',
  not_in: 'in',
  not_contains: 'contains',
  contains_none: 'contains_any',
}

function ofText(found: unknown, ask: (text: string) => boolean): Answer {
  return typeof found === 'string' ? ask(found) : undefined
}

function ofNumber(found: unknown, ask: (number: number) => boolean): Answer {
  return typeof found === 'number' ? ask(found) : undefined
}

/** A Date, or a text that is a moment with its zone. */
function ofMoment(found: unknown, ask: (moment: number) => boolean): Answer {
  const isText =
    typeof found === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(found)
  const moment = found instanceof Date ? found.getTime() : isText ? Date.parse(found) : Number.NaN
  return Number.isNaN(moment) ? undefined : ask(moment)
}

function ofVersions(found: unknown, operand: unknown, ask: (order: number) => boolean): Answer {
  const [one, other] = [versionOf(found), versionOf(operand)]
  return one && other ? ask(orderOf(one, other)) : undefined
}

interface Version {
  readonly numbers: readonly string[]
  readonly before: readonly string[]
}

function versionOf(value: unknown): Version | undefined {
  const parts =
    typeof value === 'string'
      ? /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$/.exec(value)
      : null
  return parts ? { numbers: parts.slice(1, 4), before: parts[4]?.split('.') ?? [] } : undefined
}

/** As semver.org has it in its article 11. */
function orderOf(one: Version, other: Version): number {
  for (const place of [0, 1, 2]) {
    const order = Number(one.numbers[place]) - Number(other.numbers[place])
    if (order !== 0) return order
  }
  if (one.before.length === 0 || other.before.length === 0) return other.before.length - one.before.length
  for (let place = 0; ; place++) {
    const [left, right] = [one.before[place], other.before[place]]
    if (left === undefined || right === undefined) return left === right ? 0 : left === undefined ? -1 : 1
    const [isNumber, isOtherNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
    if (isNumber !== isOtherNumber) return isNumber ? -1 : 1
    const order = isNumber ? Number(left) - Number(right) : left < right ? -1 : left > right ? 1 : 0
    if (order !== 0) return order
  }
}
