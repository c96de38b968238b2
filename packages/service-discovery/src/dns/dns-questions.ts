import { Resolver } from 'node:dns/promises'
import { type Timer, untilAborted } from '@ashlar/kernel'

/** An SRV record as it was found. */
export interface SrvAnswer {
  readonly priority: number
  readonly weight: number
  readonly port: number
  /** In lower case, without a dot at its end; empty where the service is said not to exist. */
  readonly target: string
}

/** An address, and for how long it may be believed. */
export interface AddressAnswer {
  readonly address: string
  /** In seconds. */
  readonly ttl: number
}

/** How questions are asked. */
export interface DnsAsking {
  readonly servers: readonly string[] | undefined
  readonly timeoutMs: number
  readonly timer: Timer
}

/**
 * The questions of one asking: they share one time limit, and end together when nobody waits any more.
 *
 * Each asking has a resolver of its own, as a resolver can only be told to give up all that it was asked.
 */
export class DnsQuestions {
  readonly #resolver: Resolver
  readonly #signal: AbortSignal

  private constructor(resolver: Resolver, signal: AbortSignal) {
    this.#resolver = resolver
    this.#signal = signal
  }

  /**
   * Asks as long as there is time.
   *
   * @throws what `ask` throws, the signal's reason, or an error that tells of the time limit
   */
  static async within<Value>(
    { servers, timeoutMs, timer }: DnsAsking,
    signal: AbortSignal,
    ask: (questions: DnsQuestions) => Promise<Value>,
  ): Promise<Value> {
    signal.throwIfAborted()
    // a datagram can get lost, and a server be dead: some of the time is left for another attempt
    const resolver = new Resolver({ timeout: Math.ceil(timeoutMs / 4), tries: 2 })
    if (servers !== undefined) resolver.setServers(servers)
    const limit = new AbortController()
    const giveUp = () => limit.abort(new Error(`no answer within ${timeoutMs} ms`))
    const callOff = timer.after(timeoutMs, giveUp, { idle: true })
    const either = AbortSignal.any([signal, limit.signal])
    try {
      return await untilAborted(ask(new DnsQuestions(resolver, either)), either)
    } finally {
      callOff()
      // what is left of a failed asking must not go on with its next question
      limit.abort()
      resolver.cancel()
    }
  }

  /** The SRV records of a name, none where it has none. */
  async srv(name: string): Promise<readonly SrvAnswer[]> {
    const records = await this.#asked(this.#resolver.resolveSrv(name))
    return (records ?? []).map(({ priority, weight, port, name: target }) => {
      return { priority, weight, port, target: plainName(target) }
    })
  }

  /** The addresses of a name: those of the first family that it has any of. */
  async addresses(name: string, families: readonly (4 | 6)[]): Promise<readonly AddressAnswer[]> {
    for (const family of families) {
      this.#signal.throwIfAborted()
      const asking =
        family === 4
          ? this.#resolver.resolve4(name, { ttl: true })
          : this.#resolver.resolve6(name, { ttl: true })
      const found = await this.#asked(asking)
      if (found !== undefined && found.length > 0) return found
    }
    return []
  }

  /** Nothing where there is no such name, or none of this kind; that is an answer, others are failures. */
  async #asked<Records>(asking: Promise<Records>): Promise<Records | undefined> {
    try {
      return await asking
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code === 'ENOTFOUND' || code === 'ENODATA') return undefined
      throw error
    }
  }
}

/** Without the dot, and in one case, as some servers answer in the case of the question and others in their own. */
function plainName(name: string): string {
  return (name.endsWith('.') ? name.slice(0, -1) : name).toLowerCase()
}
