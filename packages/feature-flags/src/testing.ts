/**
 * For tests: fixed answers, distributions with their expectations, and users to ask for.
 *
 * @packageDocumentation
 */
export { chiSquareSurvival } from './testing/chi-square.ts'
export { expectIndependent } from './testing/expect-independent.ts'
export { expectOnlyAdded, expectStable, type StableOptions } from './testing/expect-moves.ts'
export { expectShares } from './testing/expect-shares.ts'
export { type FlagDistribution, flagDistribution } from './testing/flag-distribution.ts'
export { FlagExpectationError } from './testing/flag-expectation-error.ts'
export { type FlagSourceProbe, flagSourceContract } from './testing/flag-source-contract.ts'
export { type FlagAnswer, type FlagAnswers, overrideFlags } from './testing/override-flags.ts'
export type { SignificanceOptions } from './testing/significance.ts'
export { syntheticUsers, type UserFamily, userFamilies } from './testing/synthetic-users.ts'
