import { pause } from '@ashlar/kernel'
import type { Instance } from '../registry/instance.ts'
import type { EtcdHttp } from './etcd-http.ts'
import { readInstance } from './etcd-instance.ts'
import type { EtcdKeys } from './etcd-keys.ts'
import type { ParsedEtcdOptions } from './etcd-registry-options.ts'
import { factsOf, type JsonFacts } from './json-facts.ts'
import { jsonLines } from './json-lines.ts'

/** Told of a value that is no instance. */
export type NoInstance = (key: string, reason: string) => void

/** What one service's keys hold, at a revision. */
export class EtcdListing {
  readonly #service: string
  readonly #keys: EtcdKeys
  readonly #noInstance: NoInstance
  readonly #instances = new Map<string, Instance>()
  revision = 0n

  constructor(service: string, keys: EtcdKeys, noInstance: NoInstance) {
    this.#service = service
    this.#keys = keys
    this.#noInstance = noInstance
  }

  get instances(): readonly Instance[] {
    return [...this.#instances.values()]
  }

  /** Asks for all of them, by the leader's word. */
  async load(http: EtcdHttp, signal: AbortSignal): Promise<void> {
    const answer = await http.ask('/v3/kv/range', this.#keys.range(this.#service), signal)
    this.revision = answer.object('header').int64('revision')
    this.#instances.clear()
    for (const [at, kv] of answer.list('kvs').entries()) this.#take(factsOf(kv, `kvs[${at}]`))
  }

  /** Follows an event of a watch. */
  apply(event: JsonFacts): void {
    const kv = event.object('kv')
    if (event.optionalText('type') !== 'DELETE') return this.#take(kv)
    const id = this.#keys.idOf(this.#service, kv.text('key'))
    if (id !== undefined) this.#instances.delete(id)
  }

  #take(kv: JsonFacts): void {
    const key = kv.text('key')
    const id = this.#keys.idOf(this.#service, key)
    if (id === undefined) return
    try {
      this.#instances.set(id, readInstance(this.#service, id, kv.optionalText('value') ?? ''))
    } catch (error) {
      this.#instances.delete(id)
      this.#noInstance(id, error instanceof Error ? error.message : String(error))
    }
  }
}

/**
 * Tells what a service's keys hold, and then each change of them.
 *
 * A stream that ends is begun again at once, at another member, from a new listing; only when that fails is there trouble. A
 * stream that says nothing may be cut off without a word, so that the listing is asked for now and then.
 */
export async function* etcdRounds(
  listing: EtcdListing,
  range: object,
  http: EtcdHttp,
  options: ParsedEtcdOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Instance[], void, undefined> {
  for (;;) {
    await listing.load(http, signal)
    yield listing.instances
    // ended with this round, whichever way it ends
    const stop = new AbortController()
    const either = AbortSignal.any([signal, stop.signal])
    try {
      const startRevision = String(listing.revision + 1n)
      const request = { create_request: { ...range, start_revision: startRevision } }
      const { body } = await http.stream('/v3/watch', request, either)
      if (body === null) throw new Error('expected a stream, found an answer without a body')
      const messages = jsonLines(body, options.maxBytes)
      for await (const message of unlessQuiet(messages, options, either)) {
        if (message === 'quiet') {
          if (await hasMissed(listing, http, signal)) break
          continue
        }
        const result = factsOf(message, '').object('result')
        if (result.has('canceled')) break
        const events = result.list('events')
        for (const [at, event] of events.entries()) listing.apply(factsOf(event, `events[${at}]`))
        if (events.length > 0) {
          listing.revision = result.object('header').int64('revision')
          yield listing.instances
        }
      }
    } catch (error) {
      signal.throwIfAborted()
      options.logger.debug({ registry: options.name, err: error }, 'a watch was broken off')
    } finally {
      stop.abort()
    }
    http.avoid()
    // a member that ends every stream at once is not asked more often than this
    await pause(shortRestMs, options.timer, signal)
  }
}

const shortRestMs = 10

/** Whether the listing is not what the stream has told. */
async function hasMissed(listing: EtcdListing, http: EtcdHttp, signal: AbortSignal): Promise<boolean> {
  const before = JSON.stringify(listing.instances.toSorted(byId))
  const revision = listing.revision
  await listing.load(http, signal)
  const isSame = JSON.stringify(listing.instances.toSorted(byId)) === before
  if (isSame) listing.revision = revision
  return !isSame
}

function byId(one: Instance, other: Instance): number {
  return one.id < other.id ? -1 : 1
}

/** Tells messages, and `quiet` each time there was none for a while. */
async function* unlessQuiet(
  messages: AsyncGenerator<unknown, void, undefined>,
  { quietMs, timer }: ParsedEtcdOptions,
  signal: AbortSignal,
): AsyncGenerator<unknown, void, undefined> {
  let next = messages.next()
  for (;;) {
    const wait = new AbortController()
    const quiet = pause(quietMs, timer, AbortSignal.any([signal, wait.signal])).then(() => 'quiet' as const)
    quiet.catch(() => {})
    const first = await Promise.race([next, quiet])
    wait.abort()
    if (first === 'quiet') {
      yield 'quiet'
      continue
    }
    if (first.done === true) return
    yield first.value
    next = messages.next()
  }
}
