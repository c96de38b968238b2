import type { IdGenerator } from '../id-generator.ts'

/**
 * Makes a generator whose ids count up in the form of a UUID, so that stores take them.
 *
 * @param first - the first number, 1 unless told
 * @returns `00000000-0000-7000-8000-000000000001` and so on
 * @example
 * ```ts
 * import { sequentialIds } from '@ashlar/kernel/testing'
 *
 * console.log(sequentialIds().next())
 * ```
 */
export function sequentialIds(first = 1): IdGenerator {
  let next = first
  return { next: () => `00000000-0000-7000-8000-${String(next++).padStart(12, '0')}` }
}
