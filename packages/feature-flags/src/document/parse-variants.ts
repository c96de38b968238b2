import type { Json } from '@ashlar/kernel'
import { type FlagType, typeOf } from '../flags/flag.ts'
import { objectAt } from './fields.ts'
import { jsonAt } from './json-value.ts'
import { wantedVariantName } from './names.ts'
import type { Parsing } from './parsing.ts'
import { someOf } from './shown.ts'
import { field, named, type Trail } from './trail.ts'

/** A flag's variants, and the kind of their values. */
export interface ParsedVariants {
  readonly type: FlagType | undefined
  readonly values: { readonly [name: string]: Json }
  /** Of those with wrong values, too, as who refers to them is right; undefined where no names can be told. */
  readonly names: ReadonlySet<string> | undefined
}

/** The variants and the kind of their values; on and off where a flag names neither variants nor another kind. */
export function parseVariants(rawType: unknown, raw: unknown, up: Trail, parsing: Parsing): ParsedVariants {
  const at = field(up, 'variants')
  if (raw === undefined && (rawType === undefined || rawType === 'boolean')) {
    parsing.take(1, at)
    return onAndOff
  }
  const declared = rawType === undefined ? undefined : typeAt(rawType, field(up, 'type'), parsing)
  const object = objectAt(raw, at, parsing)
  if (!object) return { type: declared, values: {}, names: undefined }
  const values: { [name: string]: Json } = {}
  const names = Object.keys(object)
  let type = declared
  for (const name of names) {
    const wanted = wantedVariantName(name)
    if (wanted !== undefined) parsing.findings.refuse(named(at, name), wanted, name)
    const value = jsonAt(object[name], named(at, name), parsing)
    if (value === undefined) continue
    if (rawType === undefined) type ??= typeOf(value)
    if (type !== undefined && !isOfType(value, type))
      parsing.findings.refuse(named(at, name), expectedOf[type], value)
    else if (wanted === undefined) values[name] = value
  }
  if (names.length === 0) parsing.findings.refuse(at, 'at least one variant', raw)
  return { type, values: Object.freeze(values), names: new Set(names) }
}

/** The name of one of the variants; undefined after a finding. */
export function variantAt(
  value: unknown,
  at: () => Trail,
  { names }: Pick<ParsedVariants, 'names'>,
  { findings }: Parsing,
): string | undefined {
  if (typeof value === 'string' && (names === undefined || names.has(value))) return value
  return findings.refuse(at(), () => `one of the variants ${someOf(names ?? [])}`, value)
}

const onAndOff: ParsedVariants = {
  type: 'boolean',
  values: Object.freeze({ on: true, off: false }),
  names: new Set(['on', 'off']),
}

const expectedOf: Readonly<Record<FlagType, string>> = {
  boolean: 'true or false, as the flag is of type boolean',
  string: 'a text, as the flag is of type string',
  number: 'a number, as the flag is of type number',
  object: 'an object or a list, as the flag is of type object',
}

function typeAt(value: unknown, at: Trail, { findings }: Parsing): FlagType | undefined {
  const isType = typeof value === 'string' && Object.hasOwn(expectedOf, value)
  return isType
    ? (value as FlagType)
    : findings.refuse(at, 'one of "boolean", "string", "number" and "object"', value)
}

function isOfType(value: Json, type: FlagType): boolean {
  return value !== null && typeOf(value) === type
}
