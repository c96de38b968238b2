/** The common operators that are the opposite of another. */
const opposites: ReadonlyMap<string, string> = new Map([
  ['not_equals', 'in'],
  ['not_in', 'in'],
  ['not_contains', 'contains'],
  ['not_exists', 'exists'],
  ['gte', 'lt'],
  ['lte', 'gt'],
  ['after', 'before'],
  ['contains_none', 'contains_any'],
])

/**
 * The operator whose test answers for this one, so that each pair of opposites has one test.
 *
 * What a test can't tell, its opposite can't tell either. An operator that is handed in answers for itself.
 */
export function plainOperator(name: string): { readonly operator: string; readonly isOpposite: boolean } {
  const opposite = opposites.get(name)
  return { operator: opposite ?? (name === 'equals' ? 'in' : name), isOpposite: opposite !== undefined }
}
