import { objectAt, type Raw, refuseOthers, textAt, wholeAt } from './fields.ts'
import type { FlagHoldout, FlagLayer, FlagLayerSlice } from './flag-document.ts'
import { wantedName } from './names.ts'
import { bucketedBy } from './parse-serve.ts'
import type { Parsing } from './parsing.ts'
import { someOf } from './shown.ts'
import { field, item, named, quoted, type Trail } from './trail.ts'

/** The layers of a document; each draws by a salt of its own. */
export function parseLayers(raw: unknown, parsing: Parsing): { readonly [name: string]: FlagLayer } {
  return parseEach(raw, 'layers', parsing, (object, name, at) => {
    refuseOthers(object, layerFields, at, parsing)
    return drawOf(object, `layer/${name}`, at, parsing)
  })
}

/** The holdouts of a document; each draws by a salt of its own. */
export function parseHoldouts(raw: unknown, parsing: Parsing): { readonly [name: string]: FlagHoldout } {
  return parseEach(raw, 'holdouts', parsing, (object, name, at) => {
    refuseOthers(object, holdoutFields, at, parsing)
    const of = wholeAt(object.of, () => field(at, 'of'), 1, mostWeight, parsing) ?? mostWeight
    const weight = wholeAt(object.weight, () => field(at, 'weight'), 0, of, parsing) ?? 0
    return { weight, of, ...drawOf(object, `holdout/${name}`, at, parsing) }
  })
}

const mostWeight = 2 ** 31 - 1
const layerFields: ReadonlySet<string> = new Set(['salt', 'by'])
const holdoutFields: ReadonlySet<string> = new Set(['weight', 'of', 'salt', 'by'])

function parseEach<Value extends object>(
  raw: unknown,
  step: string,
  parsing: Parsing,
  parse: (object: Raw, name: string, at: Trail) => Value,
): { readonly [name: string]: Value } {
  const up = field(undefined, step)
  const all = objectAt(raw === undefined ? {} : raw, up, parsing) ?? {}
  const parsed: { [name: string]: Value } = {}
  for (const name of Object.keys(all)) {
    const at = named(up, name)
    const wanted = wantedName(name)
    if (wanted !== undefined) parsing.findings.refuse(at, wanted, name)
    const object = objectAt(all[name], at, parsing)
    const value = object && parse(object, name, at)
    if (value && wanted === undefined) parsed[name] = Object.freeze(value)
  }
  return Object.freeze(parsed)
}

function drawOf({ salt, by }: Raw, ownSalt: string, at: Trail, parsing: Parsing): FlagLayer {
  return {
    salt: (salt === undefined ? undefined : textAt(salt, at, 'salt', parsing)) ?? ownSalt,
    by: (by === undefined ? undefined : bucketedBy(by, at, parsing)) ?? 'targetingKey',
  }
}

/** The slices that flags have of layers, so that no two of one layer overlap. */
export class LayerSlices {
  readonly #names: ReadonlySet<string>
  readonly #slices = new Map<string, Slice[]>()

  constructor(names: ReadonlySet<string>) {
    this.#names = names
  }

  /** A flag's slice; undefined after a finding. */
  parse(raw: unknown, flag: string, at: Trail, parsing: Parsing): FlagLayerSlice | undefined {
    const object = objectAt(raw, at, parsing)
    if (!object) return
    refuseOthers(object, sliceFields, at, parsing)
    const { id, range } = object
    const isKnown = typeof id === 'string' && this.#names.has(id)
    if (!isKnown) parsing.findings.refuse(field(at, 'id'), () => layersAre(this.#names), id)
    const slice = rangeAt(range, field(at, 'range'), parsing)
    if (!isKnown || !slice) return
    const [from, to] = slice
    const slices = this.#slices.get(id)
    const own = { from, to, flag, at: field(at, 'range') }
    if (slices) slices.push(own)
    else this.#slices.set(id, [own])
    return Object.freeze({ id, range: slice })
  }

  /** Refuses slices that overlap. */
  check({ findings }: Parsing): void {
    for (const slices of this.#slices.values()) {
      let last: Slice | undefined
      for (const slice of slices.sort((one, other) => one.from - other.from)) {
        const before = last
        if (before && slice.from < before.to)
          findings.tell(
            slice.at,
            'a slice that no other flag has a part of',
            () =>
              `${slice.from} to ${slice.to}, while flag ${quoted(before.flag)} has ${before.from} to ${before.to}`,
          )
        if (!last || slice.to > last.to) last = slice
      }
    }
  }
}

type Slice = { readonly from: number; readonly to: number; readonly flag: string; readonly at: Trail }

const sliceFields: ReadonlySet<string> = new Set(['id', 'range'])

/** A holdout's name; undefined after a finding. */
export function holdoutAt(
  value: unknown,
  holdouts: ReadonlyMap<string, FlagHoldout>,
  up: Trail,
  { findings }: Parsing,
): string | undefined {
  if (typeof value === 'string' && holdouts.has(value)) return value
  return findings.refuse(field(up, 'holdout'), () => `one of the holdouts ${listed(holdouts.keys())}`, value)
}

function layersAre(names: ReadonlySet<string>): string {
  return `one of the layers ${listed(names)}`
}

function listed(names: Iterable<string>): string {
  return someOf(names) || '(there are none)'
}

function rangeAt(raw: unknown, at: Trail, parsing: Parsing): readonly [number, number] | undefined {
  if (!Array.isArray(raw) || raw.length !== 2)
    return parsing.findings.refuse(at, 'two whole numbers from 0 to 10000', raw)
  const from = wholeAt(raw[0], () => item(at, 0), 0, 10_000, parsing)
  const to = wholeAt(raw[1], () => item(at, 1), 0, 10_000, parsing)
  if (from === undefined || to === undefined) return
  if (from < to) return Object.freeze([from, to] as const)
  return parsing.findings.refuse(item(at, 1), `more than ${from}, where the slice begins`, to)
}
