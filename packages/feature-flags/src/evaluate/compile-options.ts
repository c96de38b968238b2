import type { FlagCondition, FlagHoldout, FlagLayer } from '../document/flag-document.ts'
import type { ConditionOperator } from '../operators/operator.ts'

/** A context whose attributes are not known by type. */
export type AnyContext = { readonly [attribute: string]: unknown }

/** What all flags of a document share. */
export interface CompileOptions {
  readonly revision: string
  readonly segments: ReadonlyMap<string, FlagCondition>
  readonly layers: ReadonlyMap<string, FlagLayer>
  readonly holdouts: ReadonlyMap<string, FlagHoldout>
  /** The tests by operator, each without its opposite. */
  readonly operators: ReadonlyMap<string, ConditionOperator['test']>
  /** The moment that a context is about. */
  readonly momentOf: (context: AnyContext) => Date
  /** The number of an attribute, by the order in which they are first named. */
  readonly placeOf: (attribute: string) => number
}
