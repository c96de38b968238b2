import { lengthOf } from './fields.ts'
import type { Findings } from './findings.ts'
import { field, isWord, item, named, type Trail } from './trail.ts'

const maxDepth = 512

/**
 * Copies what could not be read at once because something in it throws: a getter, a proxy.
 *
 * Each part that throws becomes a finding; the rest is there afterwards as plain objects and lists.
 */
export function plainCopy(value: unknown, findings: Findings, mostParts: number): unknown {
  let partsLeft = mostParts
  return copy(value, undefined, 0)

  function copy(part: unknown, at: Trail | undefined, depth: number): unknown {
    if (typeof part !== 'object' || part === null) return part
    if (depth > maxDepth) return findings.tell(at, 'a part that is not so deep inside', () => 'one more part')
    const keys = read(() => (Array.isArray(part) ? (lengthOf(part) ?? 0) : keysOf(part)), at)
    if (typeof keys === 'number')
      return Array.from({ length: take(keys) }, (_, index) => {
        const place = item(at, index)
        return copy(
          read(() => (part as readonly unknown[])[index], place),
          place,
          depth + 1,
        )
      })
    if (!keys) return
    const entries = keys.slice(0, take(keys.length)).map((key) => {
      const place = isGiven(key, at) ? named(at, key) : field(at, key)
      const own = read(() => (part as { readonly [key: string]: unknown })[key], place)
      return [key, copy(own, place, depth + 1)] as const
    })
    return Object.fromEntries(entries)
  }

  function read<Value>(look: () => Value, at: Trail | undefined): Value | undefined {
    try {
      return look()
    } catch {
      return findings.tell(at, 'a value that can be read', () => 'one that throws')
    }
  }

  function take(parts: number): number {
    const taken = Math.min(parts, partsLeft)
    partsLeft -= taken
    if (taken < parts) findings.tell(undefined, `at most ${mostParts} parts in one document`, () => 'more')
    return taken
  }
}

function keysOf(part: object): readonly string[] {
  const prototype: unknown = Object.getPrototypeOf(part)
  if (prototype !== Object.prototype && prototype !== null) throw new TypeError('not a plain object')
  return Object.keys(part)
}

/** Whether a key is a name that the author gave: in a table of the format, and anywhere in a value of a variant. */
function isGiven(key: string, at: Trail | undefined): boolean {
  if (!isWord(key)) return true
  if (at === undefined) return false
  return at.isGiven ? at.up?.isGiven === true || at.up?.step === 'variants' : tables.has(at.step)
}

const tables: ReadonlySet<string | number> = new Set([
  'segments',
  'layers',
  'holdouts',
  'flags',
  'variants',
  'overrides',
  'split',
  'metadata',
])
