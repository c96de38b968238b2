import { checkAttribute } from './declared-attributes.ts'
import {
  filledListAt,
  isoOf,
  momentAt,
  nameAt,
  objectAt,
  type Raw,
  refuseOthers,
  textAt,
  wholeAt,
} from './fields.ts'
import type { FlagDraw, FlagRamp, FlagRange, FlagServe } from './flag-document.ts'
import { type ParsedVariants, variantAt } from './parse-variants.ts'
import type { Parsing } from './parsing.ts'
import { field, item, named, type Trail } from './trail.ts'

/** What is served, of variants that there are; undefined after a finding. */
export function parseServe(
  raw: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagServe | undefined {
  if (typeof raw === 'string') {
    parsing.take(1, at)
    return constant(raw, at, variants, parsing)
  }
  const object = objectAt(raw, at, parsing)
  if (!object) return
  const { variant, split, ranges, of, ramp } = object
  if (variant !== undefined) {
    refuseOthers(object, variantFields, at, parsing)
    return constant(variant, field(at, 'variant'), variants, parsing)
  }
  if (split !== undefined) {
    refuseOthers(object, splitFields, at, parsing)
    const weights = parseSplit(split, field(at, 'split'), variants, parsing)
    return Object.freeze({ split: weights, ...drawOf(object, at, parsing) })
  }
  if (ranges !== undefined) {
    refuseOthers(object, rangesFields, at, parsing)
    const whole = wholeAt(of, () => field(at, 'of'), 1, mostWeight, parsing)
    const parts = parseRanges(ranges, whole ?? mostWeight, field(at, 'ranges'), variants, parsing)
    return Object.freeze({ ranges: parts, of: whole ?? 1, ...drawOf(object, at, parsing) })
  }
  if (ramp === undefined) return parsing.findings.refuse(at, 'one of variant, split, ranges and ramp', raw)
  refuseOthers(object, rampFields, at, parsing)
  const grown = parseRamp(ramp, field(at, 'ramp'), variants, parsing)
  return grown && Object.freeze({ ramp: grown, ...drawOf(object, at, parsing) })
}

const mostWeight = 2 ** 31 - 1
const variantFields: ReadonlySet<string> = new Set(['variant'])
const splitFields: ReadonlySet<string> = new Set(['split', 'salt', 'by'])
const rangesFields: ReadonlySet<string> = new Set(['ranges', 'of', 'salt', 'by'])
const rampFields: ReadonlySet<string> = new Set(['ramp', 'salt', 'by'])

function constant(
  value: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagServe | undefined {
  const variant = variantAt(value, () => at, variants, parsing)
  return variant === undefined ? undefined : Object.freeze({ variant })
}

/** By which attribute and salt a part of a flag draws. */
function drawOf({ salt: rawSalt, by: rawBy }: Raw, at: Trail, parsing: Parsing): FlagDraw {
  const salt = rawSalt === undefined ? undefined : textAt(rawSalt, at, 'salt', parsing)
  const by = rawBy === undefined ? undefined : bucketedBy(rawBy, at, parsing)
  return { ...(salt !== undefined && { salt }), ...(by !== undefined && { by }) }
}

/** The name of an attribute by which users are put into buckets; undefined after a finding. */
export function bucketedBy(value: unknown, up: Trail, parsing: Parsing): string | undefined {
  const by = nameAt(value, up, 'by', parsing)
  if (by !== undefined) checkAttribute(by, up, 'by', undefined, parsing)
  return by
}

function parseSplit(raw: unknown, at: Trail, variants: ParsedVariants, parsing: Parsing) {
  const object = objectAt(raw, at, parsing) ?? {}
  const weights: { [variant: string]: number } = {}
  let sum = 0
  let isWhole = true
  for (const name of Object.keys(object)) {
    const weight = wholeAt(object[name], () => named(at, name), 0, Number.MAX_SAFE_INTEGER, parsing)
    const variant = variantAt(name, () => named(at, name), variants, parsing)
    if (weight === undefined) isWhole = false
    else sum += weight
    if (variant !== undefined) weights[variant] = weight ?? 0
  }
  if (isWhole && object === raw && (sum === 0 || sum > mostWeight))
    parsing.findings.tell(at, `weights whose sum is from 1 to ${mostWeight}`, () => `a sum of ${sum}`)
  return Object.freeze(weights)
}

function parseRanges(raw: unknown, whole: number, at: Trail, variants: ParsedVariants, parsing: Parsing) {
  const list = filledListAt(raw, 'at least one range', at, parsing)
  const ranges: (FlagRange & { readonly at: Trail })[] = []
  for (let index = 0; index < list.length; index++) {
    const range = parseRange(list[index], whole, item(at, index), variants, parsing)
    if (range) ranges.push(range)
  }
  ranges.sort((one, other) => one.from - other.from)
  let last: (typeof ranges)[number] | undefined
  for (const range of ranges) {
    const before = last
    if (before && range.from < before.to)
      parsing.findings.tell(
        range.at,
        'ranges that do not overlap',
        () => `${range.from} to ${range.to}, which meets ${before.from} to ${before.to}`,
      )
    if (!last || range.to > last.to) last = range
  }
  return Object.freeze(ranges.map(({ variant, from, to }) => Object.freeze({ variant, from, to })))
}

function parseRange(raw: unknown, whole: number, at: Trail, variants: ParsedVariants, parsing: Parsing) {
  const object = objectAt(raw, at, parsing)
  if (!object) return
  refuseOthers(object, rangeFields, at, parsing)
  const variant = variantAt(object.variant, () => field(at, 'variant'), variants, parsing)
  const from = wholeAt(object.from, () => field(at, 'from'), 0, whole, parsing)
  const to = wholeAt(object.to, () => field(at, 'to'), 1, whole, parsing)
  if (variant === undefined || from === undefined || to === undefined) return
  if (from < to) return { variant, from, to, at }
  return parsing.findings.refuse(field(at, 'to'), `more than ${from}, where the range begins`, to)
}

const rangeFields: ReadonlySet<string> = new Set(['variant', 'from', 'to'])

function parseRamp(
  raw: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagRamp | undefined {
  const object = objectAt(raw, at, parsing)
  if (!object) return
  refuseOthers(object, rampParts, at, parsing)
  const {
    variant: rawVariant,
    otherwise: rawOtherwise,
    from: rawFrom,
    to: rawTo,
    start: rawStart,
    end: rawEnd,
  } = object
  const variant = variantAt(rawVariant, () => field(at, 'variant'), variants, parsing)
  const otherwise =
    rawOtherwise === undefined
      ? undefined
      : variantAt(rawOtherwise, () => field(at, 'otherwise'), variants, parsing)
  const from = percentAt(rawFrom, at, 'from', parsing)
  const to = percentAt(rawTo, at, 'to', parsing)
  const start = momentAt(rawStart, at, 'start', parsing)
  const end = momentAt(rawEnd, at, 'end', parsing)
  if (from !== undefined && to !== undefined && from > to)
    parsing.findings.refuse(field(at, 'to'), `at least ${from}, where the ramp begins`, to)
  if (start !== undefined && end !== undefined && start >= end)
    parsing.findings.refuse(field(at, 'end'), `a moment after ${isoOf(start)}`, rawEnd)
  if (
    variant === undefined ||
    from === undefined ||
    to === undefined ||
    start === undefined ||
    end === undefined
  )
    return
  return Object.freeze({
    variant,
    ...(otherwise !== undefined && { otherwise }),
    from,
    to,
    start: isoOf(start),
    end: isoOf(end),
  })
}

const rampParts: ReadonlySet<string> = new Set(['variant', 'otherwise', 'from', 'to', 'start', 'end'])

function percentAt(value: unknown, up: Trail, name: string, { findings }: Parsing): number | undefined {
  if (typeof value === 'number' && value >= 0 && value <= 100) return value || 0
  return findings.refuse(field(up, name), 'a number of percent from 0 to 100', value)
}

/** A seed's percentage as a split of on and off in whole numbers, exact to six decimals; undefined after a finding. */
export function percentageSplit(value: unknown, at: Trail, parsing: Parsing): FlagServe | undefined {
  parsing.take(2, at)
  if (typeof value === 'number' && value >= 0 && value <= 100)
    for (let scale = 1; scale <= 1_000_000; scale *= 10) {
      const on = Math.round(value * scale)
      if (on / scale === value)
        return Object.freeze({ split: Object.freeze({ on: on || 0, off: 100 * scale - on }) })
    }
  return parsing.findings.refuse(at, 'a number from 0 to 100 with at most 6 decimals', value)
}
