import type { Logger, Random, Timer } from '@ashlar/kernel'
import type { Instance } from '../registry/instance.ts'
import type { LeaseKeeping } from '../registry/kept-lease.ts'
import type { EtcdHttp } from './etcd-http.ts'
import { writtenInstance } from './etcd-instance.ts'
import { base64, type EtcdKeys } from './etcd-keys.ts'
import { EtcdRefusal } from './etcd-refusal.ts'
import type { ParsedEtcdOptions } from './etcd-registry-options.ts'
import { factsOf } from './json-facts.ts'

/** Keeps one registration as a key that lives as long as its lease. */
export class EtcdKeeping implements LeaseKeeping {
  readonly registry: string
  readonly ttlMs: number
  readonly logger: Logger
  readonly timer: Timer
  readonly random: Random
  readonly #http: EtcdHttp
  readonly #keys: EtcdKeys
  #lease: bigint | undefined

  constructor(ttlMs: number, http: EtcdHttp, keys: EtcdKeys, options: ParsedEtcdOptions) {
    this.registry = options.name
    this.ttlMs = ttlMs
    this.logger = options.logger
    this.timer = options.timer
    this.random = options.random
    this.#http = http
    this.#keys = keys
  }

  /** A lease that still lives is used again, such as when the instance begins to drain. */
  async grant(instance: Instance, signal: AbortSignal): Promise<void> {
    if (this.#lease !== undefined && (await this.#extend(this.#lease, signal))) {
      await this.#put(instance, this.#lease, signal)
      return
    }
    const ttl = String(Math.ceil(this.ttlMs / 1_000))
    const granted = await this.#http.ask('v3/lease/grant', { TTL: ttl }, signal)
    const lease = granted.int64('ID')
    // a key without a lease would outlive us
    if (lease <= 0n) throw new Error(`expected the id of a lease, found ${lease}`)
    this.#lease = lease
    await this.#put(instance, lease, signal)
  }

  async renew(instance: Instance, signal: AbortSignal): Promise<'held' | 'lost'> {
    if (this.#lease === undefined || !(await this.#extend(this.#lease, signal))) return 'lost'
    // somebody else may have taken the key away, and left the lease
    const key = this.#keys.key(instance.service, instance.id)
    const found = (await this.#http.ask('v3/kv/range', { key }, signal)).list('kvs')[0]
    if (found === undefined) return 'lost'
    const kv = factsOf(found, 'kvs[0]')
    const holder = kv.int64('lease')
    // whoever has registered the same id later has our place; what has no lease would outlive us
    if (holder !== 0n && holder !== this.#lease) return 'held'
    // a question that hung at a member may be heard later than those after it
    return holder === this.#lease && kv.text('value') === base64(writtenInstance(instance)) ? 'held' : 'lost'
  }

  /** The key goes with its lease; another one's key of the same name stays. */
  async withdraw(_: Instance, signal: AbortSignal): Promise<void> {
    const lease = this.#lease
    if (lease === undefined) return
    try {
      await this.#http.ask('v3/lease/revoke', { ID: String(lease) }, signal)
    } catch (error) {
      if (!(error instanceof EtcdRefusal && error.isNotFound)) throw error
    }
  }

  async #put(instance: Instance, lease: bigint, signal: AbortSignal): Promise<void> {
    const key = this.#keys.key(instance.service, instance.id)
    const value = base64(writtenInstance(instance))
    await this.#http.ask('v3/kv/put', { key, value, lease: String(lease) }, signal)
  }

  async #extend(lease: bigint, signal: AbortSignal): Promise<boolean> {
    const answer = await this.#http.ask('v3/lease/keepalive', { ID: String(lease) }, signal)
    return answer.object('result').int64('TTL') > 0n
  }
}
