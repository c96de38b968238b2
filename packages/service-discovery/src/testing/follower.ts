import type { RegistryFailure } from '../registry/registry-failure.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'

/** Follows a service, keeps all that it was told, and waits for what it is to be told. */
export class Follower {
  /** Every snapshot, the first one first. */
  readonly told: Snapshot[] = []
  /** The first failure. */
  readonly failure: Promise<RegistryFailure>
  /** Resolves when the registry ends the telling, and rejects with what it throws. */
  readonly ended: Promise<void>
  readonly #stop = new AbortController()
  readonly #waiting = new Set<() => void>()

  /** Begins at once. */
  constructor(registry: ServiceRegistry, service: string) {
    const failed = Promise.withResolvers<RegistryFailure>()
    this.failure = failed.promise
    this.ended = this.#follow(registry, service, failed.resolve)
    this.ended.catch(() => {})
  }

  /** What was told last. */
  get last(): Snapshot | undefined {
    return this.told.at(-1)
  }

  /** Waits until what was told last is as wanted. */
  async until(isWanted: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    for (;;) {
      const { last } = this
      if (last !== undefined && isWanted(last)) return last
      await new Promise<void>((resolve) => this.#waiting.add(resolve))
    }
  }

  /** Ends it. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.ended.catch(() => {})
  }

  async #follow(
    registry: ServiceRegistry,
    service: string,
    failed: (failure: RegistryFailure) => void,
  ): Promise<void> {
    for await (const result of registry.watch(service, { signal: this.#stop.signal })) {
      if (result.isErr()) failed(result.error)
      else this.told.push(result.value)
      for (const resume of this.#waiting) resume()
      this.#waiting.clear()
    }
  }
}
