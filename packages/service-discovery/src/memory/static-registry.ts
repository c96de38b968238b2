import { type Clock, systemClock, systemRandom, systemTimer, Wakeup } from '@ashlar/kernel'
import { err, ok, type Result } from '@ashlar/result'
import { follow } from '../registry/follow.ts'
import type { Instance } from '../registry/instance.ts'
import type { Lease } from '../registry/lease.ts'
import { OpenUses } from '../registry/open-uses.ts'
import {
  type RegisterFailure,
  type RegistrationInvalid,
  type RegistryFailure,
  registrationInvalid,
  type ServiceNameInvalid,
} from '../registry/registry-failure.ts'
import { parseServiceName } from '../registry/service-name.ts'
import { parseRegistration, type ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'

/** An instance in a list that a program was configured with. */
export type StaticInstance = Omit<ServiceRegistration, 'service' | 'ttlMs' | 'check'>

/** The instances of each service. */
export type StaticServices = { readonly [service: string]: readonly StaticInstance[] }

/**
 * A registry that is a list, such as a configuration has it, and that can be given another list while it runs.
 *
 * @example
 * ```ts
 * import { StaticRegistry } from '@ashlar/service-discovery'
 *
 * const made = StaticRegistry.of({ payments: [{ host: 'payments.internal', port: 443 }] })
 * if (made.isErr()) throw new Error(made.error.message)
 * await using registry = made.value
 * registry.reload({ payments: [{ host: 'a.internal', port: 443 }, { host: 'b.internal', port: 443 }] })
 * console.log((await registry.get('payments'))._unsafeUnwrap().instances.length) // 2
 * ```
 */
export class StaticRegistry implements ServiceRegistry {
  readonly name: string = 'static'
  readonly #clock: Clock
  readonly #changed = new Wakeup()
  readonly #uses = new OpenUses(this.name)
  #services: ReadonlyMap<string, readonly Instance[]>

  private constructor(services: ReadonlyMap<string, readonly Instance[]>, clock: Clock) {
    this.#services = services
    this.#clock = clock
  }

  /**
   * Makes a registry of a list.
   *
   * @param services - the instances of each service
   * @param options - `clock` dates snapshots; the machine's unless told
   * @returns the registry, or the first entry that can't be
   */
  static of(
    services: StaticServices,
    options: { readonly clock?: Clock } = {},
  ): Result<StaticRegistry, RegistrationInvalid | ServiceNameInvalid> {
    return parseServices(services).map((parsed) => new StaticRegistry(parsed, options.clock ?? systemClock))
  }

  /**
   * Takes another list in place of the present one, whole.
   *
   * @param services - the instances of each service
   * @returns nothing, or the first entry that can't be; then the present list stays
   */
  reload(services: StaticServices): Result<void, RegistrationInvalid | ServiceNameInvalid> {
    return parseServices(services).map((parsed) => {
      this.#services = parsed
      this.#changed.wake()
    })
  }

  async register(registration: ServiceRegistration): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin()
    return parseRegistration(registration).andThen(({ instance: { service } }) =>
      err(registrationInvalid(service, 'registry', 'a registry that takes registrations', 'a list')),
    )
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    return parseServiceName(service).map((name) =>
      snapshotOf(name, this.#services.get(name) ?? [], this.#clock.now().getTime()),
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
          rounds: (until) => this.#rounds(service, until),
          clock: this.#clock,
          timer: systemTimer,
          random: systemRandom,
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

  async *#rounds(service: string, signal: AbortSignal): AsyncGenerator<readonly Instance[], void, undefined> {
    for await (const _ of this.#changed.waits({ signal })) yield this.#services.get(service) ?? []
  }
}

function parseServices(
  services: StaticServices,
): Result<ReadonlyMap<string, readonly Instance[]>, RegistrationInvalid | ServiceNameInvalid> {
  const parsed = new Map<string, readonly Instance[]>()
  if (typeof services !== 'object' || services === null)
    return err(registrationInvalid('', 'services', 'a list for each service', typeof services))
  for (const [service, listed] of Object.entries(services)) {
    if (!Array.isArray(listed))
      return err(
        registrationInvalid(service, 'instances', 'a list', listed === null ? 'null' : typeof listed),
      )
    const instances = new Map<string, Instance>()
    for (const entry of listed) {
      const registration = parseRegistration({ ...entry, service })
      if (registration.isErr()) return err(registration.error)
      const { instance } = registration.value
      if (instances.has(instance.id))
        return err(
          registrationInvalid(service, 'id', 'another one for each instance', `"${instance.id}" twice`),
        )
      instances.set(instance.id, instance)
    }
    parsed.set(service, [...instances.values()])
  }
  return ok(parsed)
}
