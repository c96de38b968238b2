import { untilAborted } from '@ashlar/kernel'
import { FailureError } from '@ashlar/result'
import { boundedText } from '../registry/bounded-text.ts'
import { registryDenied } from '../registry/registry-failure.ts'
import { EtcdRefusal } from './etcd-refusal.ts'
import type { ParsedEtcdOptions } from './etcd-registry-options.ts'
import { EtcdToken } from './etcd-token.ts'
import { factsOf, type JsonFacts } from './json-facts.ts'

/** An answer that goes on, and who gives it. */
export interface EtcdStream {
  readonly body: ReadableStream<Uint8Array>
  readonly member: URL
}

/** Asks the members of a cluster by their JSON gateway, the one that answered last before the others. */
export class EtcdHttp {
  readonly #options: ParsedEtcdOptions
  readonly #token: EtcdToken
  #first: number

  /** @param options - where the members are, who we are, and limits */
  constructor(options: ParsedEtcdOptions, token: EtcdToken = new EtcdToken(), first = 0) {
    this.#options = options
    this.#token = token
    this.#first = first
  }

  /** Another one with the same token, which changes members by itself: what one has seen says nothing of another's. */
  beside(): EtcdHttp {
    return new EtcdHttp(this.#options, this.#token, this.#first)
  }

  /** Who is asked first. */
  get member(): URL {
    return this.#options.endpoints[this.#first] as URL
  }

  /**
   * Asks one member after the other until one answers.
   *
   * @throws EtcdRefusal where the cluster says no, FailureError of a `RegistryDenied`, the signal's reason, and Error where
   * no member answers
   */
  ask(path: string, body: object, signal: AbortSignal): Promise<JsonFacts> {
    return this.#tryAll(signal, (member) =>
      this.#limited(signal, async (within) => {
        const response = await this.#send(member, path, body, {}, within)
        const text = await boundedText(response, this.#options.maxBytes)
        const facts = factsOf(parsed(text), '')
        // what belongs to a stream, such as a heartbeat, fails with a status of success
        if (facts.has('error')) throw this.#refused(new EtcdRefusal(response.status, text))
        return facts
      }),
    )
  }

  /**
   * Begins an answer that goes on; its head is waited for as long as for any other.
   *
   * @throws as {@link EtcdHttp.ask}
   */
  stream(path: string, body: object, signal: AbortSignal): Promise<EtcdStream> {
    // a member that has lost its leader is to end the stream instead of being silent
    const headers = { 'grpc-metadata-hasleader': 'true' }
    return this.#tryAll(signal, async (member) => {
      const response = await this.#limited(signal, (within) =>
        this.#send(member, path, body, headers, within),
      )
      if (response.body === null) throw new Error('expected a stream, found an answer without a body')
      return { body: response.body, member }
    })
  }

  /** A member is in trouble: the next question goes to another one. */
  leave(member: URL): void {
    if (this.member === member) this.#first = (this.#first + 1) % this.#options.endpoints.length
  }

  async #tryAll<T>(signal: AbortSignal, work: (member: URL) => Promise<T>): Promise<T> {
    const { endpoints } = this.#options
    const begin = this.#first
    let last: unknown
    for (let step = 0; step < endpoints.length; step++) {
      signal.throwIfAborted()
      const at = (begin + step) % endpoints.length
      const member = endpoints[at] as URL
      try {
        const answer = await work(member)
        this.#first = at
        return answer
      } catch (error) {
        if (error instanceof FailureError) throw error
        if (error instanceof EtcdRefusal && !error.isOfMember) throw error
        // also where the caller has no more patience, who would hang at the same member again
        this.leave(member)
        signal.throwIfAborted()
        last = error
      }
    }
    throw last
  }

  async #send(
    member: URL,
    path: string,
    body: object,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    const { user } = this.#options
    for (let attempt = 1; ; attempt++) {
      const token = user === undefined ? '' : await this.#token.get(() => this.#authenticate(member, signal))
      const response = await this.#post(
        member,
        path,
        body,
        token === '' ? headers : { ...headers, authorization: token },
        signal,
      )
      if (response.ok) return response
      const refusal = new EtcdRefusal(response.status, await boundedText(response, 65_536).catch(() => ''))
      if (user === undefined || attempt > 1 || !refusal.isTokenRefused) throw this.#refused(refusal)
      this.#token.drop(token)
    }
  }

  async #authenticate(member: URL, signal: AbortSignal): Promise<string> {
    const { user = {}, name, maxBytes } = this.#options
    const response = await this.#post(member, 'v3/auth/authenticate', user, {}, signal)
    const text = await boundedText(response, maxBytes)
    if (response.ok) return factsOf(parsed(text), '').text('token')
    const refusal = new EtcdRefusal(response.status, text)
    if (refusal.isWithoutUsers) return ''
    if (refusal.isOfMember) throw refusal
    throw new FailureError(registryDenied(name, refusal.message))
  }

  #post(
    member: URL,
    path: string,
    body: object,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Response> {
    return this.#options.fetch(new URL(path, member), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      // a member that sends us elsewhere would have us send the token there
      redirect: 'manual',
      signal,
    })
  }

  #refused(refusal: EtcdRefusal): Error {
    if (!refusal.isDenied && !refusal.isTokenRefused) return refusal
    return new FailureError(registryDenied(this.#options.name, refusal.message))
  }

  /** What takes too long is given up. */
  async #limited<T>(signal: AbortSignal, work: (within: AbortSignal) => Promise<T>): Promise<T> {
    const { timer, timeoutMs } = this.#options
    const late = new AbortController()
    const tell = () => late.abort(new Error(`no answer within ${timeoutMs} ms`))
    const callOff = timer.after(timeoutMs, tell, { idle: true })
    const within = AbortSignal.any([signal, late.signal])
    try {
      return await untilAborted(work(within), within)
    } finally {
      callOff()
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`expected an answer of JSON, found ${text.length} characters that are none`, { cause })
  }
}
