import { err, ok, type Result } from 'neverthrow'
import { type Failure, failure } from './failure.ts'

/** Which rule a value broke; the name of the guard clause. */
export type GuardProblem =
  | 'null'
  | 'nullOrWhiteSpace'
  | 'tooLong'
  | 'tooShort'
  | 'negative'
  | 'negativeOrZero'
  | 'outOfRange'
  | 'notInteger'
  | 'empty'
  | 'wrongFormat'

/** A value broke a guard clause; `path` names it, `problem` the clause, `expected` and `found` say how. */
export type GuardFailure = Failure<
  'GuardFailed',
  { readonly path: string; readonly problem: GuardProblem; readonly expected: string; readonly found: string }
>

/** The clauses of {@link Guard}; each takes a value and its path, and returns the value or what is wrong with it. */
export interface GuardClauses {
  /** Refuses `null` and `undefined`. */
  null<T>(value: T, path: string): Result<NonNullable<T>, GuardFailure>
  /** Refuses what is no text, and text of white space only; returns it trimmed. */
  nullOrWhiteSpace(value: unknown, path: string): Result<string, GuardFailure>
  /** Refuses text longer than `maxLength` UTF-16 units. */
  tooLong(value: string, maxLength: number, path: string): Result<string, GuardFailure>
  /** Refuses text shorter than `minLength` UTF-16 units. */
  tooShort(value: string, minLength: number, path: string): Result<string, GuardFailure>
  /** Refuses numbers below zero, and NaN. */
  negative<N extends number | bigint>(value: N, path: string): Result<N, GuardFailure>
  /** Refuses zero, numbers below it, and NaN. */
  negativeOrZero<N extends number | bigint>(value: N, path: string): Result<N, GuardFailure>
  /** Refuses numbers outside of `min` to `max`, both allowed, and NaN. */
  outOfRange<N extends number | bigint>(value: N, min: N, max: N, path: string): Result<N, GuardFailure>
  /** Refuses what is no whole number between −(2^53−1) and 2^53−1. */
  notInteger(value: unknown, path: string): Result<number, GuardFailure>
  /** Refuses lists without an item. */
  empty<T>(value: readonly T[], path: string): Result<readonly [T, ...T[]], GuardFailure>
  /** Refuses text longer than `maxLength`, then text that `pattern` does not match; length first, so that no pattern meets a long text. */
  wrongFormat(value: string, pattern: RegExp, maxLength: number, path: string): Result<string, GuardFailure>
}

/**
 * Guard clauses that return a Result instead of throwing.
 *
 * @example
 * ```ts
 * import { Guard } from '@ashlar/result'
 *
 * const name = Guard.against.nullOrWhiteSpace('  Ada ', 'name')
 * const quantity = Guard.against.outOfRange(12, 1, 10, 'quantity')
 * console.log(name.isOk() && name.value, quantity.isErr() && quantity.error.message)
 * ```
 */
export const Guard: { readonly against: GuardClauses } = {
  against: {
    null: (value, path) =>
      value === null || value === undefined ? refuse('null', path, 'a value', value) : ok(value),

    nullOrWhiteSpace(value, path) {
      const text = typeof value === 'string' ? value.trim() : ''
      return text === '' ? refuse('nullOrWhiteSpace', path, 'text that is not blank', value) : ok(text)
    },

    tooLong: (value, maxLength, path) =>
      value.length <= maxLength
        ? ok(value)
        : refuse('tooLong', path, `at most ${maxLength} characters`, value.length),

    tooShort: (value, minLength, path) =>
      value.length >= minLength
        ? ok(value)
        : refuse('tooShort', path, `at least ${minLength} characters`, value.length),

    negative: (value, path) => (value >= 0 ? ok(value) : refuse('negative', path, 'zero or more', value)),

    negativeOrZero: (value, path) =>
      value > 0 ? ok(value) : refuse('negativeOrZero', path, 'more than zero', value),

    outOfRange: (value, min, max, path) =>
      value >= min && value <= max ? ok(value) : refuse('outOfRange', path, `${min} to ${max}`, value),

    notInteger: (value, path) =>
      Number.isSafeInteger(value)
        ? ok(value as number)
        : refuse('notInteger', path, 'a whole number up to 2^53−1', value),

    empty: (value, path) =>
      value.length === 0 ? refuse('empty', path, 'at least one item', 0) : ok(value as never),

    wrongFormat: (value, pattern, maxLength, path) =>
      Guard.against
        .tooLong(value, maxLength, path)
        .andThen((text) =>
          text.search(pattern) === -1
            ? refuse('wrongFormat', path, `text that matches ${pattern}`, text)
            : ok(text),
        ),
  },
}

function refuse(
  problem: GuardProblem,
  path: string,
  expected: string,
  value: unknown,
): Result<never, GuardFailure> {
  const found = show(value)
  return err(
    failure('GuardFailed', `${path} must be ${expected}, found ${found}`, { path, problem, expected, found }),
  )
}

/** Short, and never more than the start of a long text: failures end up in logs. */
function show(value: unknown): string {
  if (typeof value === 'string') return value.length > 60 ? `"${value.slice(0, 60)}…"` : `"${value}"`
  if (typeof value === 'bigint' || typeof value === 'number') return String(value)
  return value === null ? 'null' : typeof value
}
