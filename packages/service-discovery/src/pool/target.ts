import type { Instance } from '../registry/instance.ts'

/** An instance with what its callers have seen of it; balancers choose among these. */
export interface Target {
  /** As the registry told it last. */
  readonly instance: Instance
  /** How many calls to it have begun and not ended. */
  readonly inFlight: number
}
