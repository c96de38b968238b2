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

/** What `etcdRegistry` is told. */
export interface EtcdRegistryOptions {
  /**
   * Where the members answer clients, over HTTP or HTTPS, such as `http://10.0.0.1:2379`, with a path where they stand behind
   * a proxy; at least one.
   */
  readonly endpoints: readonly (string | URL)[]
  /** What all keys begin with; `/services/` unless told. */
  readonly prefix?: string
  /** The machine that is told with registrations; none unless told. */
  readonly node?: string
  /** Who asks, where etcd wants to know. */
  readonly username?: string
  /** Its password; messages never show it. */
  readonly password?: string
  /** How long an answer of one member may take, from 1; 2,000 unless told. */
  readonly timeoutMs?: number
  /** After how long without a word a watch looks whether it has missed something, from 1; 15,000 unless told. */
  readonly quietMs?: number
  /** How large an answer, or one message of a watch, may be, from 1; 16 MiB unless told. */
  readonly maxBytes?: number
  /** Asks; the platform's own unless told. */
  readonly fetch?: typeof globalThis.fetch
  /** Dates snapshots; the machine's clock unless told. */
  readonly clock?: Clock
  /** Measures heartbeats, rests and time-outs; the machine's timer unless told. */
  readonly timer?: Timer
  /** Spreads rests; the machine's chance unless told. */
  readonly random?: Random
  /** Told of what was lost, and of values that are no instances; silent unless told. */
  readonly logger?: Logger
}

/** Options whose every field was looked at, with all that was not told. */
export interface ParsedEtcdOptions {
  readonly name: string
  readonly endpoints: readonly URL[]
  readonly prefix: string
  readonly node: string
  readonly user: { readonly name: string; readonly password: string } | undefined
  readonly timeoutMs: number
  readonly quietMs: number
  readonly maxBytes: number
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
export function parseEtcdOptions(options: EtcdRegistryOptions): ParsedEtcdOptions {
  const endpoints = requireEndpoints(options.endpoints)
  const { prefix = '/services/', node = '' } = options
  if (typeof prefix !== 'string' || prefix === '' || prefix.length > 1_024)
    refuse('prefix', 'a text of 1 to 1,024 characters', typeof prefix)
  if (typeof node !== 'string' || node.length > 255)
    refuse('node', 'a text of up to 255 characters', typeof node)
  return {
    name: `etcd ${endpoints.map(({ href }) => href.replace(/\/$/, '')).join(' ')}`,
    endpoints,
    prefix,
    node,
    user: userOf(options),
    timeoutMs: requireWhole('timeoutMs', options.timeoutMs ?? 2_000),
    quietMs: requireWhole('quietMs', options.quietMs ?? 15_000),
    maxBytes: requireWhole('maxBytes', options.maxBytes ?? 16 * 1024 * 1024),
    fetch: options.fetch ?? globalThis.fetch,
    clock: options.clock ?? systemClock,
    timer: options.timer ?? systemTimer,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
  }
}

function requireEndpoints(told: readonly (string | URL)[]): readonly URL[] {
  if (!Array.isArray(told) || told.length === 0)
    refuse('endpoints', 'at least one URL', Array.isArray(told) ? 'none' : typeof told)
  return told.map((endpoint) => {
    // the message of a URL that can't be parsed would show its password
    const url = URL.parse(String(endpoint))
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
      return refuse(
        'endpoints',
        'URLs of http: or https:',
        url === null ? 'something else' : `"${url.protocol}"`,
      )
    if (url.username !== '' || url.password !== '')
      refuse('endpoints', 'URLs without a user, who is named by "username"', 'one with a user')
    if (url.search !== '' || url.hash !== '') refuse('endpoints', 'URLs without a query', 'one with it')
    if (!url.pathname.endsWith('/')) url.pathname += '/'
    return url
  })
}

function userOf({ username, password = '' }: EtcdRegistryOptions): ParsedEtcdOptions['user'] {
  if (typeof password !== 'string') refuse('password', 'a text', typeof password)
  if (username === undefined)
    return password === '' ? undefined : refuse('username', 'told', 'a password only')
  if (typeof username !== 'string' || username === '') refuse('username', 'a text', shown(username))
  return { name: username, password }
}

function requireWhole(option: string, value: number): number {
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value
  return refuse(option, `a whole number from 1 to ${2 ** 31 - 1}`, String(value))
}

function refuse(option: string, expected: string, found: string): never {
  throw new RangeError(`option "${option}" must be ${expected}, found ${found}`)
}

function shown(value: unknown): string {
  return value === '' ? 'an empty one' : typeof value
}
