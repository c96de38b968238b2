import { isoOf, momentAt, objectAt, refuseOthers } from './fields.ts'
import type { FlagOverride } from './flag-document.ts'
import { wantedName } from './names.ts'
import { type ParsedVariants, variantAt } from './parse-variants.ts'
import type { Parsing } from './parsing.ts'
import { field, named, type Trail } from './trail.ts'

/** Which users have which variant, whatever the rules say. */
export function parseOverrides(
  raw: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): { readonly [unit: string]: FlagOverride } {
  const object = objectAt(raw, at, parsing) ?? {}
  const overrides: { [unit: string]: FlagOverride } = {}
  for (const unit of Object.keys(object)) {
    const wanted = wantedName(unit)
    if (wanted !== undefined) parsing.findings.refuse(named(at, unit), wanted, unit)
    const override = parseOverride(object[unit], named(at, unit), variants, parsing)
    if (override && wanted === undefined) overrides[unit] = override
  }
  return Object.freeze(overrides)
}

function parseOverride(
  raw: unknown,
  at: Trail,
  variants: ParsedVariants,
  parsing: Parsing,
): FlagOverride | undefined {
  const isShort = typeof raw === 'string'
  const object = isShort ? { variant: raw, until: undefined } : objectAt(raw, at, parsing)
  if (!object) return
  if (isShort) parsing.take(1, at)
  else refuseOthers(object, fields, at, parsing)
  const place = () => (isShort ? at : field(at, 'variant'))
  const variant = variantAt(object.variant, place, variants, parsing)
  const until = object.until === undefined ? undefined : momentAt(object.until, at, 'until', parsing)
  if (variant === undefined) return
  return Object.freeze(until === undefined ? { variant } : { variant, until: isoOf(until) })
}

const fields: ReadonlySet<string> = new Set(['variant', 'until'])
