import type { Evidence } from '../evidence.ts'

/** One thing that was looked at, and whether all is well with it. */
export type Check = { readonly subject: string; readonly holds: boolean }

/** A sentence that must be true of a shop at rest. */
export type Invariant = {
  readonly name: string
  /** What is counted, in the plural. */
  readonly of: string
  readonly check: (evidence: Evidence) => readonly Check[]
}
