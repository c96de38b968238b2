import type { Result } from '@ashlar/result'
import type { Instance } from './instance.ts'
import type { RegistryFailure } from './registry-failure.ts'

/**
 * How a registration stands: `held`, `lost` while the registry does not know it or can't be asked (it is registered again
 * as soon as possible), `draining`, or `released`.
 */
export type LeaseState = 'held' | 'lost' | 'draining' | 'released'

/** A registration that is kept alive; disposing of it releases it. */
export interface Lease extends AsyncDisposable {
  /** As it was registered. */
  readonly instance: Instance
  /** How it stands now. */
  readonly state: LeaseState
  /**
   * Asks balancers to choose others, while heartbeats go on; the instance still answers what it gets.
   *
   * @param options - `signal` ends the waiting
   * @returns nothing, or why the registry could not be told; it is told again with the next heartbeat
   * @throws the signal's reason when it is aborted
   */
  drain(options?: { readonly signal?: AbortSignal }): Promise<Result<void, RegistryFailure>>
  /**
   * Ends the heartbeats and takes the instance out of the registry. Twice is as good as once.
   *
   * @param options - `signal` ends the waiting
   * @returns nothing, or why the registry could not be told; the instance then leaves it by itself when its time is over
   * @throws the signal's reason when it is aborted
   */
  release(options?: { readonly signal?: AbortSignal }): Promise<Result<void, RegistryFailure>>
}
