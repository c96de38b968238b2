import { type Ok, ok, type Result } from 'neverthrow'
import type { AnyFailure } from './failure.ts'
import { FailureError } from './failure-error.ts'

/**
 * Turns a Result that can fail into one that can't, by throwing its failure.
 *
 * For places where a "no" is no answer, only a reason to try again: a step after a saga's pivot, a start-up script.
 *
 * @param result - a Result or the promise of one
 * @returns the Result, always Ok
 * @throws {@link FailureError} carrying the failure, when the Result is Err; whatever the promise rejects with
 * @example
 * ```ts
 * import { failure, err, ok, orThrow } from '@ashlar/result'
 *
 * console.log((await orThrow(ok(42))).value)
 * await orThrow(err(failure('MailboxFull', 'mailbox "ada" is full'))).catch((error) => console.log(error.message))
 * ```
 */
export async function orThrow<Value, Fails extends AnyFailure>(
  result: Result<Value, Fails> | PromiseLike<Result<Value, Fails>>,
): Promise<Ok<Value, never>> {
  const settled = await result
  if (settled.isErr()) throw new FailureError(settled.error)
  return ok(settled.value)
}
