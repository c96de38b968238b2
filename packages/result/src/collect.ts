import { err, ok, type Result } from 'neverthrow'

/** What {@link collect} makes of a record of Results: all values, or all failures. */
export type Collected<Results extends Readonly<Record<string, Result<unknown, unknown>>>> = Result<
  { readonly [Name in keyof Results]: Results[Name] extends Result<infer Value, unknown> ? Value : never },
  readonly (Results[keyof Results] extends Result<unknown, infer Fails> ? Fails : never)[]
>

/**
 * Gathers several Results into one, with all failures instead of the first.
 *
 * @param results - Results by name
 * @returns Ok with the values under the same names, or Err with every failure in the order of the names
 * @example
 * ```ts
 * import { collect, Guard } from '@ashlar/result'
 *
 * const address = collect({
 *   street: Guard.against.nullOrWhiteSpace('12 Byron Row', 'street'),
 *   city: Guard.against.nullOrWhiteSpace('London', 'city'),
 * })
 * console.log(address.isOk() && address.value.city)
 * ```
 */
export function collect<const Results extends Readonly<Record<string, Result<unknown, unknown>>>>(
  results: Results,
): Collected<Results> {
  const failures: unknown[] = []
  const values: [string, unknown][] = []
  for (const [name, result] of Object.entries(results)) {
    if (result.isErr()) failures.push(result.error)
    else values.push([name, result.value])
  }
  return (failures.length > 0 ? err(failures) : ok(Object.fromEntries(values))) as Collected<Results>
}
