import type { FlagCondition, FlagHoldout, FlagLayer } from '../document/flag-document.ts'
import type { ConditionOperator } from '../operators/operator.ts'

/** A context whose attributes are not known by type. */
export type AnyContext = { readonly [attribute: string]: unknown }

/** Tells whether a condition is true of a context; what is unknown is not. */
export type Test = (context: AnyContext) => boolean

/** What all flags of a document share. */
export interface CompileOptions {
  readonly revision: string
  readonly segments: ReadonlyMap<string, FlagCondition>
  /** The segments and their opposites that are ready. */
  readonly segmentTests: Map<string, Test>
  readonly layers: ReadonlyMap<string, FlagLayer>
  readonly holdouts: ReadonlyMap<string, FlagHoldout>
  /** The tests by operator, each without its opposite. */
  readonly operators: ReadonlyMap<string, ConditionOperator['test']>
  /** The moment that a context is about. */
  readonly momentOf: (context: AnyContext) => Date
  /** The numbers of attributes, in the order in which they are first named. */
  readonly places: Map<string, number>
}
