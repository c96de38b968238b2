import type { FlagSet } from '../flags/flag-set.ts'
import type { ConditionOperator } from '../operators/operator.ts'
import { Findings } from './findings.ts'
import type { Trail } from './trail.ts'

/** How many parts (objects, lists, operands, values) a document may have in its one spelling, with what segments stand for. */
export const mostParts = 2_000_000

/** What the parsers of one document share. */
export class Parsing {
  readonly findings: Findings
  readonly operators: ReadonlyMap<string, ConditionOperator>
  readonly flags: FlagSet | undefined
  #partsLeft = mostParts

  constructor(maxFindings: number, operators: readonly ConditionOperator[], flags: FlagSet | undefined) {
    this.findings = new Findings(maxFindings)
    this.operators = new Map(operators.map((operator) => [operator.name, operator]))
    this.flags = flags
  }

  /** How many parts were counted so far. */
  get parts(): number {
    return mostParts - this.#partsLeft
  }

  /** Counts parts; false once there are too many, and then nothing more is worth looking at. */
  take(parts: number, at: Trail | undefined): boolean {
    if (this.#partsLeft < 0) return false
    this.#partsLeft -= parts
    if (this.#partsLeft >= 0) return true
    this.findings.tell(
      at,
      () => `at most ${mostParts} parts in one document`,
      () => 'more, up to here',
    )
    return false
  }
}
