import { err, FailureError, ok, type Result } from '@ashlar/result'
import { failureOf, follow } from '../registry/follow.ts'
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
import { WarnOnce } from '../registry/warn-once.ts'
import { EtcdHttp } from './etcd-http.ts'
import { EtcdKeeping } from './etcd-keeping.ts'
import { EtcdKeys } from './etcd-keys.ts'
import { EtcdListing } from './etcd-listing.ts'
import {
  type EtcdRegistryOptions,
  type ParsedEtcdOptions,
  parseEtcdOptions,
} from './etcd-registry-options.ts'
import { etcdRounds } from './etcd-rounds.ts'

/**
 * Finds and registers instances in a cluster of etcd, from version 3.4 on, by its JSON gateway.
 *
 * Each registration is a key `<prefix><service>/<id>` with a value of JSON, which lives as long as its lease; etcd counts
 * leases in whole seconds. Each watched service is one stream of changes from one member, and another one's when that member
 * is gone. Whoever writes `{"host": "10.0.0.7", "port": 8080}` to such a key is known as well.
 *
 * @param options - where the members are, and limits
 * @returns a registry that fits the port
 * @throws RangeError for an option that can't be
 * @example
 * ```ts
 * import { etcdRegistry } from '@ashlar/service-discovery/etcd'
 *
 * await using registry = etcdRegistry({ endpoints: ['http://127.0.0.1:1'], timeoutMs: 500 })
 * const inventory = await registry.get('inventory')
 * console.log(inventory.isOk() ? inventory.value.instances.length : inventory.error.type) // RegistryUnavailable
 * ```
 */
export function etcdRegistry(options: EtcdRegistryOptions): ServiceRegistry {
  return new EtcdRegistry(parseEtcdOptions(options))
}

class EtcdRegistry implements ServiceRegistry {
  readonly name: string
  readonly #options: ParsedEtcdOptions
  readonly #http: EtcdHttp
  readonly #keys: EtcdKeys
  readonly #uses: OpenUses
  readonly #warnings: WarnOnce

  constructor(options: ParsedEtcdOptions) {
    this.name = options.name
    this.#options = options
    this.#http = new EtcdHttp(options)
    this.#keys = new EtcdKeys(options.prefix)
    this.#uses = new OpenUses(options.name)
    this.#warnings = new WarnOnce(options.logger)
  }

  async register(
    registration: ServiceRegistration,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin(options.signal)
    const parsed = parseRegistration(registration, this.#options.node)
    if (parsed.isErr()) return err(parsed.error)
    const { instance, ttlMs, check } = parsed.value
    if (check.kind !== 'ttl')
      return err(
        registrationInvalid(instance.service, 'check', '"ttl", as etcd asks nobody', `"${check.kind}"`),
      )
    const keeping = new EtcdKeeping(ttlMs, this.#http, this.#keys, this.#options)
    try {
      return ok(this.#uses.keep(await KeptLease.take(instance, keeping, this.#untilClosed(options.signal))))
    } catch (error) {
      this.#uses.begin(options.signal)
      const failure = failureOf(this.name, error)
      if (failure.type === 'RegistryFiltered') throw new FailureError(failure)
      return err(failure)
    }
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    const named = parseServiceName(service)
    if (named.isErr()) return err(named.error)
    const listing = this.#listingOf(service)
    try {
      await listing.load(this.#http, this.#untilClosed(options.signal))
      return ok(snapshotOf(service, listing.instances, this.#options.clock.now().getTime()))
    } catch (error) {
      this.#uses.begin(options.signal)
      return err(failureOf(this.name, error))
    }
  }

  watch(
    service: string,
    options: { readonly signal: AbortSignal },
  ): AsyncGenerator<Result<Snapshot, RegistryFailure>, void, undefined> {
    this.#uses.begin()
    const { clock, timer, random } = this.#options
    const http = this.#http.beside()
    const rounds = (signal: AbortSignal) =>
      etcdRounds({ listing: this.#listingOf(service), http, options: this.#options }, signal)
    const followed = { registry: this.name, service, rounds, clock, timer, random }
    return this.#uses.follow(service, options.signal, (signal) => follow(followed, signal))
  }

  close(): Promise<void> {
    return this.#uses.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #listingOf(service: string): EtcdListing {
    return new EtcdListing(service, this.#keys, (id, reason) =>
      this.#warnings.warn(
        `${service}\n${id}\n${reason}`,
        { registry: this.name, service, id, reason },
        'a value is no instance',
      ),
    )
  }

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#uses.signal : AbortSignal.any([signal, this.#uses.signal])
  }
}
