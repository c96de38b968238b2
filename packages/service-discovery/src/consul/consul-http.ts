import { untilAborted } from '@ashlar/kernel'
import { FailureError } from '@ashlar/result'
import { boundedText } from '../registry/bounded-text.ts'
import { registryDenied } from '../registry/registry-failure.ts'
import { type ParsedConsulOptions, requireToken } from './consul-registry-options.ts'

/** What an agent is asked. */
export interface ConsulQuestion {
  readonly method: 'GET' | 'PUT'
  /** Below `/v1/`; each part is escaped. */
  readonly path: readonly string[]
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** How long the agent may hold its answer back; not at all unless told. */
  readonly holdsMs?: number
}

/** What an agent answered. */
export interface ConsulAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Asks one agent, and believes nothing that is too late, too large or from elsewhere. */
export class ConsulHttp {
  readonly #options: ParsedConsulOptions

  /** @param options - where, who we are, and the limits */
  constructor(options: ParsedConsulOptions) {
    this.#options = options
  }

  /**
   * Asks, and reads the answer, whatever its status.
   *
   * @throws FailureError of a `RegistryDenied`, the signal's reason, and Error where there is no answer
   */
  async ask(question: ConsulQuestion, signal: AbortSignal): Promise<ConsulAnswer> {
    signal.throwIfAborted()
    const { timer, timeoutMs } = this.#options
    const limitMs = timeoutMs + (question.holdsMs ?? 0)
    const late = new AbortController()
    const callOff = timer.after(limitMs, () => late.abort(new Error(`no answer within ${limitMs} ms`)), {
      idle: true,
    })
    const either = AbortSignal.any([signal, late.signal])
    try {
      return await untilAborted(this.#ask(question, either), either)
    } finally {
      callOff()
    }
  }

  async #ask(question: ConsulQuestion, signal: AbortSignal): Promise<ConsulAnswer> {
    const { maxBytes, fetch } = this.#options
    const token = await this.#token()
    const response = await fetch(this.#urlOf(question), {
      method: question.method,
      headers: this.#headersOf(question, token),
      body: question.body === undefined ? null : JSON.stringify(question.body),
      // an agent that sends us elsewhere would have us send the token there
      redirect: 'manual',
      signal,
    })
    const { status, headers } = response
    if (response.ok) return { status, headers, text: await boundedText(response, maxBytes) }
    const text = shortened(await boundedText(response, 65_536).catch(() => ''), token)
    if (isDenied(status, text)) throw new FailureError(registryDenied(this.#options.name, said(status, text)))
    return { status, headers, text }
  }

  async #token(): Promise<string | undefined> {
    const token = await this.#options.token()
    return token === undefined ? undefined : requireToken(token)
  }

  #urlOf({ path, query = {} }: ConsulQuestion): URL {
    const url = new URL(`v1/${path.map(encodeURIComponent).join('/')}`, this.#options.url)
    const { namespace } = this.#options
    for (const [key, value] of Object.entries(namespace === undefined ? query : { ...query, ns: namespace }))
      url.searchParams.set(key, value)
    return url
  }

  #headersOf({ body }: ConsulQuestion, token: string | undefined): Headers {
    const headers = new Headers({ accept: 'application/json' })
    if (body !== undefined) headers.set('content-type', 'application/json')
    if (this.#options.authorization !== undefined) headers.set('authorization', this.#options.authorization)
    if (token !== undefined) headers.set('x-consul-token', token)
    return headers
  }
}

/** What an answer that is no success says. */
export function refusalOf({ status, text }: ConsulAnswer): Error {
  return new Error(said(status, text))
}

function said(status: number, text: string): string {
  return text === '' ? `status ${status}` : `status ${status}: ${text}`
}

/** Agents of old say it with a status of 500. */
function isDenied(status: number, text: string): boolean {
  return status === 401 || status === 403 || (status === 500 && /ACL not found|Permission denied/i.test(text))
}

/** One line that shows no secret, even where the server says it back. */
function shortened(text: string, token: string | undefined): string {
  const known = token === undefined ? text : text.replaceAll(token, '…')
  const line = known.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
  return line.length > 200 ? `${line.slice(0, 200)}…` : line
}
