import type { Instance } from '../registry/instance.ts'
import type { EtcdHttp } from './etcd-http.ts'
import { readInstance } from './etcd-instance.ts'
import type { EtcdKeys } from './etcd-keys.ts'
import { factsOf, type JsonFacts } from './json-facts.ts'

/** Told of a value that is no instance. */
export type NoInstance = (id: string, reason: string) => void

/** What one service's keys hold, at a revision. */
export class EtcdListing {
  readonly #service: string
  readonly #keys: EtcdKeys
  readonly #noInstance: NoInstance
  readonly #instances = new Map<string, Instance>()
  #revision = 0n

  /**
   * @param service - its name, which was parsed
   * @param keys - where it stands
   * @param noInstance - told of what is left out
   */
  constructor(service: string, keys: EtcdKeys, noInstance: NoInstance) {
    this.#service = service
    this.#keys = keys
    this.#noInstance = noInstance
  }

  get instances(): readonly Instance[] {
    return [...this.#instances.values()]
  }

  /** What a watch of all that comes later begins with. */
  get watchRequest(): object {
    const range = this.#keys.range(this.#service)
    return { create_request: { ...range, start_revision: String(this.#revision + 1n) } }
  }

  /** Asks for all of them, by the leader's word. */
  async load(http: EtcdHttp, signal: AbortSignal): Promise<void> {
    const answer = await http.ask('v3/kv/range', this.#keys.range(this.#service), signal)
    const revision = answer.object('header').int64('revision')
    const kvs = answer.list('kvs').map((kv, at) => factsOf(kv, `kvs[${at}]`))
    this.#revision = revision
    this.#instances.clear()
    for (const kv of kvs) this.#take(kv)
  }

  /** Asks again, and tells whether there is something else than what was known. */
  async hasMissed(http: EtcdHttp, signal: AbortSignal): Promise<boolean> {
    const known = this.#content()
    await this.load(http, signal)
    return this.#content() !== known
  }

  /** Follows the events of a watch. */
  apply(events: readonly JsonFacts[]): void {
    for (const event of events) {
      const kv = event.object('kv')
      const id = this.#keys.idOf(this.#service, kv.text('key'))
      if (event.optionalText('type') !== 'DELETE') this.#take(kv)
      else if (id !== undefined) this.#instances.delete(id)
    }
  }

  #take(kv: JsonFacts): void {
    const id = this.#keys.idOf(this.#service, kv.text('key'))
    if (id === undefined) return
    try {
      this.#instances.set(id, readInstance(this.#service, id, kv.optionalText('value') ?? ''))
    } catch (error) {
      this.#instances.delete(id)
      this.#noInstance(id, error instanceof Error ? error.message : String(error))
    }
  }

  /** Instances come in the order of their keys or of their events. */
  #content(): string {
    return JSON.stringify([...this.#instances.values()].sort((one, other) => (one.id < other.id ? -1 : 1)))
  }
}
