import type { Json } from '@ashlar/kernel'
import { isPlainObject, listAt, objectAt } from './fields.ts'
import type { Parsing } from './parsing.ts'
import { item, named, type Trail } from './trail.ts'

const maxValueDepth = 64

/** A frozen copy of what JSON can carry; undefined after a finding. */
export function jsonAt(value: unknown, at: Trail, parsing: Parsing, depth = 1): Json | undefined {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number')
    return Number.isFinite(value) ? value || 0 : parsing.findings.refuse(at, 'a finite number', value)
  const isList = Array.isArray(value)
  if (!isList && !isPlainObject(value)) return parsing.findings.refuse(at, 'what JSON can carry', value)
  if (depth > maxValueDepth)
    return parsing.findings.refuse(at, `at most ${maxValueDepth} objects and lists inside each other`, value)
  return isList ? listOf(value, at, parsing, depth) : objectOf(value, at, parsing, depth)
}

function listOf(value: readonly unknown[], at: Trail, parsing: Parsing, depth: number): Json {
  const list = listAt(value, at, parsing) ?? []
  const copied: Json[] = []
  for (let index = 0; index < list.length; index++)
    copied.push(jsonAt(list[index], item(at, index), parsing, depth + 1) ?? null)
  return Object.freeze(copied)
}

function objectOf(value: object, at: Trail, parsing: Parsing, depth: number): Json {
  const object = objectAt(value, at, parsing) ?? {}
  const copied: { [key: string]: Json } = {}
  for (const key of Object.keys(object)) {
    const part = object[key]
    if (key === '__proto__') parsing.findings.refuse(named(at, key), 'another key', key)
    else if (part !== undefined) copied[key] = jsonAt(part, named(at, key), parsing, depth + 1) ?? null
  }
  return Object.freeze(copied)
}
