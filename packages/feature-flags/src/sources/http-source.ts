import {
  type Clock,
  pause,
  type Random,
  systemClock,
  systemRandom,
  systemTimer,
  type Timer,
  untilAborted,
} from '@ashlar/kernel'
import { backOffMs } from './back-off.ts'
import type { FlagSource, FlagSourceOptions, LoadedFlags } from './flag-source.ts'
import { FlagSourceError } from './flag-source-error.ts'
import { messageOf, parseAnswer, readAnswer } from './http-answer.ts'
import { InvalidFlagOptionError, requireCount } from './invalid-option-error.ts'
import { retryAfterMs } from './retry-after.ts'

/** Options of {@link httpSource}. */
export interface HttpSourceOptions {
  /** Asks the server; the platform's `fetch` unless told. */
  readonly fetch?: typeof globalThis.fetch
  /** Sent with each request, such as an `authorization`; messages never show them. */
  readonly headers?: Readonly<Record<string, string>>
  /** How long one answer may take, body included; 10 000 unless told. */
  readonly timeoutMs?: number
  /** How large a document may be, unpacked; 10 MiB unless told. */
  readonly maxBytes?: number
  /** How long `watch` waits after a good answer before it is time to ask again; 30 000 unless told. */
  readonly pollMs?: number
  /** Spreads the rests after failures; the machine's chance unless told. */
  readonly random?: Random
  /** Tells when a server that wants to be left alone may be asked again; the machine's clock unless told. */
  readonly clock?: Clock
  /** Waits; the machine's timer unless told. */
  readonly timer?: Timer
}

/**
 * Makes a source of a document that a server has, over HTTP or HTTPS.
 *
 * What has not changed is not sent again where the server knows `ETag` or `Last-Modified`. After failures `watch` rests by
 * chance up to 1 s, doubled with each up to 5 min. A `Retry-After` is kept to, an hour at most: `load` throws without
 * asking until it is over. A user and password in the URL are sent as basic authorisation; messages show neither them
 * nor the query.
 *
 * @param url - of the document; `http:` or `https:`
 * @param options - headers, limits and times
 * @returns the source; redirects are followed as `fetch` does
 * @throws {@link InvalidFlagOptionError} for another URL and for limits that can't be
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import { httpSource } from '@ashlar/feature-flags/sources'
 *
 * const server = createServer((_, response) => {
 *   response.writeHead(200, { 'content-type': 'application/json' }).end('{"version":1,"flags":{}}')
 * })
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
 * const address = server.address() as { port: number }
 *
 * const source = httpSource(`http://127.0.0.1:${address.port}/flags.json`)
 * console.log(await source.load()) // { document: { version: 1, flags: {} } }
 * server.close()
 * server.closeAllConnections()
 * ```
 */
export function httpSource(url: string | URL, options: HttpSourceOptions = {}): FlagSource {
  return new HttpFlagSource(url, options)
}

/** What was answered last, and how the server tells whether it still is. */
type Answered = { readonly text: string; readonly etag: string | null; readonly lastModified: string | null }

class HttpFlagSource implements FlagSource {
  readonly name: string
  readonly #url: URL
  readonly #headers: Headers
  readonly #options: Required<Omit<HttpSourceOptions, 'headers' | 'fetch'>>
  readonly #fetch: typeof globalThis.fetch
  #answered: Answered | undefined
  #failures = 0
  #leftAlone = { sinceMs: Number.NEGATIVE_INFINITY, untilMs: Number.NEGATIVE_INFINITY }

  constructor(url: string | URL, options: HttpSourceOptions) {
    const parsed = requireHttp(url)
    this.name = nameOf(parsed)
    this.#headers = headersOf(parsed, options.headers)
    this.#url = withoutCredentials(parsed)
    this.#fetch = options.fetch ?? globalThis.fetch
    this.#options = {
      timeoutMs: requireCount('timeoutMs', options.timeoutMs ?? 10_000),
      maxBytes: requireCount('maxBytes', options.maxBytes ?? 10 * 1024 * 1024),
      pollMs: requireCount('pollMs', options.pollMs ?? 30_000),
      random: options.random ?? systemRandom,
      clock: options.clock ?? systemClock,
      timer: options.timer ?? systemTimer,
    }
  }

  async load({ signal }: FlagSourceOptions = {}): Promise<LoadedFlags> {
    signal?.throwIfAborted()
    this.#refuseTooEarly()
    const { timer, timeoutMs } = this.#options
    const stop = new AbortController()
    const late = new FlagSourceError(this.name, `no answer within ${timeoutMs} ms`)
    const callOff = timer.after(timeoutMs, () => stop.abort(late))
    const either = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal])
    try {
      const { loaded, answered } = await untilAborted(this.#ask(either), either)
      this.#failures = 0
      this.#answered = answered
      return loaded
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      this.#failures++
      throw error === late ? late : new FlagSourceError(this.name, messageOf(error), error)
    } finally {
      callOff()
    }
  }

  async *watch({ signal }: { readonly signal: AbortSignal }): AsyncGenerator<void, void, undefined> {
    for (;;) {
      await pause(this.#restMs(), this.#options.timer, signal)
      yield
    }
  }

  /** What was answered is only noted when the caller gets it. */
  async #ask(signal: AbortSignal): Promise<{ loaded: LoadedFlags; answered: Answered }> {
    const known = this.#answered
    const response = await this.#fetch(this.#url, { headers: this.#conditional(known), signal })
    if (response.status === 304 && known !== undefined) return { loaded: 'unchanged', answered: known }
    if (!response.ok) this.#noteRetryAfter(response)
    const text = await readAnswer(response, this.#options.maxBytes)
    const { headers } = response
    const answered = { text, etag: headers.get('etag'), lastModified: lastModifiedOf(headers) }
    if (text === known?.text) return { loaded: 'unchanged', answered }
    return { loaded: { document: parseAnswer(text, response) }, answered }
  }

  #conditional(known: Answered | undefined): Headers {
    const headers = new Headers(this.#headers)
    if (known?.etag) headers.set('if-none-match', known.etag)
    if (known?.lastModified) headers.set('if-modified-since', known.lastModified)
    return headers
  }

  #noteRetryAfter({ headers }: Response): void {
    const now = this.#options.clock.now()
    const waitMs = retryAfterMs(headers.get('retry-after'), now)
    if (waitMs !== undefined) this.#leaveAlone(now.getTime(), waitMs)
  }

  #refuseTooEarly(): void {
    if (this.#leftAloneMs() <= 0) return
    const until = new Date(this.#leftAlone.untilMs).toISOString()
    throw new FlagSourceError(this.name, `the server wants to be left alone until ${until}`)
  }

  #leaveAlone(sinceMs: number, waitMs: number): void {
    this.#leftAlone = { sinceMs, untilMs: sinceMs + waitMs }
  }

  /** No longer than the server has said, even by a clock that was set back meanwhile. */
  #leftAloneMs(): number {
    const nowMs = this.#options.clock.now().getTime()
    const { sinceMs, untilMs } = this.#leftAlone
    if (nowMs < sinceMs) this.#leaveAlone(nowMs, untilMs - sinceMs)
    return this.#leftAlone.untilMs - nowMs
  }

  #restMs(): number {
    const leftAloneMs = this.#leftAloneMs()
    if (leftAloneMs > 0) return leftAloneMs
    return this.#failures === 0 ? this.#options.pollMs : backOffMs(this.#failures, this.#options.random)
  }
}

/** It counts in seconds: a document sent in the second of its change may have been changed again in the same one. */
function lastModifiedOf(headers: Headers): string | null {
  const lastModified = headers.get('last-modified')
  const ageMs = Date.parse(headers.get('date') ?? '') - Date.parse(lastModified ?? '')
  return ageMs >= 1_000 ? lastModified : null
}

/** The message of a URL that can't be parsed would show its password. */
function requireHttp(url: string | URL): URL {
  const parsed = URL.parse(String(url))
  if (parsed?.protocol === 'http:' || parsed?.protocol === 'https:') return parsed
  const found = parsed === null ? 'something else' : `"${parsed.protocol}"`
  throw new InvalidFlagOptionError('url', 'a URL of http: or https:', found)
}

function nameOf({ origin, pathname, search }: URL): string {
  return `${origin}${pathname}${search === '' ? '' : '?…'}`
}

/** The platform's message for a header that can't be would show its value. */
function headersOf(url: URL, told: Readonly<Record<string, string>> = {}): Headers {
  const headers = new Headers({ accept: 'application/json' })
  if (url.username !== '' || url.password !== '') headers.set('authorization', basic(url))
  for (const [name, value] of Object.entries(told))
    try {
      headers.set(name, value)
    } catch {
      throw new InvalidFlagOptionError('headers', 'headers as HTTP has them', `another one as "${name}"`)
    }
  return headers
}

function basic({ username, password }: URL): string {
  const bytes = new TextEncoder().encode(`${decoded(username)}:${decoded(password)}`)
  return `Basic ${btoa(String.fromCharCode(...bytes))}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function withoutCredentials(url: URL): URL {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  return bare
}
