import type { Result } from '@ashlar/result'
import { authorityOf } from '../registry/address.ts'
import type { CallFailure } from './call-failure.ts'
import type { AttemptWork, CallOptions } from './call-options.ts'
import { ServiceCallError } from './service-call-error.ts'

/** The part of a client that a `fetch` needs. */
interface Caller {
  readonly service: string
  execute<T>(work: AttemptWork<T>, options?: CallOptions<T>): Promise<Result<T, CallFailure>>
}

/** Makes a `fetch` of a client. */
export function serviceFetch(
  caller: Caller,
  { scheme, fetch }: { readonly scheme: 'http' | 'https'; readonly fetch: typeof globalThis.fetch },
): typeof globalThis.fetch {
  return async (input, init) => {
    const request = input instanceof Request ? input : undefined
    const path = pathOf(caller.service, request?.url ?? String(input))
    const asked = request === undefined ? init : await initOf(request, init)
    const signal = asked?.signal ?? undefined
    let unread: Response | undefined
    const answer = await caller.execute<Response>(
      async ({ host, port }, attempt) => {
        if (unread !== undefined) await discard(unread)
        unread = undefined
        const url = `${scheme}://${authorityOf(host, port)}${path}`
        // the attempt's signal ends with the headers, the caller's also ends the body
        const either = signal === undefined ? attempt.signal : AbortSignal.any([signal, attempt.signal])
        unread = await fetch(url, { ...asked, signal: either })
        return unread
      },
      {
        isIdempotent: mayRepeat(asked),
        isFailure: ({ status }) => status === 429 || (status >= 500 && status !== 501),
        ...(signal !== undefined && { signal }),
      },
    )
    if (answer.isErr()) throw new ServiceCallError(answer.error)
    return answer.value
  }
}

/** A connection is free once what it brings is read or given up. */
async function discard({ body }: Response): Promise<void> {
  await body?.cancel()
}

/** Where a path leads, whoever answers; nothing may lead elsewhere. */
function pathOf(service: string, input: string): string {
  if (plainPath.test(input)) return input
  const base = `http://${service}.invalid`
  if (input.startsWith('/') && !/^[/\\]{2}/.test(input)) {
    const { pathname, search } = new URL(input, base)
    return pathname + search
  }
  const url = URL.parse(input)
  const isOurs =
    url !== null &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.hostname === service.toLowerCase()
  if (!isOurs)
    throw new TypeError(
      `expected a path, or a URL of the host "${service}", found ${JSON.stringify(input.slice(0, 200))}`,
    )
  return url.pathname + url.search
}

/** What a URL would not change, without the parts that it would take out. */
const plainPath = /^(?!\/\/)(?:\/(?!\.{1,2}(?:[/?]|$))[\w.~!$&'()*+,;=:@-]*)+(?:\?[\w.~!$&()*+,;=:@/?%-]*)?$/

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

function mayRepeat({ method = 'GET', headers, body }: RequestInit = {}): boolean {
  if (!isWhole(body)) return false
  return idempotent.has(method.toUpperCase()) || new Headers(headers).has('idempotency-key')
}

/** A request's body can be read once, so it is kept for further attempts. */
async function initOf(request: Request, init: RequestInit = {}): Promise<RequestInit> {
  const { method, headers, redirect, signal } = request
  const body = request.body === null ? {} : { body: await request.arrayBuffer() }
  return { method, headers, redirect, signal, ...body, ...init }
}

/** What can be sent again; of streams, and of what nobody knows, nothing is left. */
function isWhole(body: unknown): boolean {
  if (body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return [ArrayBuffer, URLSearchParams, Blob, FormData].some((kind) => body instanceof kind)
}
