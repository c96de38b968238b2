import { checkDefinition } from './declared-flag.ts'
import { booleanAt, isoOf, momentAt, objectAt, type Raw, refuseOthers, textAt } from './fields.ts'
import type { DocumentedFlag, FlagBucketing, FlagSchedule, FlagServe } from './flag-document.ts'
import { holdoutAt, type LayerSlices } from './layers.ts'
import { checkDraws, type SharedDraws } from './own-draws.ts'
import type { SegmentNames } from './parse-condition.ts'
import { parseMetadata } from './parse-metadata.ts'
import { parseOverrides } from './parse-overrides.ts'
import { parseRules } from './parse-rules.ts'
import { bucketedBy, parseServe, percentageSplit } from './parse-serve.ts'
import { type ParsedVariants, parseVariants, variantAt } from './parse-variants.ts'
import type { Parsing } from './parsing.ts'
import type { Prerequisites } from './prerequisites.ts'
import { field, type Trail } from './trail.ts'

/** What the flags of a document refer to beside their own variants. */
export interface Surroundings {
  readonly segments: SegmentNames
  readonly layers: LayerSlices
  readonly shared: SharedDraws
  readonly prerequisites: Prerequisites
  /** The variants of flags that were read. */
  readonly variants: Map<string, ParsedVariants>
}

/** One flag in the one spelling; what comes back after findings is not for use. */
export function parseFlag(
  rawFlag: unknown,
  key: string,
  at: Trail,
  around: Surroundings,
  parsing: Parsing,
): DocumentedFlag | undefined {
  const raw = objectAt(rawFlag, at, parsing)
  if (!raw) return
  refuseOthers(raw, fields, at, parsing)
  const { enabled, type: rawType, variants: rawVariants, overrides, schedule, prerequisites } = raw
  const { holdout, layer, bucketing, rules, metadata } = raw
  const variants = parseVariants(rawType, rawVariants, at, parsing)
  around.variants.set(key, variants)
  checkDefinition(key, variants, at, parsing)
  const flag: Mutable<DocumentedFlag> = {
    enabled: booleanAt(enabled, at, 'enabled', parsing) ?? false,
    type: variants.type ?? 'boolean',
    variants: variants.values,
    bucketing: parseBucketing(bucketing, key, field(at, 'bucketing'), parsing),
    rules: parseRules(rules, field(at, 'rules'), variants, around.segments, parsing),
  }
  const offVariant = offVariantOf(raw, at, variants, parsing)
  if (offVariant !== undefined) flag.offVariant = offVariant
  const defaultVariant = defaultVariantOf(raw, at, variants, parsing)
  if (defaultVariant !== undefined) flag.defaultVariant = defaultVariant
  if (overrides !== undefined)
    flag.overrides = parseOverrides(overrides, field(at, 'overrides'), variants, parsing)
  if (schedule !== undefined) flag.schedule = parseSchedule(schedule, field(at, 'schedule'), parsing)
  if (prerequisites !== undefined)
    flag.prerequisites = around.prerequisites.parse(prerequisites, key, field(at, 'prerequisites'), parsing)
  const heldOut = holdout === undefined ? undefined : holdoutAt(holdout, around.shared.holdouts, at, parsing)
  if (heldOut !== undefined) flag.holdout = heldOut
  const slice = layer === undefined ? undefined : around.layers.parse(layer, key, field(at, 'layer'), parsing)
  if (slice) flag.layer = slice
  const fallthrough = fallthroughOf(raw, at, variants, parsing)
  if (fallthrough) flag.fallthrough = fallthrough
  checkDraws(flag, around.shared, at, parsing)
  if (metadata !== undefined) flag.metadata = parseMetadata(metadata, field(at, 'metadata'), parsing)
  return Object.freeze(flag)
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] }

const fields: ReadonlySet<string> = new Set([
  'enabled',
  'type',
  'variants',
  'offVariant',
  'defaultVariant',
  'defaultEnabled',
  'overrides',
  'schedule',
  'prerequisites',
  'holdout',
  'layer',
  'bucketing',
  'rules',
  'fallthrough',
  'percentageRollout',
  'metadata',
])

function offVariantOf({ offVariant }: Raw, at: Trail, variants: ParsedVariants, parsing: Parsing) {
  if (offVariant === undefined) return
  return variantAt(offVariant, () => field(at, 'offVariant'), variants, parsing)
}

/** Also as the seed spells it: on or off. */
function defaultVariantOf(
  { defaultVariant, defaultEnabled }: Raw,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): string | undefined {
  if (defaultEnabled !== undefined) {
    if (defaultVariant !== undefined)
      parsing.findings.refuse(
        field(at, 'defaultEnabled'),
        'no "defaultEnabled" beside "defaultVariant"',
        defaultEnabled,
      )
    const isOn = booleanAt(defaultEnabled, at, 'defaultEnabled', parsing)
    if (isOn === undefined) return
    return variantAt(isOn ? 'on' : 'off', () => field(at, 'defaultEnabled'), variants, parsing)
  }
  if (defaultVariant === undefined) return
  return variantAt(defaultVariant, () => field(at, 'defaultVariant'), variants, parsing)
}

/** Also as the seed spells it: a percentage that is on. */
function fallthroughOf(
  { fallthrough, percentageRollout }: Raw,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagServe | undefined {
  const served =
    fallthrough === undefined
      ? undefined
      : parseServe(fallthrough, field(at, 'fallthrough'), variants, parsing)
  if (percentageRollout === undefined) return served
  const place = field(at, 'percentageRollout')
  if (fallthrough !== undefined)
    parsing.findings.refuse(place, 'no "percentageRollout" beside "fallthrough"', percentageRollout)
  for (const name of ['on', 'off']) variantAt(name, () => place, variants, parsing)
  return percentageSplit(percentageRollout, place, parsing)
}

function parseSchedule(raw: unknown, at: Trail, parsing: Parsing): FlagSchedule {
  const object = objectAt(raw, at, parsing)
  if (!object) return {}
  refuseOthers(object, scheduleFields, at, parsing)
  const from = object.from === undefined ? undefined : momentAt(object.from, at, 'from', parsing)
  const until = object.until === undefined ? undefined : momentAt(object.until, at, 'until', parsing)
  if (object.from === undefined && object.until === undefined)
    parsing.findings.refuse(at, 'from, until or both', object)
  if (from !== undefined && until !== undefined && from >= until)
    parsing.findings.refuse(field(at, 'until'), `a moment after ${isoOf(from)}`, object.until)
  return Object.freeze({
    ...(from !== undefined && { from: isoOf(from) }),
    ...(until !== undefined && { until: isoOf(until) }),
  })
}

const scheduleFields: ReadonlySet<string> = new Set(['from', 'until'])

function parseBucketing(raw: unknown, key: string, at: Trail, parsing: Parsing): FlagBucketing {
  const object = objectAt(raw === undefined ? {} : raw, at, parsing)
  if (!object) return Object.freeze({ algorithm, salt: key, by: 'targetingKey' })
  refuseOthers(object, bucketingFields, at, parsing)
  const { algorithm: rawAlgorithm, salt, by } = object
  if (rawAlgorithm !== undefined && rawAlgorithm !== algorithm)
    parsing.findings.refuse(field(at, 'algorithm'), `the algorithm "${algorithm}"`, rawAlgorithm)
  return Object.freeze({
    algorithm,
    salt: (salt === undefined ? undefined : textAt(salt, at, 'salt', parsing)) ?? key,
    by: (by === undefined ? undefined : bucketedBy(by, at, parsing)) ?? 'targetingKey',
  })
}

const algorithm = 'murmur3-utf8/1'
const bucketingFields: ReadonlySet<string> = new Set(['algorithm', 'salt', 'by'])
