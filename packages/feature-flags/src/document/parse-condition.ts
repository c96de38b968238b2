import { filledListAt, nameAt, objectAt, refuseOthers } from './fields.ts'
import type { FlagCondition } from './flag-document.ts'
import { parseAttributeCondition } from './parse-attribute-condition.ts'
import type { Parsing } from './parsing.ts'
import { field, item, type Trail } from './trail.ts'

/** How many conditions may stand inside each other, those of segments included. */
export const maxDepth = 64

/** What tells conditions which segments there are. */
export interface SegmentNames {
  refer(name: string, at: Trail, depth: number, parsing: Parsing): void
}

/** A condition with all that is in it; undefined after a finding. */
export function parseCondition(
  raw: unknown,
  at: Trail,
  depth: number,
  segments: SegmentNames,
  parsing: Parsing,
): FlagCondition | undefined {
  if (depth > maxDepth)
    return parsing.findings.tell(
      at,
      () => `at most ${maxDepth} conditions inside each other`,
      () => 'one more',
    )
  const object = objectAt(raw, at, parsing)
  if (!object) return
  const { attribute, operator, all, any, not, segment } = object
  if (attribute !== undefined || operator !== undefined) return parseAttributeCondition(object, at, parsing)
  if (all !== undefined) {
    refuseOthers(object, onlyAll, at, parsing)
    return Object.freeze({ all: parseConditions(all, field(at, 'all'), depth + 1, segments, parsing) })
  }
  if (any !== undefined) {
    refuseOthers(object, onlyAny, at, parsing)
    return Object.freeze({ any: parseConditions(any, field(at, 'any'), depth + 1, segments, parsing) })
  }
  if (not !== undefined) {
    refuseOthers(object, onlyNot, at, parsing)
    const opposite = parseCondition(not, field(at, 'not'), depth + 1, segments, parsing)
    return opposite && Object.freeze({ not: opposite })
  }
  if (segment === undefined)
    return parsing.findings.refuse(at, 'one of all, any, not, segment and attribute', raw)
  refuseOthers(object, onlySegment, at, parsing)
  const name = nameAt(segment, at, 'segment', parsing)
  if (name === undefined) return
  segments.refer(name, field(at, 'segment'), depth, parsing)
  return Object.freeze({ segment: name })
}

const onlyAll: ReadonlySet<string> = new Set(['all'])
const onlyAny: ReadonlySet<string> = new Set(['any'])
const onlyNot: ReadonlySet<string> = new Set(['not'])
const onlySegment: ReadonlySet<string> = new Set(['segment'])

/** At least one condition; a rule for everybody has none, and says so by having no such list. */
export function parseConditions(
  raw: unknown,
  at: Trail,
  depth: number,
  segments: SegmentNames,
  parsing: Parsing,
): readonly FlagCondition[] {
  const list = filledListAt(raw, 'at least one condition', at, parsing)
  const conditions: FlagCondition[] = []
  for (let index = 0; index < list.length; index++) {
    const condition = parseCondition(list[index], item(at, index), depth, segments, parsing)
    if (condition) conditions.push(condition)
  }
  return Object.freeze(conditions)
}
