import {
  type Clock,
  type Logger,
  type Random,
  silentLogger,
  systemClock,
  systemRandom,
  systemTimer,
  type Timer,
} from '@ashlar/kernel'

/**
 * Who answers a question: `default` the leader, `stale` any server, even one that lags behind or knows no leader,
 * `consistent` the leader after it has asked the others whether it still is.
 */
export type ConsulConsistency = 'default' | 'stale' | 'consistent'

/** What {@link consulRegistry} is told. */
export interface ConsulRegistryOptions {
  /**
   * Where the agent answers, over HTTP or HTTPS, with a path where it stands behind a proxy; `http://127.0.0.1:8500` unless
   * told. A user and a password in it are sent as basic authorisation, and shown nowhere.
   */
  readonly url?: string | URL
  /** A token's secret, or who knows it, asked for each request; none unless told. Messages never show it. */
  readonly token?: string | (() => string | Promise<string>)
  /** Whose instances are asked for; the agent's own unless told. Registrations always go to the agent. */
  readonly datacenter?: string
  /** Of Consul Enterprise; its default one unless told. */
  readonly namespace?: string
  /** Who answers; unless told, `stale` for watches, which spares the leader, and `default` for `get`. */
  readonly consistency?: ConsulConsistency
  /**
   * How long a watch lets a question wait for a change, from 1 to 600,000; 240,000 unless told. Node's own `fetch` gives up
   * after 300,000, and Consul adds up to a sixteenth: more than 280,000 needs a `fetch` with more patience.
   */
  readonly waitMs?: number
  /** How long an answer may take, body included, beside what a watch waits; from 1, 10,000 unless told. */
  readonly timeoutMs?: number
  /** How large an answer may be, unpacked; from 1, 16 MiB unless told. */
  readonly maxBytes?: number
  /**
   * After how long Consul takes out an instance of ours that is critical, from 60,000, looked at each 30 s; never unless
   * told, so that one that died stays known as critical.
   */
  readonly deregisterCriticalAfterMs?: number
  /** Asks; the platform's own unless told. What trusts an authority of yours is made here, with undici's dispatcher. */
  readonly fetch?: typeof globalThis.fetch
  /** Dates snapshots; the machine's clock unless told. */
  readonly clock?: Clock
  /** Measures heartbeats, rests and time-outs; the machine's timer unless told. */
  readonly timer?: Timer
  /** Spreads rests; the machine's chance unless told. */
  readonly random?: Random
  /** Told of what Consul has lost or tells wrongly; silent unless told. */
  readonly logger?: Logger
}

/** Options whose every field was looked at, with all that was not told. */
export interface ParsedConsulOptions {
  readonly name: string
  /** Without user and password; its path ends in a slash. */
  readonly url: URL
  readonly authorization: string | undefined
  readonly token: () => string | undefined | Promise<string>
  readonly datacenter: string | undefined
  readonly namespace: string | undefined
  readonly consistency: ConsulConsistency | undefined
  readonly waitMs: number
  readonly timeoutMs: number
  readonly maxBytes: number
  readonly deregisterCriticalAfterMs: number | undefined
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  readonly timer: Timer
  readonly random: Random
  readonly logger: Logger
}

/**
 * Looks at every option, and fills in what was not told.
 *
 * @throws RangeError for one that can't be
 */
export function parseConsulOptions(options: ConsulRegistryOptions): ParsedConsulOptions {
  const url = requireHttp(options.url ?? 'http://127.0.0.1:8500')
  const { token, consistency, deregisterCriticalAfterMs } = options
  if (typeof token === 'string') requireToken(token)
  if (consistency !== undefined && !['default', 'stale', 'consistent'].includes(consistency))
    refuse('consistency', '"default", "stale" or "consistent"', shown(consistency))
  const bare = withoutCredentials(url)
  return {
    name: `consul ${bare.href.replace(/\/$/, '')}`,
    url: bare,
    authorization: url.username === '' && url.password === '' ? undefined : basic(url),
    token: typeof token === 'function' ? token : () => token,
    datacenter: requireName('datacenter', options.datacenter),
    namespace: requireName('namespace', options.namespace),
    consistency,
    waitMs: requireWhole('waitMs', options.waitMs ?? 240_000, 1, 600_000),
    timeoutMs: requireWhole('timeoutMs', options.timeoutMs ?? 10_000, 1),
    maxBytes: requireWhole('maxBytes', options.maxBytes ?? 16 * 1024 * 1024, 1),
    deregisterCriticalAfterMs:
      deregisterCriticalAfterMs === undefined
        ? undefined
        : requireWhole('deregisterCriticalAfterMs', deregisterCriticalAfterMs, 60_000),
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    timer: options.timer ?? systemTimer,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
  }
}

/**
 * Looks whether a token can be sent; its secret is in no message.
 *
 * @throws RangeError for one that can't
 */
export function requireToken(token: unknown): string {
  if (typeof token === 'string' && /^[\x21-\x7e]+$/.test(token)) return token
  const found = typeof token === 'string' ? `${token.length} characters with others among them` : typeof token
  return refuse('token', 'a text of visible ASCII characters, or left out', token === '' ? 'none' : found)
}

/** The message of a URL that can't be parsed would show its password. */
function requireHttp(told: string | URL): URL {
  const url = URL.parse(String(told))
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    return refuse('url', 'a URL of http: or https:', url === null ? 'something else' : `"${url.protocol}"`)
  if (url.search !== '' || url.hash !== '') refuse('url', 'a URL without a query', 'one with it')
  return url
}

function requireName(option: string, value: string | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[\w.-]{1,128}$/.test(value))) return value
  return refuse(option, 'up to 128 letters, digits, "-", "_" and "."', shown(value))
}

function requireWhole(option: string, value: number, least: number, most: number = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  return refuse(option, `a whole number from ${least} to ${most}`, shown(value))
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
  if (!bare.pathname.endsWith('/')) bare.pathname += '/'
  return bare
}

function refuse(option: string, expected: string, found: string): never {
  throw new RangeError(`option "${option}" must be ${expected}, found ${found}`)
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 100))
  return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value
}
