import type { Json, JsonObject } from '@ashlar/kernel'
import type { Findings } from './findings.ts'
import { frozenMap } from './frozen-map.ts'
import { shownText } from './shown.ts'
import { follows, nameRule, type TextRule } from './text-rule.ts'

/** The most entries of a list or map. */
const mostEntries = 200

/** A text that follows a rule; empty after a finding. */
export function textAt(value: Json | undefined, path: string, rule: TextRule, findings: Findings): string {
  if (follows(rule, value)) return value
  findings.refuse(path, rule.expected, value)
  return ''
}

/** A text that follows a rule, where there is one. */
export function optionalTextAt(
  value: Json | undefined,
  path: string,
  rule: TextRule,
  findings: Findings,
): string | undefined {
  return value === undefined ? undefined : textAt(value, path, rule, findings)
}

/** The items of a list, each read by its path; none after a finding. */
export function listAt<Item>(
  value: Json | undefined,
  path: string,
  readItem: (item: Json, path: string) => Item,
  findings: Findings,
): readonly Item[] {
  if (!Array.isArray(value) || value.length > mostEntries) {
    const found = Array.isArray(value) ? `a list of ${value.length}` : undefined
    refuseCount(path, `a list of at most ${mostEntries}`, found, value, findings)
    return Object.freeze([])
  }
  return Object.freeze(value.map((item: Json, at) => readItem(item, `${path}[${at}]`)))
}

/** The values of a map by id, each read by its path; empty without one, and after a finding. */
export function mapAt<Value>(
  value: Json | undefined,
  path: string,
  readValue: (value: Json, path: string) => Value,
  findings: Findings,
): ReadonlyMap<string, Value> {
  if (value === undefined) return frozenMap<Value>([])
  const ids = isObject(value) ? Object.keys(value) : undefined
  if (!isObject(value) || ids === undefined || ids.length > mostEntries) {
    const found = ids === undefined ? undefined : `an object of ${ids.length}`
    refuseCount(path, `an object of at most ${mostEntries} by their ids`, found, value, findings)
    return frozenMap<Value>([])
  }
  return frozenMap(ids.map((id) => [id, readEntry(id)] as const))

  function readEntry(id: string): Value {
    const at = named(path, id)
    if (!follows(nameRule, id)) findings.refuse(at, `an id: ${nameRule.expected}`, id)
    return readValue((value as JsonObject)[id] ?? null, at)
  }
}

/** Refuses every field that there is not. */
export function refuseOthers(
  object: JsonObject,
  known: ReadonlySet<string>,
  path: string,
  findings: Findings,
): void {
  for (const name of Object.keys(object))
    if (!known.has(name))
      findings.tell(named(path, name), `one of the fields ${[...known].join(', ')}`, 'an unknown field')
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function refuseCount(
  path: string,
  expected: string,
  found: string | undefined,
  value: Json | undefined,
  findings: Findings,
): void {
  if (found === undefined) findings.refuse(path, expected, value)
  else findings.tell(path, expected, found)
}

function named(path: string, name: string): string {
  if (!/^\w{1,60}$/.test(name)) return `${path}[${shownText(name)}]`
  return path === '' ? name : `${path}.${name}`
}
