import type { AnyFailure, Result } from '@ashlar/result'

/** Ends a benchmark whose work was refused: to refuse is quicker than to do. */
export function mustBeOk(result: Result<unknown, AnyFailure>): void {
  if (result.isErr()) throw new Error(`a benchmark must be given what it asks for: ${result.error.message}`)
}
