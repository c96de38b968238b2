import type { Json } from '@ashlar/kernel'
import type { FlagDefinition } from '../flags/flag.ts'
import type { ParsedVariants } from './parse-variants.ts'
import type { Parsing } from './parsing.ts'
import { someOf } from './shown.ts'
import { field, named, type Trail } from './trail.ts'

/** Checks a flag against what the code says of it; one that the code doesn't name is none of its business. */
export function checkDefinition(key: string, variants: ParsedVariants, at: Trail, parsing: Parsing): void {
  const definitions = parsing.flags?.definitions
  if (definitions === undefined || !Object.hasOwn(definitions, key)) return
  const definition = definitions[key] as FlagDefinition
  if (variants.type !== undefined && variants.type !== definition.type) {
    parsing.findings.refuse(field(at, 'type'), `type ${definition.type}, as the code declares`, variants.type)
    return
  }
  for (const [name, value] of Object.entries(variants.values)) {
    const expected = expectedOf(name, value, definition)
    if (expected !== undefined)
      parsing.findings.refuse(named(field(at, 'variants'), name), expected.text, expected.found)
  }
}

function expectedOf(name: string, value: Json, { variants, accepts }: FlagDefinition) {
  if (variants && !Object.hasOwn(variants, name))
    return { text: `one of the declared variants ${someOf(Object.keys(variants))}`, found: name }
  if (variants && !isSame(value, variants[name]))
    return { text: 'the value that the code declares', found: value }
  if (accepts && !isAccepted(value, accepts)) return { text: 'a value that the code accepts', found: value }
  return
}

/** A check that throws has not accepted. */
function isAccepted(value: Json, accepts: (value: Json) => boolean): boolean {
  try {
    return accepts(value)
  } catch {
    return false
  }
}

function isSame(one: Json | undefined, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null)
    return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const keys = Object.keys(one)
  const others = Object.keys(other)
  return (
    keys.length === others.length &&
    keys.every(
      (key) =>
        Object.hasOwn(other, key) &&
        isSame((one as Parts)[key], (other as { readonly [key: string]: unknown })[key]),
    )
  )
}

type Parts = { readonly [key: string]: Json | undefined }
