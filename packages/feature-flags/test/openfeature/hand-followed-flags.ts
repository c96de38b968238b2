import type { FlagTeller, FollowedFlags } from '@ashlar/feature-flags/openfeature'
import type { LiveFlagsEvent } from '../../src/live/live-reports.ts'

/** Flags that are followed by hand: what becomes of them is said by `tell`. */
export class HandFollowedFlags implements FollowedFlags {
  readonly evaluator: FlagTeller
  status: FollowedFlags['status'] = 'ready'
  lastFailure: { readonly message: string } | undefined
  closed = 0
  readonly listeners = new Set<(event: LiveFlagsEvent) => void>()

  constructor(evaluator: FlagTeller) {
    this.evaluator = evaluator
  }

  onChange(listener: (event: LiveFlagsEvent) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  async close(): Promise<void> {
    this.closed++
    this.status = 'closed'
  }

  tell(event: LiveFlagsEvent): void {
    for (const listener of this.listeners) listener(event)
  }
}
