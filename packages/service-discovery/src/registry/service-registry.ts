import type { Result } from '@ashlar/result'
import type { Lease } from './lease.ts'
import type { RegisterFailure, RegistryFailure } from './registry-failure.ts'
import type { ServiceRegistration } from './service-registration.ts'
import type { Snapshot } from './snapshot.ts'

/** Knows which instances of which service there are; the port that every adapter fits. */
export interface ServiceRegistry extends AsyncDisposable {
  /** What messages call it, such as `consul http://127.0.0.1:8500`; without secrets. */
  readonly name: string
  /**
   * Makes an instance known, and keeps it known by heartbeats for as long as the process lives.
   *
   * @param registration - who and where; the same id again takes the other one's place
   * @param options - `signal` ends the waiting, not the lease
   * @returns the lease, or why there is none
   * @throws the signal's reason when it is aborted, and `RegistryClosedError` after `close`
   */
  register(
    registration: ServiceRegistration,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<Lease, RegisterFailure>>
  /**
   * Asks once for all instances of a service.
   *
   * @param service - its name
   * @param options - `signal` ends the waiting
   * @returns the instances, none of them for a service that nobody knows; or why the registry could not be asked
   * @throws the signal's reason when it is aborted, and `RegistryClosedError` after `close`
   */
  get(
    service: string,
    options?: { readonly signal?: AbortSignal },
  ): Promise<Result<Snapshot, RegistryFailure>>
  /**
   * Follows the instances of a service: the present ones at once, then each change.
   *
   * Never ends by itself but for `close`. While the registry can't be asked, the last snapshot is told again as stale,
   * or the failure where there was none, once; it goes on by itself. Two that follow each other never tell the same.
   *
   * @param service - its name
   * @param options - `signal` ends it
   * @returns snapshots and failures; only the newest waits for a slow reader
   * @throws the signal's reason when it is aborted
   */
  watch(
    service: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<Result<Snapshot, RegistryFailure>>
  /** Ends all watches and heartbeats; what was registered stays until its time is over. Twice is as good as once. */
  close(): Promise<void>
}
