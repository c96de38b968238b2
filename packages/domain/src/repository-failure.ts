import { type Failure, failure } from '@ashlar/result'

/** A repository has no such aggregate, or has it no more. */
export type AggregateNotFound = Failure<
  'AggregateNotFound',
  { readonly aggregate: string; readonly id: string }
>

/** A repository has an aggregate of this id already; a removed one counts. */
export type AlreadyExists = Failure<'AlreadyExists', { readonly aggregate: string; readonly id: string }>

/** Another writer was faster; load again and decide again. */
export type VersionConflict = Failure<
  'VersionConflict',
  { readonly aggregate: string; readonly id: string; readonly expected: number; readonly actual: number }
>

/**
 * Makes the failure of a repository that has no such aggregate.
 *
 * @param aggregate - the name of its kind, such as `Customer`
 * @param id - that was looked for
 * @returns the failure
 * @example
 * ```ts
 * import { aggregateNotFound, alreadyExists, versionConflict } from '@ashlar/domain'
 *
 * console.log(aggregateNotFound('Customer', 'C-1').message)
 * console.log(alreadyExists('Customer', 'C-1').message)
 * console.log(versionConflict('Customer', 'C-1', { expected: 1, actual: 2 }).message)
 * ```
 */
export function aggregateNotFound(aggregate: string, id: string): AggregateNotFound {
  return failure('AggregateNotFound', `${aggregate} "${id}" was expected, found none`, { aggregate, id })
}

/**
 * Makes the failure of a repository that has an aggregate of this id already.
 *
 * @param aggregate - the name of its kind
 * @param id - that is taken
 * @returns the failure
 * @example See {@link aggregateNotFound}.
 */
export function alreadyExists(aggregate: string, id: string): AlreadyExists {
  return failure('AlreadyExists', `${aggregate} "${id}" was expected to be new, found one of this id`, {
    aggregate,
    id,
  })
}

/**
 * Makes the failure of a repository whose aggregate was changed meanwhile.
 *
 * @param aggregate - the name of its kind
 * @param id - of the aggregate
 * @param versions - `expected` by the caller, `actual` in the store
 * @returns the failure
 * @example See {@link aggregateNotFound}.
 */
export function versionConflict(
  aggregate: string,
  id: string,
  versions: { readonly expected: number; readonly actual: number },
): VersionConflict {
  const { expected, actual } = versions
  return failure('VersionConflict', `${aggregate} "${id}" is at version ${actual}, expected ${expected}`, {
    aggregate,
    id,
    expected,
    actual,
  })
}
