import {
  type Clock,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimer,
  type Timer,
} from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { follow } from '../registry/follow.ts'
import type { Instance } from '../registry/instance.ts'
import { KeptLease } from '../registry/kept-lease.ts'
import type { Lease } from '../registry/lease.ts'
import { OpenUses } from '../registry/open-uses.ts'
import {
  type RegisterFailure,
  type RegistryFailure,
  registrationInvalid,
} from '../registry/registry-failure.ts'
import { parseServiceName } from '../registry/service-name.ts'
import { parseRegistration, type ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'
import { KnownInstances } from './known-instances.ts'

/** Options of {@link InMemoryRegistry}. */
export interface InMemoryRegistryOptions {
  /** Dates snapshots; the machine's clock unless told. */
  readonly clock?: Clock
  /** Ends leases and sends heartbeats; the machine's timer unless told. */
  readonly timer?: Timer
  /** Spreads rests; the machine's chance unless told. */
  readonly random?: Random
  /** Told of instances that were lost and came back; silent unless told. */
  readonly logger?: Logger
}

/**
 * A registry within one process: the reference model of all others, and what tests and single-process programs use.
 *
 * @example
 * ```ts
 * import { InMemoryRegistry } from '@ashlar/service-discovery'
 *
 * await using registry = new InMemoryRegistry()
 * await registry.register({ service: 'inventory', host: '10.0.0.7', port: 8080 })
 * const inventory = await registry.get('inventory')
 * console.log(inventory._unsafeUnwrap().instances[0]?.id) // inventory-10.0.0.7-8080
 * ```
 */
export class InMemoryRegistry implements ServiceRegistry {
  readonly name: string = 'memory'
  readonly #clock: Clock
  readonly #timer: Timer
  readonly #random: Random
  readonly #logger: Logger
  readonly #known: KnownInstances
  readonly #uses = new OpenUses(this.name)

  /**
   * @param options - time and chance
   * @param known - whose instances they are; its own unless told
   */
  constructor(options: InMemoryRegistryOptions = {}, known?: KnownInstances) {
    this.#clock = options.clock ?? systemClock
    this.#timer = options.timer ?? systemTimer
    this.#random = options.random ?? systemRandom
    this.#logger = options.logger ?? silentLogger
    this.#known = known ?? new KnownInstances(this.#timer)
  }

  /** Another client of the same registry, with leases and watches of its own, as another process would have one. */
  client(): InMemoryRegistry {
    const options = { clock: this.#clock, timer: this.#timer, random: this.#random, logger: this.#logger }
    return new InMemoryRegistry(options, this.#known)
  }

  async register(
    registration: ServiceRegistration,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin(options.signal)
    const parsed = parseRegistration(registration)
    if (parsed.isErr()) return err(parsed.error)
    const { instance, ttlMs, check } = parsed.value
    if (check.kind !== 'ttl')
      return err(
        registrationInvalid(instance.service, 'check', '"ttl", as nobody asks here', `"${check.kind}"`),
      )
    const keeping = {
      registry: this.name,
      ttlMs,
      grant: async (wanted: Instance) => this.#known.put(wanted, ttlMs),
      renew: async (wanted: Instance) => this.#known.renew(wanted, ttlMs),
      withdraw: async (wanted: Instance) => this.#known.remove(wanted),
      logger: this.#logger,
      timer: this.#timer,
      random: this.#random,
    }
    return ok(this.#uses.keep(await KeptLease.take(instance, keeping, options.signal)))
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    return parseServiceName(service).map((name) =>
      snapshotOf(name, this.#known.of(name), this.#clock.now().getTime()),
    )
  }

  watch(
    service: string,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.#uses.begin()
    return this.#uses.follow(service, options.signal, (signal) =>
      follow(
        {
          registry: this.name,
          service,
          rounds: (until) => this.#known.rounds(service, until),
          clock: this.#clock,
          timer: this.#timer,
          random: this.#random,
        },
        signal,
      ),
    )
  }

  async close(): Promise<void> {
    await this.#uses.close()
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }
}
