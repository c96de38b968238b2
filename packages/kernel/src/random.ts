/** Gives chance; handed in wherever chance matters, so that a test can fix it. */
export interface Random {
  /** A number from 0 (inclusive) to 1 (exclusive). */
  next(): number
}

/**
 * The machine's own chance, and the default of every `random` option; not for secrets.
 *
 * @example
 * ```ts
 * import { systemRandom } from '@ashlar/kernel'
 *
 * console.log(systemRandom.next() < 1)
 * ```
 */
export const systemRandom: Random = { next: () => Math.random() }
