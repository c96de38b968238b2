import type { Evidence } from './evidence.ts'
import { customerInvariants } from './invariants/customer-invariants.ts'
import { eventInvariants } from './invariants/event-invariants.ts'
import { flagInvariants } from './invariants/flag-invariants.ts'
import type { Invariant } from './invariants/invariant.ts'
import { paymentInvariants } from './invariants/payment-invariants.ts'
import { pointsInvariants } from './invariants/points-invariants.ts'
import { sagaInvariants } from './invariants/saga-invariants.ts'
import { searchInvariants } from './invariants/search-invariants.ts'
import { stockInvariants } from './invariants/stock-invariants.ts'

/** Whether an invariant holds, and how much was looked at; or the first thing that breaks it. */
export type Verdict = {
  readonly name: string
  readonly holds: boolean
  readonly detail: string
  /** How many things were looked at. */
  readonly checked: number
}

const invariants: readonly Invariant[] = [
  ...paymentInvariants,
  ...pointsInvariants,
  ...stockInvariants,
  ...customerInvariants,
  ...searchInvariants,
  ...sagaInvariants,
  ...flagInvariants,
  ...eventInvariants,
]

/** Holds every invariant against the evidence of all shops. */
export function checkInvariants(evidence: readonly Evidence[]): readonly Verdict[] {
  return invariants.map(({ name, of, check }) => {
    const checks = evidence.flatMap(check)
    const broken = checks.find(({ holds }) => !holds)
    return {
      name,
      holds: broken === undefined,
      detail: broken === undefined ? `${checks.length} ${of}` : `broken by ${broken.subject}`,
      checked: checks.length,
    }
  })
}
