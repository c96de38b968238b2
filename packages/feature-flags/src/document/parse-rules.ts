import { booleanAt, listAt, nameAt, objectAt, type Raw, refuseOthers } from './fields.ts'
import type { FlagCondition, FlagRule, FlagServe } from './flag-document.ts'
import { parseCondition, parseConditions, type SegmentNames } from './parse-condition.ts'
import { parseServe } from './parse-serve.ts'
import { type ParsedVariants, variantAt } from './parse-variants.ts'
import type { Parsing } from './parsing.ts'
import { field, item, type Trail } from './trail.ts'

/** The rules of a flag in the order in which they are asked: by priority where they have one. */
export function parseRules(
  raw: unknown,
  at: Trail,
  variants: ParsedVariants,
  segments: SegmentNames,
  parsing: Parsing,
): readonly FlagRule[] {
  const list = listAt(raw === undefined ? [] : raw, at, parsing) ?? []
  const ids = new Set<string>()
  const taken = new Set<number>()
  const rules: FlagRule[] = []
  const priorities = new Map<FlagRule, number>()
  let lacking: Trail | undefined
  for (let index = 0; index < list.length; index++) {
    const place = item(at, index)
    const object = objectAt(list[index], place, parsing)
    if (!object) continue
    const { id, priority } = object
    if (priority === undefined) lacking ??= place
    const rule = parseRule(object, idOf(id, index, place), place, variants, segments, parsing)
    rules.push(rule)
    if (priority !== undefined) priorities.set(rule, priorityOf(priority, place))
  }
  if (priorities.size > 0) sort()
  return Object.freeze(rules)

  function idOf(value: unknown, index: number, place: Trail): string {
    const id = value === undefined ? `rule-${index + 1}` : (nameAt(value, place, 'id', parsing) ?? '')
    if (id !== '' && ids.has(id))
      parsing.findings.refuse(field(place, 'id'), 'an id that no other rule has', id)
    ids.add(id)
    return id
  }

  function priorityOf(value: unknown, place: Trail): number {
    if (!Number.isSafeInteger(value))
      parsing.findings.refuse(field(place, 'priority'), 'a whole number', value)
    else if (taken.has(value as number))
      parsing.findings.refuse(field(place, 'priority'), 'a priority that no other rule has', value)
    taken.add(value as number)
    return value as number
  }

  function sort(): void {
    if (lacking)
      parsing.findings.refuse(
        field(lacking, 'priority'),
        'a whole number, as other rules have a priority',
        undefined,
      )
    else rules.sort((one, other) => (priorities.get(one) as number) - (priorities.get(other) as number))
  }
}

function parseRule(
  raw: Raw,
  id: string,
  at: Trail,
  variants: ParsedVariants,
  segments: SegmentNames,
  parsing: Parsing,
): FlagRule {
  refuseOthers(raw, fields, at, parsing)
  const { when: rawWhen, conditions, serve: rawServe, enabled } = raw
  const when = audienceOf(rawWhen, conditions, at, segments, parsing)
  const serve = servedBy(rawServe, enabled, at, variants, parsing) ?? nothing
  return Object.freeze(when === undefined ? { id, serve } : { id, when, serve })
}

/** Stands for what was wrong; a document with findings is never served. */
const nothing: FlagServe = { variant: '' }

const fields: ReadonlySet<string> = new Set(['id', 'priority', 'enabled', 'when', 'conditions', 'serve'])

function audienceOf(
  when: unknown,
  conditions: unknown,
  at: Trail,
  segments: SegmentNames,
  parsing: Parsing,
): FlagCondition | undefined {
  if (when !== undefined && conditions !== undefined)
    parsing.findings.refuse(field(at, 'conditions'), 'no "conditions" beside "when"', conditions)
  if (when !== undefined) return parseCondition(when, field(at, 'when'), 1, segments, parsing)
  if (conditions === undefined) return
  parsing.take(1, at)
  return Object.freeze({ all: parseConditions(conditions, field(at, 'conditions'), 2, segments, parsing) })
}

/** A rule that serves nothing by itself serves on or off by whether it is enabled. */
function servedBy(
  serve: unknown,
  rawEnabled: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagServe | undefined {
  const enabled = rawEnabled === undefined ? undefined : booleanAt(rawEnabled, at, 'enabled', parsing)
  if (serve !== undefined) {
    if (enabled === false)
      parsing.findings.refuse(field(at, 'enabled'), 'no "enabled": false beside "serve"', enabled)
    return parseServe(serve, field(at, 'serve'), variants, parsing)
  }
  if (rawEnabled === undefined) return parsing.findings.refuse(field(at, 'serve'), 'what is served', serve)
  if (enabled === undefined) return
  const variant = variantAt(enabled ? 'on' : 'off', () => field(at, 'enabled'), variants, parsing)
  if (variant === undefined) return
  parsing.take(1, at)
  return enabled ? serveOn : serveOff
}

const serveOn: FlagServe = Object.freeze({ variant: 'on' })
const serveOff: FlagServe = Object.freeze({ variant: 'off' })
