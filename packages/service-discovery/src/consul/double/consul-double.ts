import { type Random, systemRandom, systemTimer, type Timer } from '@ashlar/kernel'
import { Access, type TokenRights } from './access.ts'
import { ConsulState } from './consul-state.ts'
import { Faults, type RawAnswer } from './faults.ts'
import type { Front } from './front.ts'
import { HttpFront } from './http-front.ts'
import { type CheckStatus, keyOf } from './tables.ts'

/** Options of {@link ConsulDouble.start}. */
export interface ConsulDoubleOptions {
  /** Where it listens on 127.0.0.1; any that is free unless told. */
  readonly port?: number
  /** `dc1` unless told. */
  readonly datacenter?: string
  /** The agent's machine; `node-1` unless told. */
  readonly nodeName?: string
  /** That machine's address; `127.0.0.1` unless told. */
  readonly nodeAddress?: string
  /** What is known of that machine; nothing unless told. */
  readonly nodeMeta?: Readonly<Record<string, string>>
  /** Who may do what, by the token's secret, `''` for those without; all may do everything unless told. */
  readonly tokens?: Readonly<Record<string, TokenRights>>
  /** Ends TTLs and blocking queries; the machine's timer unless told. */
  readonly timer?: Timer
  /** Spreads the ends of blocking queries; the machine's chance unless told. */
  readonly random?: Random
}

/** An instance that another agent has registered. */
export interface PlacedInstance {
  /** The other agent's machine. */
  readonly node: string
  /** That machine's address; `10.0.0.1` unless told. */
  readonly nodeAddress?: string
  /** What is known of that machine; nothing unless told. */
  readonly nodeMeta?: Readonly<Record<string, string>>
  /** Unique on that machine; the service's name unless told. */
  readonly id?: string
  /** The service's name. */
  readonly service: string
  /** Empty, so that the machine's counts, unless told. */
  readonly address?: string
  /** Any number, as Consul takes any. */
  readonly port: number
  /** None unless told. */
  readonly tags?: readonly string[]
  /** None unless told. */
  readonly meta?: Readonly<Record<string, string>>
  /** 1 and 1 unless told. */
  readonly weights?: { readonly Passing: number; readonly Warning: number }
  /** Of its only check; passing unless told. */
  readonly status?: CheckStatus
}

/** What was known once, see {@link ConsulDouble}. */
export interface ConsulSnapshot {
  /** Puts it back and wakes all who wait; for them the index goes back. */
  restore(): void
  /** Answers stale questions with it until `mend`, as a follower does that lags behind. */
  lagBehind(): void
}

/**
 * A Consul that is none: a server that answers on 127.0.0.1 as an agent of Consul does, for tests of what talks to one.
 *
 * It has services, checks with their TTLs, health, blocking queries and rights, made after Consul's documentation and
 * sources and never compared with a living one. It knows no filters, no catalogue but its services, no key-value store and
 * no second agent but what `place` puts there. Its faults are methods.
 *
 * @example
 * ```ts
 * import { consulRegistry } from '@ashlar/service-discovery/consul'
 * import { ConsulDouble } from '@ashlar/service-discovery/consul/testing'
 *
 * await using consul = await ConsulDouble.start()
 * await using registry = consulRegistry({ url: consul.url })
 * await registry.register({ service: 'inventory', host: '10.0.0.7', port: 8080 })
 *
 * consul.restart() // forgets all; the registry registers again with its next heartbeat
 * ```
 */
export class ConsulDouble implements AsyncDisposable {
  readonly #front: Front
  readonly #http: HttpFront

  private constructor(front: Front) {
    this.#front = front
    this.#http = new HttpFront(front)
  }

  /**
   * Starts one.
   *
   * @param options - where, who may do what, and time
   * @throws what the platform throws for a port that is taken
   */
  static async start(options: ConsulDoubleOptions = {}): Promise<ConsulDouble> {
    const { timer = systemTimer, random = systemRandom, datacenter = 'dc1' } = options
    const { nodeName = 'node-1', nodeAddress = '127.0.0.1', nodeMeta = {} } = options
    const state = new ConsulState({ name: nodeName, address: nodeAddress, meta: nodeMeta }, timer)
    const access = new Access(options.tokens)
    const double = new ConsulDouble({ state, access, faults: new Faults(), timer, random, datacenter })
    await double.#http.listen(options.port ?? 0)
    return double
  }

  /** Where it answers, such as `http://127.0.0.1:43127`. */
  get url(): string {
    return this.#http.url
  }

  /** How many requests have come since the start. */
  get requests(): number {
    return this.#http.requests
  }

  /** How many answers are held back now: blocking queries, and those that hang. */
  get waiting(): number {
    return this.#http.waiting
  }

  /** Ends it, and all connections. */
  async stop(): Promise<void> {
    this.#front.state.close()
    await this.cut()
  }

  /** Ends it, and all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  /** Makes an instance known that another agent has registered. */
  place(placed: PlacedInstance): void {
    const { node, service, id = service, status = 'passing' } = placed
    const { state } = this.#front
    state.putNode({ name: node, address: placed.nodeAddress ?? '10.0.0.1', meta: placed.nodeMeta ?? {} })
    const check = { id: `service:${id}`, name: `Service '${service}' check`, notes: '', status }
    const facts = {
      id,
      name: service,
      address: placed.address ?? '',
      port: placed.port,
      tags: placed.tags ?? [],
      meta: placed.meta ?? {},
      weights: placed.weights ?? { Passing: 1, Warning: 1 },
    }
    state.put({ ...facts, checks: [{ ...check, type: 'ttl' }] }, true, node)
  }

  /**
   * Takes out what `place` has put there.
   *
   * @param node - its machine
   * @param id - its id there
   */
  displace(node: string, id: string): void {
    if (this.#front.state.tables.services.has(keyOf(node, id))) this.#front.state.remove(id, node)
  }

  /**
   * Sets how a check stands, such as `serfHealth`, which is that of the machine itself.
   *
   * @param node - its machine
   * @param checkId - its id there, `service:<id>` for that of an instance
   * @param status - how it stands from now on
   */
  setCheck(node: string, checkId: string, status: CheckStatus): void {
    this.#front.state.setStatus(node, checkId, status, '')
  }

  /** Forgets all, lets the index begin anew, and cuts all connections: an agent without a disk that starts again. */
  restart(): void {
    this.#front.state.forget()
    this.drop()
  }

  /**
   * Keeps what is known now, its index included.
   *
   * @returns what is done with it later
   */
  snapshot(): ConsulSnapshot {
    const { state, faults } = this.#front
    const tables = state.copy()
    return {
      restore: () => state.restore(tables),
      lagBehind: () => {
        faults.lagging = tables
      },
    }
  }

  /** Has no leader until `mend`: only stale questions are answered. */
  leaderless(): void {
    this.#front.faults.hasLeader = false
  }

  /**
   * Refuses the next requests, as a server with a limit does.
   *
   * @param count - how many
   * @param status - 429 unless told
   */
  rateLimit(count: number, status: 429 | 503 = 429): void {
    this.#front.faults.refusals = { status, left: count }
  }

  /**
   * Tells an index of 0, or none, until `mend`.
   *
   * @param kind - `zero` unless told
   */
  zeroIndex(kind: 'zero' | 'missing' = 'zero'): void {
    this.#front.faults.index = kind
  }

  /**
   * Makes a token unknown; what waits learns it when it is woken.
   *
   * @param token - its secret
   */
  denyToken(token: string): void {
    this.#front.access.deny(token)
  }

  /** Wakes all who wait though nothing has changed; the index moves on. */
  churn(): void {
    this.#front.state.churn()
  }

  /** Answers nothing any more until `mend`, and to those who ask meanwhile never: connections that stand half open. */
  hang(): void {
    this.#front.faults.isHanging = true
  }

  /** Cuts all connections; new ones are taken. */
  drop(): void {
    this.#http.drop()
  }

  /** Cuts all connections and takes no new ones until `mend`; TTLs go on. */
  async cut(): Promise<void> {
    await this.#http.close()
  }

  /**
   * Answers the next questions for a service's health with something else.
   *
   * @param answer - what is sent instead
   * @param count - how many times; until `mend` unless told
   */
  answerWith(answer: RawAnswer, count: number = Number.POSITIVE_INFINITY): void {
    this.#front.faults.raw = { answer, left: count }
  }

  /** Ends all faults that last; who hangs goes on hanging, as nobody tells such a connection. */
  async mend(): Promise<void> {
    Object.assign(this.#front.faults, new Faults())
    await this.#http.listen()
    // those who wait on what is no longer so look again
    this.#front.state.churn()
  }
}
