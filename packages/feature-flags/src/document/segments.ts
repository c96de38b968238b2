import { dependenciesFirst } from './circles.ts'
import { objectAt } from './fields.ts'
import type { FlagCondition } from './flag-document.ts'
import { wantedName } from './names.ts'
import { maxDepth, parseCondition } from './parse-condition.ts'
import type { Parsing } from './parsing.ts'
import { someOf } from './shown.ts'
import { field, named, type Trail } from './trail.ts'

/** The segments of a document, and how much each stands for when the segments in it are written out. */
export class Segments {
  readonly #names: ReadonlySet<string>
  readonly #extents = new Map<string, Extent>()
  /** Where the segment that is being read refers to others; undefined once all are read. */
  #references: SegmentReference[] | undefined

  constructor(names: Iterable<string>) {
    this.#names = new Set(names)
  }

  /** Reads them all; conditions of flags come afterwards. */
  static parse(raw: unknown, parsing: Parsing): [{ readonly [name: string]: FlagCondition }, Segments] {
    const at = field(undefined, 'segments')
    const object = objectAt(raw === undefined ? {} : raw, at, parsing) ?? {}
    const segments = new Segments(Object.keys(object))
    return [Object.freeze(segments.#parseAll(object, at, parsing)), segments]
  }

  /** Notes that a condition is a segment, and what it adds to its rule. */
  refer(name: string, at: Trail, depth: number, parsing: Parsing): void {
    if (!this.#names.has(name))
      parsing.findings.refuse(at, `one of the segments ${someOf(this.#names) || '(there are none)'}`, name)
    else if (this.#references) this.#references.push({ name, at, depth })
    else {
      const extent = this.#extents.get(name)
      if (extent) charge(extent, at, depth, parsing)
    }
  }

  #parseAll(object: { readonly [name: string]: unknown }, at: Trail, parsing: Parsing) {
    const conditions: { [name: string]: FlagCondition } = {}
    const references = new Map<string, SegmentReference[]>()
    for (const name of this.#names) {
      const wanted = wantedName(name)
      if (wanted !== undefined) parsing.findings.refuse(named(at, name), wanted, name)
      this.#references = []
      const condition = parseCondition(object[name], named(at, name), 1, this, parsing)
      references.set(name, this.#references)
      if (condition && wanted === undefined) conditions[name] = condition
    }
    this.#references = undefined
    this.#measure(conditions, references, parsing)
    return conditions
  }

  #measure(
    conditions: { readonly [name: string]: FlagCondition },
    references: ReadonlyMap<string, readonly SegmentReference[]>,
    parsing: Parsing,
  ): void {
    const referencesOf = (name: string) => references.get(name) ?? []
    const ordered = dependenciesFirst(
      references.keys(),
      (name) => referencesOf(name).map((reference) => reference.name),
      (name, place, circle) =>
        parsing.findings.tell(
          referencesOf(name)[place]?.at,
          () => 'segments that do not go in a circle',
          circle,
        ),
    )
    for (const name of ordered) {
      if (!Object.hasOwn(conditions, name)) continue
      const own = extentOf(conditions[name] as FlagCondition)
      let { size, depth } = own
      for (const reference of referencesOf(name)) {
        const extent = this.#extents.get(reference.name)
        if (!extent) continue
        size += extent.size
        depth = Math.max(depth, charge(extent, reference.at, reference.depth, parsing))
      }
      if (depth <= maxDepth) this.#extents.set(name, { size, depth })
    }
  }
}

type SegmentReference = { readonly name: string; readonly at: Trail; readonly depth: number }

/** How many conditions, and how many inside each other. */
type Extent = { readonly size: number; readonly depth: number }

function charge({ size, depth }: Extent, at: Trail, outer: number, parsing: Parsing): number {
  parsing.take(size, at)
  if (outer + depth > maxDepth)
    parsing.findings.tell(
      at,
      () => `at most ${maxDepth} conditions inside each other, with those of segments`,
      () => String(outer + depth),
    )
  return outer + depth
}

function extentOf(condition: FlagCondition): Extent {
  let size = 1
  let depth = 0
  for (const part of partsOf(condition)) {
    const extent = extentOf(part)
    size += extent.size
    depth = Math.max(depth, extent.depth)
  }
  return { size, depth: depth + 1 }
}

function partsOf(condition: FlagCondition): readonly FlagCondition[] {
  if ('all' in condition) return condition.all
  if ('any' in condition) return condition.any
  return 'not' in condition ? [condition.not] : []
}
