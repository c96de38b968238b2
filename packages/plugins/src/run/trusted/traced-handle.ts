import type { Traces } from './traces.ts'

/** What handles of Node's have, each some of it. */
interface Handle {
  readonly terminate?: unknown
  readonly kill?: unknown
  readonly destroy?: unknown
  readonly closeSync?: unknown
  readonly close?: unknown
  readonly once?: (event: string, listener: () => void) => unknown
  readonly on?: (event: string, listener: (given: unknown) => void) => unknown
  readonly destroyed?: boolean
  readonly closed?: boolean
  readonly killed?: boolean
  readonly listening?: boolean
  readonly isOpen?: boolean
  readonly fd?: number | null
  readonly pid?: number | undefined
  readonly threadId?: number
  readonly exitCode?: number | null
  readonly signalCode?: string | null
  readonly freeSockets?: object
  readonly sockets?: object
}

/** How a handle is ended: the first that it has. */
const ends = ['terminate', 'kill', 'destroy', 'closeSync', 'close'] as const

/** Lets a handle leave a trace, also one that is promised, two that are joined, and those that a server accepts. */
export function traceHandle(answer: unknown, what: string, traces: Traces): void {
  if (typeof answer !== 'object' || answer === null) return
  if (answer instanceof Promise) {
    answer.then(
      (kept) => traceHandle(kept, what, traces),
      () => {},
    )
    return
  }
  if (answer instanceof MessageChannel) {
    trace(answer.port1 as Handle, what, traces)
    trace(answer.port2 as Handle, what, traces)
    return
  }
  const handle: Handle = answer
  const end = endOf(handle)
  if (end === undefined) return
  trace(handle, what, traces)
  if (handle.listening !== undefined)
    handle.on?.('connection', (socket) => traceHandle(socket, `${what} connection`, traces))
}

/** Held weakly: what the garbage collector takes has left nothing. */
function trace(handle: Handle, what: string, traces: Traces): void {
  const held = new WeakRef(handle)
  let hasClosed = false
  handle.once?.('close', () => {
    hasClosed = true
  })
  traces.add({
    kind: 'handle',
    what,
    isOpen: () => {
      const kept = held.deref()
      return kept !== undefined && !hasClosed && isOpen(kept)
    },
    end: () => endNow(held.deref()),
  })
}

function isOpen(handle: Handle): boolean {
  if (handle.destroyed === true || handle.closed === true || handle.killed === true) return false
  if (handle.listening === false || handle.isOpen === false) return false
  if (handle.fd === -1 || handle.threadId === -1) return false
  if (typeof handle.exitCode === 'number' || typeof handle.signalCode === 'string') return false
  if (handle.exitCode === null && handle.pid === undefined) return false
  return !isIdleAgent(handle)
}

function isIdleAgent({ freeSockets, sockets }: Handle): boolean {
  if (freeSockets === undefined || sockets === undefined) return false
  return Object.keys(freeSockets).length === 0 && Object.keys(sockets).length === 0
}

function endNow(handle: Handle | undefined): void {
  if (handle === undefined) return
  const end = endOf(handle)
  const answer: unknown = end === undefined ? undefined : Reflect.apply(end, handle, [])
  if (answer instanceof Promise) answer.catch(() => {})
}

function endOf(handle: Handle): ((...args: unknown[]) => unknown) | undefined {
  for (const name of ends) {
    const end = handle[name]
    if (typeof end === 'function') return end as (...args: unknown[]) => unknown
  }
  return undefined
}
