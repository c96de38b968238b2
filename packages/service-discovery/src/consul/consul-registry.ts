import { err, FailureError, ok, type Result } from '@ashlar/result'
import { failureOf, follow } from '../registry/follow.ts'
import type { Instance } from '../registry/instance.ts'
import { KeptLease } from '../registry/kept-lease.ts'
import type { Lease } from '../registry/lease.ts'
import { OpenUses } from '../registry/open-uses.ts'
import {
  type RegisterFailure,
  type RegistrationInvalid,
  type RegistryFailure,
  registryFiltered,
} from '../registry/registry-failure.ts'
import { parseServiceName } from '../registry/service-name.ts'
import { parseRegistration, type ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { snapshotOf } from '../registry/snapshot-of.ts'
import { WarnOnce } from '../registry/warn-once.ts'
import { ConsulHttp, refusalOf } from './consul-http.ts'
import { ConsulKeeping } from './consul-keeping.ts'
import { consulRegistration } from './consul-registration.ts'
import {
  type ConsulConsistency,
  type ConsulRegistryOptions,
  type ParsedConsulOptions,
  parseConsulOptions,
} from './consul-registry-options.ts'
import { instancesOf } from './health-answer.ts'
import { Pace } from './pace.ts'
import { type Indexed, indexOf, watchRounds } from './watch-rounds.ts'

/**
 * Finds and registers instances by an agent of Consul, over its HTTP interface.
 *
 * All instances are told, those that are critical included; one in maintenance is draining. Who has no port, or an address
 * that nobody can reach, is left out and warned of. Changes are waited for with
 * blocking questions, two rounds at once and two a second after that; each watch holds a connection, of which an agent
 * takes 200 from one address unless told otherwise. A registration belongs to the agent that was asked,
 * and its id is unique there, not in the cluster: where two machines have the same id, each is told as `id@machine`. The
 * zone is the entry `zone` of an instance's metadata, or of its machine's.
 *
 * @param options - where the agent answers, who we are, and limits
 * @returns a registry that fits the port, named after the agent's URL
 * @throws RangeError for an option that can't be
 * @example
 * ```ts
 * import { consulRegistry } from '@ashlar/service-discovery/consul'
 * import { ConsulDouble } from '@ashlar/service-discovery/consul/testing'
 *
 * await using consul = await ConsulDouble.start() // stands for an agent on this machine
 * await using registry = consulRegistry({ url: consul.url })
 * await registry.register({ service: 'inventory', host: '10.0.0.7', port: 8080 })
 *
 * const inventory = await registry.get('inventory')
 * console.log(inventory._unsafeUnwrap().instances[0]?.node) // node-1
 * ```
 */
export function consulRegistry(options: ConsulRegistryOptions = {}): ServiceRegistry {
  return new ConsulRegistry(parseConsulOptions(options))
}

class ConsulRegistry implements ServiceRegistry {
  readonly name: string
  readonly #options: ParsedConsulOptions
  readonly #http: ConsulHttp
  readonly #uses: OpenUses
  readonly #warnings: WarnOnce

  constructor(options: ParsedConsulOptions) {
    this.name = options.name
    this.#options = options
    this.#http = new ConsulHttp(options)
    this.#uses = new OpenUses(options.name)
    this.#warnings = new WarnOnce(options.logger)
  }

  async register(
    registration: ServiceRegistration,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Lease, RegisterFailure>> {
    this.#uses.begin(options.signal)
    const parsed = parseRegistration(registration).andThen((one) => consulRegistration(one).map(() => one))
    if (parsed.isErr()) return err(parsed.error)
    const keeping = new ConsulKeeping(parsed.value, this.#http, this.#options)
    try {
      const signal = this.#untilClosed(options.signal)
      return ok(this.#uses.keep(await KeptLease.take(parsed.value.instance, keeping, signal)))
    } catch (error) {
      this.#uses.begin(options.signal)
      if (error instanceof FailureError && isRegistrationInvalid(error.failure)) return err(error.failure)
      return err(registerFailureOf(failureOf(this.name, error)))
    }
  }

  async get(
    service: string,
    options: { readonly signal?: AbortSignal } = {},
  ): Promise<Result<Snapshot, RegistryFailure>> {
    this.#uses.begin(options.signal)
    const named = parseServiceName(service)
    if (named.isErr()) return err(named.error)
    try {
      const { consistency = 'default' } = this.#options
      const answer = await this.#ask(service, 0n, consistency, this.#untilClosed(options.signal))
      return ok(snapshotOf(service, answer.instances, this.#options.clock.now().getTime()))
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
    const { clock, timer, random, consistency = 'stale' } = this.#options
    // rounds begin anew after each failure, and their pace does not
    const pace = new Pace(timer)
    const rounds = (signal: AbortSignal) => {
      const ask = (index: bigint, by: ConsulConsistency) => this.#ask(service, index, by, signal)
      return watchRounds({ ask, consistency, pace, signal })
    }
    const followed = { registry: this.name, service, rounds, clock, timer, random }
    return this.#uses.follow(service, options.signal, (signal) => follow(followed, signal))
  }

  close(): Promise<void> {
    return this.#uses.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #ask(
    service: string,
    index: bigint,
    consistency: ConsulConsistency,
    signal: AbortSignal,
  ): Promise<Indexed> {
    const { waitMs, datacenter } = this.#options
    const blocking = index === 0n ? {} : { index: String(index), wait: `${waitMs}ms` }
    const query = {
      ...blocking,
      ...(consistency === 'default' ? {} : { [consistency]: '' }),
      ...(datacenter === undefined ? {} : { dc: datacenter }),
    }
    // an agent adds up to a sixteenth, so that not all come back at once
    const holdsMs = index === 0n ? 0 : Math.ceil((waitMs * 17) / 16)
    const path = ['health', 'service', service]
    const answer = await this.#http.ask({ method: 'GET', path, query, holdsMs }, signal)
    if (answer.status !== 200) throw refusalOf(answer)
    const instances = instancesOf(service, parsedJson(answer), (id, node, reason) =>
      this.#warnings.warn(
        `${service}\n${node}\n${id}\n${reason}`,
        { registry: this.name, service, id, node, reason },
        'an instance is left out',
      ),
    )
    this.#heedFilter(service, answer.headers, instances)
    this.#heedLeader(service, answer.headers)
    return { instances, index: indexOf(answer.headers) }
  }

  /** Who sees nothing and has too few rights knows nothing. */
  #heedFilter(service: string, headers: Headers, instances: readonly Instance[]): void {
    if (headers.get('x-consul-results-filtered-by-acls') !== 'true') return
    if (instances.length === 0) throw new FailureError(registryFiltered(this.name, service))
    this.#warnings.warn(
      `filtered\n${service}`,
      { registry: this.name, service },
      'the registry hides some instances for lack of rights',
    )
  }

  /** A server without a leader answers stale questions for as long as it runs. */
  #heedLeader(service: string, headers: Headers): void {
    if (headers.get('x-consul-knownleader') !== 'false') return
    const lastContactMs = headers.get('x-consul-lastcontact')?.slice(0, 20)
    this.#warnings.warn(
      `leaderless\n${service}`,
      { registry: this.name, service, lastContactMs },
      'the registry has no leader, so that what it tells may be old',
    )
  }

  #untilClosed(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.#uses.signal : AbortSignal.any([signal, this.#uses.signal])
  }
}

function parsedJson({ headers, text }: { readonly headers: Headers; readonly text: string }): unknown {
  const type = headers.get('content-type') ?? ''
  if (!/^application\/json\s*(?:;|$)/i.test(type))
    throw new Error(`expected an answer of JSON, found one of ${JSON.stringify(type.slice(0, 60))}`)
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Error(`expected an answer of JSON, found ${text.length} characters that are none`, {
      cause: error,
    })
  }
}

function isRegistrationInvalid(failure: { readonly type: string }): failure is RegistrationInvalid {
  return failure.type === 'RegistrationInvalid'
}

/** Nothing is filtered where nothing is read. */
function registerFailureOf(failure: RegistryFailure): RegisterFailure {
  if (failure.type === 'RegistryFiltered') throw new FailureError(failure)
  return failure
}
