/**
 * An expected failure as a plain object: a closed `type` to branch on, a `message` for people, and facts for code.
 *
 * Not an `Error`: creating one costs no stack trace, and it is recognised by `type`, never by `instanceof`.
 * @see {@link failure} for an example
 */
export type Failure<Type extends string = string, Facts extends object = object> = {
  /** PascalCase and closed per operation. */
  readonly type: Type
  /** Names the thing, what was expected and what was found. */
  readonly message: string
} & Readonly<Facts>

/** Any failure, its facts unknown; the bound of type parameters that stand for failures. */
export type AnyFailure = { readonly type: string; readonly message: string }

/**
 * Makes a failure.
 *
 * @param type - PascalCase; what callers branch on
 * @param message - names the thing, what was expected and what was found
 * @param facts - what a caller needs to act; `type` and `message` are no facts
 * @returns a plain object of `type`, `message` and the facts
 * @example
 * ```ts
 * import { err, failure, type Failure, ok, type Result } from '@ashlar/result'
 *
 * type CreditLimitExceeded = Failure<'CreditLimitExceeded', { limit: number; wanted: number }>
 *
 * function spend(limit: number, wanted: number): Result<number, CreditLimitExceeded> {
 *   if (wanted <= limit) return ok(limit - wanted)
 *   return err(failure('CreditLimitExceeded', `credit limit is ${limit}, wanted ${wanted}`, { limit, wanted }))
 * }
 *
 * spend(100, 250).match(console.log, (refused) => console.log(refused.message))
 * ```
 */
export function failure<const Type extends string, Facts extends object & { type?: never; message?: never }>(
  type: Type,
  message: string,
  facts: Facts,
): Failure<Type, Facts>
/** Makes a failure without facts. */
export function failure<const Type extends string>(type: Type, message: string): Failure<Type>
export function failure(type: string, message: string, facts?: object): AnyFailure {
  return { ...facts, type, message }
}
