import { systemClock, Wakeup } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { Instance } from '../registry/instance.ts'
import type { Lease } from '../registry/lease.ts'
import { OpenUses } from '../registry/open-uses.ts'
import {
  type RegisterFailure,
  type RegistryFailure,
  registrationInvalid,
  registryUnavailable,
} from '../registry/registry-failure.ts'
import {
  frozenInstance,
  parseRegistration,
  type ServiceRegistration,
} from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'

/** An instance for tests: where it is, and whatever else differs from an ordinary one. */
export type ScriptedInstance = Pick<Instance, 'host' | 'port'> & Partial<Instance>

/**
 * A registry that tells what a test tells it to: instances, and any trouble that a registry can have.
 *
 * @example
 * ```ts
 * import { ServiceDiscovery } from '@ashlar/service-discovery'
 * import { ScriptedRegistry } from '@ashlar/service-discovery/testing'
 *
 * await using registry = new ScriptedRegistry()
 * registry.tell('payments', [{ host: '10.0.0.1', port: 80 }])
 * await using discovery = new ServiceDiscovery({ registry })
 * console.log((await discovery.checkHealth('payments'))._unsafeUnwrap().healthyInstances) // 1
 *
 * registry.fail()
 * console.log((await discovery.getServiceEndpoint('payments')).isOk()) // true: what was told last serves
 * ```
 */
export class ScriptedRegistry implements ServiceRegistry {
  readonly name: string = 'scripted'
  readonly #changed = new Wakeup()
  readonly #uses = new OpenUses(this.name)
  readonly #services = new Map<string, Snapshot>()
  #failure: RegistryFailure | undefined
  #watches = 0
  #watching = 0

  /** How many watches there have been. */
  get watches(): number {
    return this.#watches
  }

  /** How many watches there are. */
  get watching(): number {
    return this.#watching
  }

  /** Tells that exactly these instances are there. */
  tell(service: string, instances: readonly ScriptedInstance[]): void {
    const whole = instances.map((instance) =>
      frozenInstance({
        id: `${service}-${instance.host}-${instance.port}`,
        service,
        node: '',
        tags: [],
        metadata: {},
        weight: 1,
        health: 'passing',
        ...instance,
      }),
    )
    this.#failure = undefined
    this.#services.set(service, snapshotOf(service, whole, systemClock.now().getTime()))
    this.#changed.wake()
  }

  /** Fails from now on, until `tell` or `recover`. */
  fail(failure: RegistryFailure = registryUnavailable(this.name, 'a test wants it so')): void {
    this.#failure = failure
    this.#changed.wake()
  }

  /** Tells again what was told before. */
  recover(): void {
    this.#failure = undefined
    this.#changed.wake()
  }

  async register(registration: ServiceRegistration): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin()
    return parseRegistration(registration).andThen(({ instance: { service } }) =>
      err(registrationInvalid(service, 'registry', 'a registry that takes registrations', 'a script')),
    )
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    return this.#failure === undefined ? ok(this.#snapshotOf(service)) : err(this.#failure)
  }

  watch(
    service: string,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.#uses.begin()
    this.#watches++
    return this.#uses.follow(service, options.signal, (signal) => this.#follow(service, signal))
  }

  async close(): Promise<void> {
    await this.#uses.close()
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async *#follow(
    service: string,
    signal: AbortSignal,
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.#watching++
    try {
      yield* this.#tellAll(service, signal)
    } finally {
      this.#watching--
    }
  }

  async *#tellAll(
    service: string,
    signal: AbortSignal,
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    let last: Snapshot | undefined
    let told = ''
    for await (const _ of this.#changed.waits({ signal })) {
      const failure = this.#failure
      if (failure === undefined) last = this.#snapshotOf(service)
      const news = failure === undefined ? `${last?.version}` : failure.type
      if (news === told) continue
      told = news
      if (failure === undefined) yield ok(this.#snapshotOf(service))
      else yield last === undefined ? err(failure) : ok({ ...last, stale: true, trouble: failure })
    }
  }

  #snapshotOf(service: string): Snapshot {
    return this.#services.get(service) ?? snapshotOf(service, [], systemClock.now().getTime())
  }
}
