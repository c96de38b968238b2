import { err, type Failure, failure, ok, type Result } from '@ashlar/result'
import type { FlagSet } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { builtInOperators } from './built-in-operators.ts'
import { objectAt, refuseOthers, textAt } from './fields.ts'
import { Findings, type FlagFinding } from './findings.ts'
import type { DocumentedFlag, FlagDocument } from './flag-document.ts'
import { LayerSlices, parseHoldouts, parseLayers } from './layers.ts'
import { wantedName } from './names.ts'
import { parseFlag, type Surroundings } from './parse-flag.ts'
import { mostParts, Parsing } from './parsing.ts'
import { plainCopy } from './plain-copy.ts'
import { Prerequisites } from './prerequisites.ts'
import { checksumOf } from './revision.ts'
import { Segments } from './segments.ts'
import { field, named, type Trail } from './trail.ts'

/** Options of {@link parseFlagDocument}. */
export interface ParseFlagDocumentOptions {
  /** The flags and attributes that the code declares; the document is checked against them, too. */
  readonly flags?: FlagSet
  /** Operators beside the built-in ones, such as `cidr` and `regex`; none takes the place of a built-in one. */
  readonly operators?: readonly ConditionOperator[]
  /** How many findings are kept; the others are counted. 100 unless told. */
  readonly maxFindings?: number
}

/**
 * A document that can't be used: what is wrong with it, part by part, and the number of findings that were not kept.
 *
 * @see {@link parseFlagDocument} for an example
 */
export type InvalidFlagDocument = Failure<
  'InvalidFlagDocument',
  { findings: readonly FlagFinding[]; more: number }
>

/**
 * Checks a flag document, as JSON came with it, and brings it into one spelling.
 *
 * Everything is checked at once: the shape of each part, and that what they refer to is there, goes in no circle and
 * does not overlap. Whatever comes in, nothing is thrown, and nothing that came in is kept or changed.
 *
 * @param input - parsed JSON; see `flags.schema.json` of this package for all that may be written
 * @param options - `flags`, `operators`, `maxFindings`
 * @returns the document, deeply frozen JSON, or `InvalidFlagDocument` with all that was found
 * @example
 * ```ts
 * import { parseFlagDocument } from '@ashlar/feature-flags/document'
 *
 * const document = parseFlagDocument({
 *   version: 1,
 *   flags: { 'new-checkout': { enabled: true, defaultVariant: 'onn', percentageRollout: 120 } },
 * })
 * if (document.isErr())
 *   for (const { path, expected, found } of document.error.findings) console.log(`${path}: ${expected}, not ${found}`)
 * ```
 */
export function parseFlagDocument(
  input: unknown,
  options: ParseFlagDocumentOptions = {},
): Result<FlagDocument, InvalidFlagDocument> {
  const { flags, operators = [], maxFindings = 100 } = options
  const known = [...operators, ...builtInOperators]
  const parse = (value: unknown) => parsed(value, new Parsing(maxFindings, known, flags))
  try {
    return parse(input)
  } catch {
    const findings = new Findings(maxFindings)
    const copy = plainCopy(input, findings, mostParts)
    return findings.count > 0 ? err(invalid(findings)) : parse(copy)
  }
}

function parsed(input: unknown, parsing: Parsing): Result<FlagDocument, InvalidFlagDocument> {
  const document = parseDocument(input, parsing)
  const { findings } = parsing
  return document && findings.count === 0 ? ok(document) : err(invalid(findings))
}

function invalid(findings: Findings): InvalidFlagDocument {
  const { kept, more, count } = findings
  const [first] = kept
  const where = first === undefined || first.path === '' ? 'it' : first.path
  const start = first ? `; the first: ${where} must be ${first.expected}, found ${first.found}` : ''
  const message = `flag document has ${count} ${count === 1 ? 'finding' : 'findings'}${start}`
  return failure('InvalidFlagDocument', message, { findings: Object.freeze(kept), more })
}

function parseDocument(input: unknown, parsing: Parsing): FlagDocument | undefined {
  const raw = objectAt(input, undefined, parsing)
  if (!raw) return
  const { version, revision, segments: rawSegments, layers: rawLayers, holdouts: rawHoldouts, flags } = raw
  if (version !== 1) {
    parsing.findings.refuse(field(undefined, 'version'), 'version 1', version)
    if (version !== undefined) return
  }
  refuseOthers(raw, fields, undefined, parsing)
  if (raw.$schema !== undefined && typeof raw.$schema !== 'string')
    parsing.findings.refuse(field(undefined, '$schema'), 'a text', raw.$schema)
  const given = revision === undefined ? undefined : textAt(revision, undefined, 'revision', parsing)
  const [segments, segmentNames] = Segments.parse(rawSegments, parsing)
  const layers = parseLayers(rawLayers, parsing)
  const holdouts = parseHoldouts(rawHoldouts, parsing)
  const around = {
    segments: segmentNames,
    layers: new LayerSlices(new Set(Object.keys(layers))),
    shared: { layers: new Map(Object.entries(layers)), holdouts: new Map(Object.entries(holdouts)) },
    prerequisites: new Prerequisites(),
    variants: new Map(),
  }
  const content = {
    segments,
    layers,
    holdouts,
    flags: parseFlags(flags, field(undefined, 'flags'), around, parsing),
  }
  around.prerequisites.check(around.variants, parsing)
  around.layers.check(parsing)
  if (parsing.findings.count > 0) return
  return Object.freeze({ version: 1, revision: given ?? checksumOf(content), ...content })
}

const fields: ReadonlySet<string> = new Set([
  '$schema',
  'version',
  'revision',
  'segments',
  'layers',
  'holdouts',
  'flags',
])

function parseFlags(raw: unknown, at: Trail, around: Surroundings, parsing: Parsing) {
  const object = objectAt(raw, at, parsing) ?? {}
  const flags: { [key: string]: DocumentedFlag } = {}
  for (const key of Object.keys(object)) {
    const place = named(at, key)
    const wanted = wantedName(key)
    if (wanted !== undefined) parsing.findings.refuse(place, wanted, key)
    const partsBefore = parsing.parts
    const flag = parseFlag(object[key], key, place, around, parsing)
    around.prerequisites.weigh(key, parsing.parts - partsBefore)
    if (flag && wanted === undefined) flags[key] = flag
  }
  return Object.freeze(flags)
}
