import {
  type Logger,
  type Random,
  silentLogger,
  systemRandom,
  systemTimer,
  type Telemetry,
  type Timer,
} from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import type { BalancerPolicy } from '../balance/balancer.ts'
import { p2cEwma } from '../balance/p2c-ewma.ts'
import { ServiceClient } from '../client/service-client.ts'
import { type Resilience, standard } from '../client/standard.ts'
import { type OutlierOptions, type Outliers, outliersOf } from '../pool/outlier-options.ts'
import type { Lease } from '../registry/lease.ts'
import type { RegisterFailure, RegistryFailure } from '../registry/registry-failure.ts'
import { parseServiceName } from '../registry/service-name.ts'
import type { ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { DiscoveryClosedError } from './discovery-closed-error.ts'
import type { EndpointFailure } from './endpoint-failure.ts'
import { type LeaseNotFound, leaseNotFound } from './lease-not-found.ts'
import { type MassDropOptions, type MassDrops, massDropsOf } from './mass-drop.ts'
import { endpointOf, type ServiceEndpoint, type ServiceHealth } from './service-endpoint.ts'
import { ServiceView } from './service-view.ts'
import { WatchedServices } from './watched-services.ts'

/** Options of one client of a service. */
export interface ServiceClientOptions {
  /** Chooses among the instances; by load and latency ({@link p2cEwma}) unless told. */
  readonly balancer?: BalancerPolicy
  /** When an instance gets no calls for a while; `false` is never. */
  readonly outliers?: OutlierOptions | false
  /** Keeps calls out of trouble; {@link standard} unless told. */
  readonly resilience?: Resilience
  /** What paths of `fetch` are asked by; `http` unless told. */
  readonly scheme?: 'http' | 'https'
  /** Asks; the platform's `fetch` unless told. */
  readonly fetch?: typeof globalThis.fetch
}

/** Options of a {@link ServiceDiscovery}. */
export interface ServiceDiscoveryOptions extends ServiceClientOptions {
  /** Who knows the instances; the caller closes it. */
  readonly registry: ServiceRegistry
  /** When the loss of many instances at a time is not believed at once; `false` is never. */
  readonly massDrop?: MassDropOptions | false
  /** How long the last instances are used while the registry can't be asked; for ever unless told, from 0. */
  readonly maxStaleMs?: number
  /** How long the registry's first answer about a service may take; 5,000 unless told, from 1. */
  readonly firstAnswerMs?: number
  /**
   * After how long without a question a service is watched no longer that has no client and no follower, from 1; 300,000
   * unless told.
   */
  readonly idleMs?: number
  /** Measures and waits; the machine's timer unless told. */
  readonly timer?: Timer
  /** Chooses; the machine's chance unless told. */
  readonly random?: Random
  /** Told of ejections, losses and trouble; silent unless told. */
  readonly logger?: Logger
  /** Told of each attempt. */
  readonly telemetry?: Telemetry
}

/**
 * Finds the instances of services, registers one's own, and makes clients that call them.
 *
 * Each service is followed by one watch, however many ask; what the registry told last serves while it can't be asked.
 *
 * @example
 * ```ts
 * import { InMemoryRegistry, ServiceDiscovery } from '@ashlar/service-discovery'
 *
 * await using registry = new InMemoryRegistry()
 * await using discovery = new ServiceDiscovery({ registry })
 * await discovery.registerService({ service: 'payments', host: '10.0.0.9', port: 8080 })
 *
 * const endpoint = await discovery.getServiceEndpoint('payments')
 * console.log(endpoint.isOk() ? endpoint.value.address : endpoint.error.message) // 10.0.0.9
 * console.log((await discovery.checkHealth('payments'))._unsafeUnwrap().healthyInstances) // 1
 * ```
 */
export class ServiceDiscovery implements AsyncDisposable {
  readonly #options: ServiceDiscoveryOptions
  readonly #timer: Timer
  readonly #random: Random
  readonly #logger: Logger
  readonly #massDrops: MassDrops | false
  readonly #outliers: Outliers | false
  readonly #services: WatchedServices<ServiceClient>
  readonly #clients = new Set<ServiceClient>()
  readonly #leases = new Map<string, Lease>()
  readonly #maxStaleMs: number
  readonly #firstAnswerMs: number
  #closing: Promise<void> | undefined

  /**
   * @param options - the registry, and how its instances are used
   * @throws RangeError for a number out of its range
   */
  constructor(options: ServiceDiscoveryOptions) {
    this.#options = options
    this.#timer = options.timer ?? systemTimer
    this.#random = options.random ?? systemRandom
    this.#logger = options.logger ?? silentLogger
    this.#massDrops = options.massDrop === false ? false : massDropsOf(options.massDrop ?? {})
    this.#outliers = options.outliers === false ? false : outliersOf(options.outliers ?? {})
    this.#maxStaleMs = within('maxStaleMs', options.maxStaleMs ?? Number.POSITIVE_INFINITY, 0)
    this.#firstAnswerMs = within('firstAnswerMs', options.firstAnswerMs ?? 5_000, 1, 2 ** 31 - 1)
    this.#services = new WatchedServices({
      viewOf: (service) => this.#viewOf(service),
      chooserOf: (service, view) => this.#clientOf(service, view, {}),
      timer: this.#timer,
      idleMs: within('idleMs', options.idleMs ?? 300_000, 1, 2 ** 31 - 1),
    })
  }

  /**
   * Chooses an instance of a service that can be called.
   *
   * @param service - its name
   * @param options - `key` for balancers that send what belongs together to one instance, `signal` ends the waiting
   * @returns where it is, or `NoInstances`, `AllEjected`, or why the registry can't be asked
   * @throws the signal's reason when it is aborted, and {@link DiscoveryClosedError} after `close`
   */
  async getServiceEndpoint(
    service: string,
    options: { readonly key?: string; readonly signal?: AbortSignal } = {},
  ): Promise<Result<ServiceEndpoint, EndpointFailure>> {
    this.#refuseClosed()
    const named = parseServiceName(service)
    if (named.isErr()) return err(named.error)
    const chosen = await this.#services.chooser(service).endpoint(options)
    return chosen.map(endpointOf)
  }

  /**
   * Registers an instance, and keeps it registered until its lease is released or the discovery is closed.
   *
   * @param registration - who and where
   * @param options - `signal` ends the waiting
   * @returns the lease, or why there is none
   * @throws the signal's reason when it is aborted, and {@link DiscoveryClosedError} after `close`
   */
  async registerService(
    registration: ServiceRegistration,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Lease, RegisterFailure>> {
    this.#refuseClosed()
    const registered = await this.#options.registry.register(registration, options)
    if (registered.isErr()) return err(registered.error)
    const lease = registered.value
    const { service, id } = lease.instance
    for (const [key, kept] of this.#leases) if (kept.state === 'released') this.#leases.delete(key)
    this.#leases.set(`${service} ${id}`, lease)
    if (this.#closing !== undefined) {
      this.#tellFailures([await lease.release()])
      throw new DiscoveryClosedError()
    }
    return ok(lease)
  }

  /**
   * Takes an instance out that was registered here.
   *
   * @param service - its service
   * @param id - its id
   * @returns nothing, or `LeaseNotFound`, or why the registry could not be told
   */
  async deregisterService(
    service: string,
    id: string,
  ): Promise<Result<void, LeaseNotFound | RegistryFailure>> {
    const key = `${service} ${id}`
    const lease = this.#leases.get(key)
    if (lease === undefined) return err(leaseNotFound(service, id))
    this.#leases.delete(key)
    return lease.release()
  }

  /**
   * Counts the instances of a service, and those of them that can be called.
   *
   * @param service - its name
   * @param options - `signal` ends the waiting
   * @returns the counts, or why the registry can't be asked
   * @throws the signal's reason when it is aborted, and {@link DiscoveryClosedError} after `close`
   */
  async checkHealth(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<ServiceHealth, RegistryFailure>> {
    const snapshot = await this.snapshot(service, options)
    return snapshot.map(({ instances, asOf, stale }) => {
      const healthy = instances.filter(({ health }) => health === 'passing' || health === 'warning').length
      return {
        serviceName: service,
        healthyInstances: healthy,
        totalInstances: instances.length,
        isHealthy: healthy > 0,
        lastChecked: new Date(asOf).toISOString(),
        isStale: stale,
      }
    })
  }

  /**
   * All instances of a service, as they are known.
   *
   * @param service - its name
   * @param options - `signal` ends the waiting
   * @returns the snapshot, or why the registry can't be asked
   * @throws the signal's reason when it is aborted, and {@link DiscoveryClosedError} after `close`
   */
  async snapshot(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#refuseClosed()
    options.signal?.throwIfAborted()
    const named = parseServiceName(service)
    if (named.isErr()) return err(named.error)
    return this.#services.asked(service).current(options.signal)
  }

  /**
   * Follows a service as its clients see it: held back losses included.
   *
   * @param service - its name
   * @param options - `signal` ends it
   * @returns snapshots and failures; only the newest waits for a slow reader
   * @throws the signal's reason when it is aborted, and {@link DiscoveryClosedError} after `close`
   */
  async *watch(
    service: string,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.#refuseClosed()
    const named = parseServiceName(service)
    if (named.isErr()) return yield err(named.error)
    const held = this.#services.hold(service)
    try {
      yield* held.view.watch(options.signal)
    } finally {
      held.letGo()
    }
  }

  /**
   * Makes a client of a service: for all calls of a program to it, as it learns from them.
   *
   * @param service - its name
   * @param options - how this client chooses and calls, where it differs from the discovery
   * @returns the client, which works until the discovery is closed
   * @throws TypeError for a name that no service can have, RangeError for a number out of its range, and
   * {@link DiscoveryClosedError} after `close`
   */
  serviceClient(service: string, options: ServiceClientOptions = {}): ServiceClient {
    this.#refuseClosed()
    const named = parseServiceName(service)
    if (named.isErr()) throw new TypeError(named.error.message)
    const client = this.#clientOf(service, this.#services.hold(service).view, options)
    this.#clients.add(client)
    return client
  }

  /**
   * Asks all balancers to choose others than the instances that were registered here; they still answer what they get.
   *
   * @returns the failures of those whose registry could not be told
   */
  async drain(): Promise<readonly RegistryFailure[]> {
    return failuresOf(await Promise.all([...this.#leases.values()].map((lease) => lease.drain())))
  }

  /** Releases all leases, ends all watches and clients. The registry stays open. Twice is as good as once. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  /** As {@link ServiceDiscovery.close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(): Promise<void> {
    for (const client of this.#clients) client.close()
    this.#services.close()
    const released = await Promise.all([...this.#leases.values()].map((lease) => lease.release()))
    this.#tellFailures(released)
  }

  #tellFailures(released: readonly Result<void, RegistryFailure>[]): void {
    for (const { message } of failuresOf(released))
      this.#logger.warn({ message }, 'a registration is left to its time')
  }

  #viewOf(service: string): ServiceView {
    return new ServiceView({
      registry: this.#options.registry,
      service,
      massDrops: this.#massDrops,
      maxStaleMs: this.#maxStaleMs,
      firstAnswerMs: this.#firstAnswerMs,
      timer: this.#timer,
      logger: this.#logger,
    })
  }

  #clientOf(service: string, view: ServiceView, options: ServiceClientOptions): ServiceClient {
    const { outliers } = options
    const unlessTold = this.#options
    return new ServiceClient(service, {
      view,
      policy: options.balancer ?? unlessTold.balancer ?? p2cEwma(),
      outliers: outliers === undefined ? this.#outliers : outliers && outliersOf(outliers),
      resilience: options.resilience ?? unlessTold.resilience ?? standard(),
      scheme: options.scheme ?? unlessTold.scheme ?? 'http',
      fetch: options.fetch ?? unlessTold.fetch ?? globalThis.fetch,
      timer: this.#timer,
      random: this.#random,
      logger: this.#logger,
      telemetry: unlessTold.telemetry ?? {},
    })
  }

  #refuseClosed(): void {
    if (this.#closing !== undefined) throw new DiscoveryClosedError()
  }
}

function within(name: string, value: number, least: number, most = Number.POSITIVE_INFINITY): number {
  if (value >= least && value <= most) return value
  throw new RangeError(`option ${name}: expected a number from ${least} to ${most}, found ${value}`)
}

function failuresOf(results: readonly Result<void, RegistryFailure>[]): readonly RegistryFailure[] {
  return results.flatMap((result) => (result.isErr() ? [result.error] : []))
}
