import type { Result } from '@ashlar/result'
import { err } from '@ashlar/result'
import type { KeptLease } from './kept-lease.ts'
import { RegistryClosedError } from './registry-closed-error.ts'
import type { RegistryFailure } from './registry-failure.ts'
import { parseServiceName } from './service-name.ts'
import type { Snapshot } from './snapshot.ts'

/** The leases and watches of a registry, which end with it. */
export class OpenUses {
  readonly #registry: string
  readonly #leases = new Set<KeptLease>()
  readonly #closing = new AbortController()

  /** @param registry - its name, for messages */
  constructor(registry: string) {
    this.#registry = registry
  }

  /** Aborted by `close`. */
  get signal(): AbortSignal {
    return this.#closing.signal
  }

  /**
   * Looks whether a call may begin.
   *
   * @throws {@link RegistryClosedError} after `close`, and the reason of a signal that is aborted
   */
  begin(signal?: AbortSignal): void {
    if (this.#closing.signal.aborted) throw new RegistryClosedError(this.#registry)
    signal?.throwIfAborted()
  }

  /**
   * Keeps a lease until it is released; one of the same id has lost its place.
   *
   * @throws {@link RegistryClosedError} after `close`; the registration is then left to its time
   */
  keep(lease: KeptLease): KeptLease {
    if (this.#closing.signal.aborted) {
      void lease.abandon()
      throw new RegistryClosedError(this.#registry)
    }
    const { service, id } = lease.instance
    for (const kept of this.#leases) {
      if (kept.instance.service === service && kept.instance.id === id) void kept.yieldPlace(lease)
      if (kept.state === 'released') this.#leases.delete(kept)
    }
    this.#leases.add(lease)
    return lease
  }

  /** Follows a service until the caller's signal, whose reason is thrown, or `close`, which ends it without a word. */
  async *follow(
    service: string,
    signal: AbortSignal,
    following: (signal: AbortSignal) => AsyncIterable<Result<Snapshot, RegistryFailure>>,
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.begin(signal)
    const named = parseServiceName(service)
    if (named.isErr()) return yield err(named.error)
    try {
      yield* following(AbortSignal.any([signal, this.#closing.signal]))
    } catch (error) {
      signal.throwIfAborted()
      if (!this.#closing.signal.aborted) throw error
    }
  }

  /** Ends all of them; registrations are left to their time. */
  async close(): Promise<void> {
    this.#closing.abort(new RegistryClosedError(this.#registry))
    await Promise.all([...this.#leases].map((lease) => lease.abandon()))
    this.#leases.clear()
  }
}
