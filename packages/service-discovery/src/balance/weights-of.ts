import type { Target } from '../pool/target.ts'

/** The targets' weights in their order; one that no instance may have counts as 1. */
export function weightsOf(targets: readonly Target[]): Float64Array {
  return Float64Array.from(targets, ({ instance: { weight } }) =>
    weight > 0 && weight < Number.POSITIVE_INFINITY ? weight : 1,
  )
}
