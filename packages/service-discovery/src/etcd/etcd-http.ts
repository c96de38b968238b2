import { untilAborted } from '@ashlar/kernel'
import { FailureError } from '@ashlar/result'
import { boundedText } from '../registry/bounded-text.ts'
import { registryDenied } from '../registry/registry-failure.ts'
import { EtcdRefusal } from './etcd-refusal.ts'
import type { ParsedEtcdOptions } from './etcd-registry-options.ts'
import { factsOf, type JsonFacts } from './json-facts.ts'

/** Codes of gRPC, as the gateway says them. */
const permissionDenied = 7
const failedPrecondition = 9
const unauthenticated = 16
/** A member that says so may be cut off from the others, which can do better. */
const elsewhere = new Set([1, 4, 8, 10, 13, 14])

/** Asks the members of a cluster by their JSON gateway, the one that answered last before the others. */
export class EtcdHttp {
  readonly #options: ParsedEtcdOptions
  #first = 0
  #token: string | undefined

  constructor(options: ParsedEtcdOptions) {
    this.#options = options
  }

  /**
   * Asks one member after the other until one answers.
   *
   * @throws EtcdRefusal where the cluster says no, FailureError of a `RegistryDenied`, the signal's reason, and Error where
   * no member answers
   */
  async ask(path: string, body: object, signal: AbortSignal): Promise<JsonFacts> {
    return this.#tryAll(signal, async (endpoint) => {
      const response = await this.#limited(signal, (within) => this.#send(endpoint, path, body, within))
      const text = await this.#limited(signal, () => boundedText(response, this.#options.maxBytes))
      return factsOf(parsed(text), '')
    })
  }

  /**
   * Begins an answer that goes on; its head is waited for as long as for any other.
   *
   * @throws as {@link EtcdHttp.ask}
   */
  stream(path: string, body: object, signal: AbortSignal): Promise<Response> {
    return this.#tryAll(signal, (endpoint) =>
      this.#limited(signal, (within) => this.#send(endpoint, path, body, within), signal),
    )
  }

  /** The member that was asked last is in trouble: the next question goes to another one. */
  avoid(): void {
    this.#first = (this.#first + 1) % this.#options.endpoints.length
  }

  async #tryAll<T>(signal: AbortSignal, work: (endpoint: URL) => Promise<T>): Promise<T> {
    const { endpoints } = this.#options
    const begin = this.#first
    let last: unknown
    for (let step = 0; step < endpoints.length; step++) {
      signal.throwIfAborted()
      const at = (begin + step) % endpoints.length
      try {
        const answer = await work(endpoints[at] as URL)
        this.#first = at
        return answer
      } catch (error) {
        signal.throwIfAborted()
        if (error instanceof FailureError) throw error
        if (error instanceof EtcdRefusal && !elsewhere.has(error.grpcCode)) throw error
        last = error
      }
    }
    throw last
  }

  async #send(
    endpoint: URL,
    path: string,
    body: object,
    signal: AbortSignal,
    isAgain = false,
  ): Promise<Response> {
    const { fetch, user } = this.#options
    if (user !== undefined && this.#token === undefined) await this.#authenticate(endpoint, signal)
    const token = this.#token
    const response = await fetch(new URL(path, endpoint), {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: token }),
      },
      body: JSON.stringify(body),
      // a member that sends us elsewhere would have us send the token there
      redirect: 'manual',
      signal,
    })
    if (response.ok) return response
    const refusal = refusalOf(response.status, await boundedText(response, 65_536).catch(() => ''))
    if (!isDenied(refusal)) throw refusal
    // a token is good for some minutes, and for as long as the member lives
    if (user === undefined || isAgain)
      throw new FailureError(registryDenied(this.#options.name, refusal.message))
    this.#token = undefined
    return this.#send(endpoint, path, body, signal, true)
  }

  async #authenticate(endpoint: URL, signal: AbortSignal): Promise<void> {
    const { fetch, user, name, maxBytes } = this.#options
    const response = await fetch(new URL('/v3/auth/authenticate', endpoint), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
      redirect: 'manual',
      signal,
    })
    const text = await boundedText(response, maxBytes)
    if (response.ok) this.#token = factsOf(parsed(text), '').text('token')
    else {
      const refusal = refusalOf(response.status, text)
      if (elsewhere.has(refusal.grpcCode)) throw refusal
      throw new FailureError(registryDenied(name, refusal.message))
    }
  }

  /** What takes too long is given up; what is to go on after its head keeps the caller's signal. */
  async #limited<T>(
    signal: AbortSignal,
    work: (within: AbortSignal) => Promise<T>,
    after?: AbortSignal,
  ): Promise<T> {
    const { timer, timeoutMs } = this.#options
    const late = new AbortController()
    const callOff = timer.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs} ms`)), {
      idle: true,
    })
    const either = AbortSignal.any([after ?? signal, late.signal])
    try {
      return await untilAborted(work(either), either)
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

function refusalOf(status: number, text: string): EtcdRefusal {
  let code = 0
  let said = text
  try {
    const facts = factsOf(JSON.parse(text), '')
    code = facts.number('code') ?? 0
    said = facts.text('error')
  } catch {
    // a proxy has answered
  }
  const line = said
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim()
    .slice(0, 200)
  return new EtcdRefusal(status, code, line === '' ? `status ${status}` : `status ${status}: ${line}`)
}

/** "authentication is not enabled" and a wrong password are failed preconditions. */
function isDenied({ status, grpcCode, message }: EtcdRefusal): boolean {
  if (status === 401 || status === 403 || grpcCode === permissionDenied || grpcCode === unauthenticated)
    return true
  return grpcCode === failedPrecondition && /auth/i.test(message)
}
