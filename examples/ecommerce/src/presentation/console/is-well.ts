import type { Verdict } from './invariants.ts'
import type { PlayedAct } from './story.ts'

/** Whether all invariants are proven and all facts of the story hold; what the exit code says. */
export function isWell(verdicts: readonly Verdict[], acts: readonly PlayedAct[]): boolean {
  return verdicts.every(isProven) && brokenFacts(acts) === 0
}

/** An invariant that had nothing to look at proves nothing. */
export function isProven({ holds, checked }: Verdict): boolean {
  return holds && checked > 0
}

/** How many facts of the story did not hold. */
export function brokenFacts(acts: readonly PlayedAct[]): number {
  return acts.flatMap(({ lines }) => lines).filter((line) => line.kind === 'fact' && !line.holds).length
}
