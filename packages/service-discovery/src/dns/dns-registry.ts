import { pause } from '@ashlar/kernel'
import { err, FailureError, ok, type Result } from '@ashlar/result'
import { failureOf, follow } from '../registry/follow.ts'
import type { Instance } from '../registry/instance.ts'
import type { Lease } from '../registry/lease.ts'
import { OpenUses } from '../registry/open-uses.ts'
import {
  type RegisterFailure,
  type RegistryFailure,
  registrationInvalid,
  serviceNameInvalid,
} from '../registry/registry-failure.ts'
import { parseServiceName } from '../registry/service-name.ts'
import type { ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'
import { DnsInstances, type FoundInstances } from './dns-instances.ts'
import { dnsNameExpected, dnsNameProblem } from './dns-name.ts'
import { type DnsRegistryOptions, type ParsedDnsOptions, parseDnsOptions } from './dns-registry-options.ts'

/**
 * Finds instances by DNS: the SRV records of a service's name, or with `port` the addresses of a host.
 *
 * It only reads: `register` always fails. Watches ask again when the shortest TTL of the addresses is over. Node does not
 * tell the TTL of SRV records, so that these are asked for again after `refreshMs` at the latest.
 *
 * Of SRV records, those of the lowest priority whose targets have an address are the instances; the others wait until
 * those are gone. A weight of 0 counts as 1: it gets next to nothing beside real weights, and records that all have 0
 * share alike.
 *
 * A name that does not exist has no instances; a server that fails, refuses or is silent is `RegistryUnavailable`, and so
 * is an answer of which a part is missing.
 *
 * @param options - where names stand, and how to ask
 * @returns a registry that fits the port, named after its servers
 * @throws RangeError for an option that can't be
 * @example
 * ```ts
 * import { dnsRegistry } from '@ashlar/service-discovery/dns'
 *
 * await using registry = dnsRegistry({ domain: 'svc.example.invalid', servers: ['127.0.0.1:9'], timeoutMs: 200 })
 * const found = await registry.get('payments') // asks for _payments._tcp.svc.example.invalid
 *
 * console.log(found.isErr() && found.error.type) // RegistryUnavailable, as nobody answers there
 * ```
 */
export function dnsRegistry(options: DnsRegistryOptions): ServiceRegistry {
  return new DnsRegistry(parseDnsOptions(options))
}

class DnsRegistry implements ServiceRegistry {
  readonly name: string
  readonly #options: ParsedDnsOptions
  readonly #instances: DnsInstances
  readonly #uses: OpenUses

  constructor(options: ParsedDnsOptions) {
    this.name = options.name
    this.#options = options
    this.#instances = new DnsInstances(options)
    this.#uses = new OpenUses(options.name)
  }

  async register(
    registration: ServiceRegistration,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin(options.signal)
    return parseServiceName(registration.service).andThen((service) =>
      err(
        registrationInvalid(service, 'registry', 'one that takes registrations', 'DNS, which is only read'),
      ),
    )
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    try {
      const { instances } = await this.#ask(service, this.#untilClosed(options.signal))
      return ok(snapshotOf(service, instances, this.#options.clock.now().getTime()))
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
    const rounds = (until: AbortSignal) => this.#rounds(service, until)
    const followed = { registry: this.name, service, rounds, clock, timer, random }
    return this.#uses.follow(service, options.signal, (signal) => follow(followed, signal))
  }

  async close(): Promise<void> {
    await this.#uses.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async *#rounds(service: string, signal: AbortSignal): AsyncGenerator<readonly Instance[], void, undefined> {
    for (;;) {
      const { instances, againMs } = await this.#ask(service, signal)
      yield instances
      await pause(againMs, this.#options.timer, signal)
    }
  }

  async #ask(service: string, signal: AbortSignal): Promise<FoundInstances> {
    const named = parseServiceName(service)
    if (named.isErr()) throw new FailureError(named.error)
    const name = this.#options.nameOf(service)
    const problem = dnsNameProblem(name)
    if (problem !== undefined) throw new FailureError(serviceNameInvalid(service, dnsNameExpected, problem))
    return this.#instances.find(service, name, signal)
  }

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#uses.signal : AbortSignal.any([signal, this.#uses.signal])
  }
}
