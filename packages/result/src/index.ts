/**
 * Results, tagged failures, and guard clauses that return them.
 *
 * @packageDocumentation
 */
export { err, errAsync, fromPromise, fromThrowable, ok, okAsync, Result, ResultAsync } from 'neverthrow'
export { type Collected, collect } from './collect.ts'
export { type AnyFailure, type Failure, failure } from './failure.ts'
export { FailureError } from './failure-error.ts'
export { Guard, type GuardClauses, type GuardFailure, type GuardProblem } from './guard.ts'
export { InvariantError, invariant } from './invariant.ts'
export { orThrow } from './or-throw.ts'
export { fromJson, type ResultJson, toJson } from './result-json.ts'
