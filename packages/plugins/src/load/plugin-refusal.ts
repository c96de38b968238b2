import type { PlanFailure } from '../plan/plan-failure.ts'
import type { DiscoveryFailure } from './discovery-failure.ts'

/** A plugin that was found and can't be started. */
export interface PluginRefusal {
  /** Its id, where its manifest tells one. */
  readonly plugin: string | undefined
  /** Where it was found. */
  readonly origin: string
  /** Why. */
  readonly failure: DiscoveryFailure | PlanFailure
}
