import type { Clock } from '@ashlar/kernel'
import type { FlagDocument } from '../document/flag-document.ts'
import type { FlagSet } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { type CompiledFlag, compileFlag, constantFlag } from './compile-flag.ts'
import type { AnyContext, Test } from './compile-options.ts'
import { type AnyDetails, tellerOf } from './teller.ts'

/** One revision of a set's flags, ready to be asked. */
export interface CompiledDocument {
  readonly revision: string
  readonly flags: ReadonlyMap<string, CompiledFlag>
}

/** Makes all flags ready that are declared or in the document. */
export function compileDocument(
  { definitions }: FlagSet,
  document: FlagDocument | undefined,
  clock: Clock,
  operators: ReadonlyMap<string, ConditionOperator['test']>,
): CompiledDocument {
  const revision = document?.revision
  const flags = new Map<string, CompiledFlag>()
  const declared = mapOf(definitions)
  const options = {
    revision: revision ?? '',
    segments: mapOf(document?.segments),
    segmentTests: new Map<string, Test>(),
    layers: mapOf(document?.layers),
    holdouts: mapOf(document?.holdouts),
    operators,
    places: new Map<string, number>(),
    momentOf: ({ timestamp }: AnyContext) => (timestamp instanceof Date ? timestamp : clock.now()),
  }
  for (const [key, flag] of mapOf(document?.flags))
    flags.set(key, compileFlag(key, flag, declared.get(key), flags, options))
  for (const [key, definition] of declared)
    if (!flags.has(key)) flags.set(key, constantFlag(absent(key, revision, definition)))
  return { revision: options.revision, flags }
}

function mapOf<Value>(object: { readonly [name: string]: Value } = {}): ReadonlyMap<string, Value> {
  return new Map(Object.entries(object))
}

/** The details of a flag that is not in the document, or of any before there is one. */
export function absent(
  key: string,
  revision: string | undefined,
  definition?: FlagSet['definitions'][string],
): AnyDetails {
  const { untold } = tellerOf(key, revision ?? '', definition)
  return revision === undefined
    ? untold('FlagsNotLoaded', 'no document was loaded yet')
    : untold('FlagNotFound', `not in revision "${revision}"`)
}
