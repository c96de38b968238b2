import type { Instance } from '../registry/instance.ts'

/** An instance that was chosen for a call which is made by other means than the client's own. */
export interface AcquiredInstance {
  /** Who is to be called. */
  readonly instance: Instance
  /**
   * Tells how the call has ended, for balancing and ejection; only the first word counts.
   *
   * @param outcome - `cancelled` where the caller has ended it, which says nothing of the instance
   */
  release(outcome: 'ok' | 'failure' | 'cancelled'): void
}
