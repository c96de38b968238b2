import { momentOf } from './iso-moment.ts'
import { wantedName, wantedText } from './names.ts'
import type { Parsing } from './parsing.ts'
import { field, isWord, named, type Trail } from './trail.ts'

/** What came in for an object, nothing of it checked but that it is one. */
export type Raw = { readonly [key: string]: unknown }

/** A plain object of which one part more is counted; undefined after a finding. */
export function objectAt(value: unknown, at: Trail | undefined, parsing: Parsing): Raw | undefined {
  if (!isPlainObject(value)) return parsing.findings.refuse(at, 'an object', value)
  return parsing.take(1, at) ? value : undefined
}

/** The items of a list, counted and read once; undefined after a finding. */
export function listAt(
  value: unknown,
  at: Trail | undefined,
  parsing: Parsing,
): readonly unknown[] | undefined {
  if (!Array.isArray(value)) return parsing.findings.refuse(at, 'a list', value)
  const length = lengthOf(value)
  if (length === undefined) return parsing.findings.refuse(at, 'a list that tells how long it is', value)
  if (!parsing.take(1 + length, at)) return
  const items: unknown[] = []
  for (let index = 0; index < length; index++) items.push(value[index])
  return items
}

/** The items of a list that may not be empty; none after a finding. */
export function filledListAt(
  value: unknown,
  expected: string,
  at: Trail,
  parsing: Parsing,
): readonly unknown[] {
  const items = listAt(value, at, parsing)
  if (items?.length === 0) parsing.findings.refuse(at, expected, items)
  return items ?? []
}

/** How long a list says it is; undefined where a proxy tells what no list can be. */
export function lengthOf({ length }: { readonly length: unknown }): number | undefined {
  return Number.isSafeInteger(length) && (length as number) >= 0 ? (length as number) : undefined
}

/** Refuses every field that the format doesn't have here. */
export function refuseOthers(
  raw: Raw,
  fields: ReadonlySet<string>,
  at: Trail | undefined,
  parsing: Parsing,
): void {
  for (const key of Object.keys(raw))
    if (!fields.has(key))
      parsing.findings.tell(
        isWord(key) ? field(at, key) : named(at, key),
        () => `one of the fields ${[...fields].join(', ')}`,
        () => 'an unknown field',
      )
}

/** True or false; undefined after a finding. */
export function booleanAt(
  value: unknown,
  up: Trail | undefined,
  name: string,
  parsing: Parsing,
): boolean | undefined {
  if (typeof value === 'boolean') return value
  return parsing.findings.refuse(field(up, name), 'true or false', value)
}

/** A text of reasonable length; undefined after a finding. */
export function textAt(
  value: unknown,
  up: Trail | undefined,
  name: string,
  parsing: Parsing,
): string | undefined {
  return checkedText(value, 'a text', wantedText, () => field(up, name), parsing)
}

/** A name that no object has by itself; undefined after a finding. */
export function nameAt(
  value: unknown,
  up: Trail | undefined,
  name: string,
  parsing: Parsing,
): string | undefined {
  return checkedText(value, 'a name', wantedName, () => field(up, name), parsing)
}

function checkedText(
  value: unknown,
  expected: string,
  wanted: (text: string) => string | undefined,
  at: () => Trail,
  { findings }: Parsing,
): string | undefined {
  if (typeof value !== 'string') return findings.refuse(at(), expected, value)
  const better = wanted(value)
  return better === undefined ? value : findings.refuse(at(), better, value)
}

/** A whole number of a range; undefined after a finding. */
export function wholeAt(
  value: unknown,
  at: () => Trail,
  least: number,
  most: number,
  { findings }: Parsing,
): number | undefined {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most)
    return value === 0 ? 0 : (value as number)
  const isAll = most === Number.MAX_SAFE_INTEGER
  return findings.refuse(
    at(),
    isAll ? `a whole number from ${least}` : `a whole number from ${least} to ${most}`,
    value,
  )
}

/** A moment as its milliseconds; undefined after a finding. */
export function momentAt(
  value: unknown,
  up: Trail | undefined,
  name: string,
  parsing: Parsing,
): number | undefined {
  const moment = typeof value === 'string' && hasTime.test(value) ? momentOf(value) : Number.NaN
  if (moment >= firstMoment && moment <= lastMoment) return moment
  return parsing.findings.refuse(
    field(up, name),
    'a date and time with its zone, such as 2026-05-01T09:00:00Z',
    value,
  )
}

/** A day alone begins elsewhere at another moment. */
const hasTime = /^.{10}T\d\d:\d\d:/
/** Between them years have four digits in UTC, too, which is what can be read again. */
const firstMoment = Date.parse('1000-01-01T00:00:00Z')
const lastMoment = Date.parse('9999-12-31T23:59:59.999Z')

/** A moment in the one spelling that documents have. */
export function isoOf(moment: number): string {
  return new Date(moment).toISOString()
}

export function isPlainObject(value: unknown): value is Raw {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
