/** A promise of the program's own was broken; always a bug, never an expected failure. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError'
  readonly code = 'ASHLAR_RESULT_INVARIANT'
}

/**
 * States what must hold at this point of the program; for bugs, not for input.
 *
 * @param condition - what must be true
 * @param message - says what was broken
 * @throws {@link InvariantError} when the condition is false
 * @example
 * ```ts
 * import { invariant } from '@ashlar/result'
 *
 * const first = [1, 2, 3].at(0)
 * invariant(first !== undefined, 'the list above is not empty')
 * console.log(first.toFixed(2))
 * ```
 */
export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantError(message)
}
