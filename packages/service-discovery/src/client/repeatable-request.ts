import { untilAborted } from '@ashlar/kernel'

/** What is asked, so that it can be asked again: headers that can be read once are kept for further attempts. */
export function repeatableInit(init: RequestInit = {}): RequestInit {
  return isReadOnce(init.headers) ? { ...init, headers: new Headers(init.headers) } : init
}

/**
 * What a request asks, so that it can be asked again: its body can be read once, so it is kept for further attempts.
 *
 * @throws the reason of the signal when it is aborted, and what reading the body throws
 */
export async function repeatableRequest(request: Request, init?: RequestInit): Promise<RequestInit> {
  const told = withoutUndefined(repeatableInit(init))
  const { method, headers, redirect, integrity } = request
  const signal = told.signal === undefined ? request.signal : told.signal
  const isBodyWanted = request.body !== null && (told.body ?? undefined) === undefined
  const body = isBodyWanted ? { body: await untilAborted(request.arrayBuffer(), signal ?? undefined) } : {}
  return { method, headers, redirect, integrity, ...told, ...body, signal }
}

/** Whether it may be sent a second time. */
export function isIdempotent({ method = 'GET', headers }: RequestInit): boolean {
  return idempotent.has(method.toUpperCase()) || new Headers(headers).has('idempotency-key')
}

/** What can be sent again; of streams, and of what nobody knows, nothing is left. */
export function isWhole({ body }: RequestInit): boolean {
  if (body === undefined || body === null || typeof body === 'string' || ArrayBuffer.isView(body)) return true
  return [ArrayBuffer, URLSearchParams, Blob, FormData].some((kind) => body instanceof kind)
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2 */
const idempotent = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

/** The entries of a map, and what else is gone once it was read. */
function isReadOnce(headers: unknown): headers is Iterable<[string, string]> {
  return (
    typeof headers === 'object' &&
    headers !== null &&
    Symbol.iterator in headers &&
    !Array.isArray(headers) &&
    !(headers instanceof Headers)
  )
}

/** A field that is undefined was not told, and must not hide that of a request. */
function withoutUndefined(init: RequestInit): RequestInit {
  return Object.fromEntries(Object.entries(init).filter(([, value]) => value !== undefined))
}
