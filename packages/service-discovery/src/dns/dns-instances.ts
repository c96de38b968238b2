import { addressProblem, authorityOf } from '../registry/address.ts'
import type { Instance } from '../registry/instance.ts'
import { frozenInstance } from '../registry/service-registration.ts'
import { dnsNameProblem } from './dns-name.ts'
import { type AddressAnswer, DnsQuestions, type SrvAnswer } from './dns-questions.ts'
import type { ParsedDnsOptions } from './dns-registry-options.ts'

/** What was found, and how long it may be believed. */
export interface FoundInstances {
  readonly instances: readonly Instance[]
  /** When to ask again. */
  readonly againMs: number
}

/** Where an instance is said to be. */
interface Place {
  readonly target: string
  readonly port: number
  readonly weight: number
}

/** So many targets are asked for at once, so that a long list is no flood of datagrams. */
const atOnce = 32

/** In seconds. A greater one counts as 0, as RFC 2181 (8) has it. */
const longestTtl = 2 ** 31 - 1

/** Makes instances of what DNS answers, and drops what can't be one. */
export class DnsInstances {
  readonly #options: ParsedDnsOptions
  readonly #warned = new Set<string>()

  constructor(options: ParsedDnsOptions) {
    this.#options = options
  }

  /**
   * Asks for the instances of a service.
   *
   * @throws what the resolver throws, the signal's reason, or an error that tells of the time limit
   */
  find(service: string, name: string, signal: AbortSignal): Promise<FoundInstances> {
    const { port } = this.#options
    return DnsQuestions.within(this.#options, signal, (questions) =>
      port === undefined
        ? this.#bySrv(service, name, questions)
        : this.#byAddress(service, { target: name, port, weight: 1 }, questions),
    )
  }

  async #byAddress(service: string, place: Place, questions: DnsQuestions): Promise<FoundInstances> {
    const found = await questions.addresses(place.target, this.#options.families)
    return this.#found(this.#instancesAt(service, place, found), found, Number.POSITIVE_INFINITY)
  }

  async #bySrv(service: string, name: string, questions: DnsQuestions): Promise<FoundInstances> {
    const records = (await questions.srv(name)).filter((record) => this.#canBeAsked(name, record))
    const believed: AddressAnswer[] = []
    for (const group of byPriority(records)) {
      const known = await this.#addressesOf(new Set(group.map(({ target }) => target)), questions)
      believed.push(...[...known.values()].flat())
      const instances = group.flatMap((place) =>
        this.#instancesAt(service, place, known.get(place.target) ?? []),
      )
      if (instances.length > 0) return this.#found(instances, believed, this.#options.refreshMs)
    }
    return this.#found([], believed, this.#options.refreshMs)
  }

  async #addressesOf(
    targets: ReadonlySet<string>,
    questions: DnsQuestions,
  ): Promise<ReadonlyMap<string, readonly AddressAnswer[]>> {
    const known = new Map<string, readonly AddressAnswer[]>()
    const waiting = targets.values()
    const work = async () => {
      for (const target of waiting)
        known.set(target, await questions.addresses(target, this.#options.families))
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, targets.size) }, work))
    return known
  }

  #instancesAt(service: string, place: Place, found: readonly AddressAnswer[]): readonly Instance[] {
    const reachable = found
      .map(({ address }) => address)
      .filter((address) => this.#isReachable(place.target, address, place.port))
    if (this.#options.hosts === 'address')
      return reachable.map((address) => instanceAt(service, address, place))
    const isThere = reachable.length > 0 && this.#isReachable(place.target, place.target, place.port)
    return isThere ? [instanceAt(service, place.target, place)] : []
  }

  #found(
    instances: readonly Instance[],
    believed: readonly AddressAnswer[],
    atLatestMs: number,
  ): FoundInstances {
    const { minTtlMs, maxTtlMs, refreshMs } = this.#options
    const ttls = believed.map(({ ttl }) => (ttl > longestTtl ? 0 : ttl * 1_000))
    const wantedMs = ttls.length === 0 ? refreshMs : Math.min(atLatestMs, ...ttls)
    const distinct = Map.groupBy([...instances].sort(byNodeAndWeight), ({ id }) => id)
    const firsts = [...distinct.values()].flatMap(([first]) => first ?? [])
    return { instances: firsts, againMs: Math.min(maxTtlMs, Math.max(minTtlMs, wantedMs)) }
  }

  /** An empty target says that the service is not offered here, which is nothing to complain of. */
  #canBeAsked(name: string, { target }: SrvAnswer): boolean {
    if (target === '') return false
    const problem = dnsNameProblem(target)
    if (problem !== undefined) this.#warn(name, `target ${problem}`)
    return problem === undefined
  }

  #isReachable(name: string, host: string, port: number): boolean {
    const problem = addressProblem(host, port)
    if (problem !== undefined) this.#warn(name, `${problem.field} ${problem.found}`)
    return problem === undefined
  }

  #warn(name: string, found: string): void {
    const key = `${name} ${found}`
    if (this.#warned.has(key) || this.#warned.size >= 1_000) return
    this.#warned.add(key)
    this.#options.logger.warn(
      { registry: this.#options.name, name, found },
      'DNS names what nobody can reach',
    )
  }
}

/** In groups, the lowest number first, which is the first choice. */
function byPriority(records: readonly SrvAnswer[]): readonly (readonly SrvAnswer[])[] {
  const groups = Map.groupBy(records, ({ priority }) => priority)
  return [...groups].sort(([one], [other]) => one - other).map(([, group]) => group)
}

/** Servers answer in any order; of two names for one address, it is always the same one that counts. */
function byNodeAndWeight(one: Instance, other: Instance): number {
  return one.node < other.node ? -1 : one.node > other.node ? 1 : other.weight - one.weight
}

function instanceAt(service: string, host: string, { target, port, weight }: Place): Instance {
  return frozenInstance({
    id: authorityOf(host, port),
    service,
    host,
    port,
    node: target,
    tags: [],
    metadata: {},
    weight: Math.min(65_535, Math.max(1, weight)),
    health: 'passing',
  })
}
