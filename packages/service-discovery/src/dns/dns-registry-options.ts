import { isIP } from 'node:net'
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

/** How a name is made of a service's: a text in which `{service}` stands for it, or a function. */
type NameOf = string | ((service: string) => string)

/** What {@link dnsRegistry} is told. */
export interface DnsRegistryOptions {
  /** Where the services' names stand, such as `svc.example.org`; needed unless `srv` or `host` is told. */
  readonly domain?: string
  /**
   * The name of a service's SRV records: a text in which `{service}` stands for its name, or a function;
   * `_{service}._tcp.<domain>` unless told.
   */
  readonly srv?: NameOf
  /** Asks for addresses (A and AAAA) instead of SRV records; every instance then has this port, from 1 to 65,535. */
  readonly port?: number
  /** With `port` only: the name whose addresses are asked for, as in `srv`; `{service}.<domain>` unless told. */
  readonly host?: NameOf
  /**
   * What callers are sent to: `address` (unless told), or `name` for the target's own name, which certificates are made
   * for; then whoever connects resolves it once more, and by the machine's own DNS servers.
   */
  readonly hosts?: 'address' | 'name'
  /** Which addresses are asked for; IPv4 unless told, and IPv6 for a name that has no IPv4 address. */
  readonly family?: 4 | 6
  /** DNS servers, each an IP address, with a port other than 53 as `127.0.0.1:8600` or `[::1]:8600`; the machine's own unless told. */
  readonly servers?: readonly string[]
  /** How long one asking may take with all its questions, from 1; 2,000 unless told. */
  readonly timeoutMs?: number
  /** Asks no sooner again, whatever a TTL says, from 1; 1,000 unless told. */
  readonly minTtlMs?: number
  /** Asks no later again, whatever a TTL says, from `minTtlMs`; 60,000 unless told. */
  readonly maxTtlMs?: number
  /** When to ask again where no TTL is known, and for SRV records at the latest, from 1; 30,000 unless told. */
  readonly refreshMs?: number
  /** Tells when a snapshot was made; the system's unless told. */
  readonly clock?: Clock
  /** Waits; the system's unless told. */
  readonly timer?: Timer
  /** Spreads attempts after failures; the system's unless told. */
  readonly random?: Random
  /** Hears of answers that make no sense, each once; silent unless told. */
  readonly logger?: Logger
}

/** Options whose every field was looked at, with all that was not told. */
export interface ParsedDnsOptions {
  readonly name: string
  readonly port: number | undefined
  readonly nameOf: (service: string) => string
  readonly hosts: 'address' | 'name'
  readonly families: readonly (4 | 6)[]
  readonly servers: readonly string[] | undefined
  readonly timeoutMs: number
  readonly minTtlMs: number
  readonly maxTtlMs: number
  readonly refreshMs: number
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
export function parseDnsOptions(options: DnsRegistryOptions): ParsedDnsOptions {
  const { port, hosts = 'address', family, servers } = options
  if (port !== undefined) requireWhole('port', port, 1, 65_535)
  if (hosts !== 'address' && hosts !== 'name') refuse('hosts', '"address" or "name"', hosts)
  if (family !== undefined && family !== 4 && family !== 6) refuse('family', '4 or 6', family)
  if (servers !== undefined) requireServers(servers)
  const minTtlMs = requireWhole('minTtlMs', options.minTtlMs ?? 1_000, 1)
  return {
    name: servers === undefined ? 'dns' : `dns ${servers.join(', ')}`,
    port,
    nameOf: nameMaker(options),
    hosts,
    families: family === undefined ? [4, 6] : [family],
    servers: servers === undefined ? undefined : [...servers],
    timeoutMs: requireWhole('timeoutMs', options.timeoutMs ?? 2_000, 1),
    minTtlMs,
    maxTtlMs: requireWhole('maxTtlMs', options.maxTtlMs ?? Math.max(60_000, minTtlMs), minTtlMs),
    refreshMs: requireWhole('refreshMs', options.refreshMs ?? 30_000, 1),
    clock: options.clock ?? systemClock,
    timer: options.timer ?? systemTimer,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger,
  }
}

function nameMaker({ domain, srv, port, host }: DnsRegistryOptions): (service: string) => string {
  if (port !== undefined && srv !== undefined) refuse('srv', 'left out where "port" is told', srv)
  if (port === undefined && host !== undefined) refuse('host', 'left out where "port" is not told', host)
  const told = port === undefined ? srv : host
  if (typeof told === 'function') return told
  if (told === undefined && (typeof domain !== 'string' || domain === ''))
    refuse('domain', 'a domain where names are not told otherwise', domain)
  const template = told ?? (port === undefined ? `_{service}._tcp.${domain}` : `{service}.${domain}`)
  if (typeof template !== 'string' || !template.includes('{service}'))
    refuse(port === undefined ? 'srv' : 'host', 'a function, or a text with "{service}" in it', template)
  return (service) => template.replaceAll('{service}', service)
}

function requireServers(servers: readonly string[]): void {
  if (!Array.isArray(servers) || servers.length === 0) refuse('servers', 'a list of at least one', servers)
  for (const [index, server] of servers.entries())
    if (!isServer(server)) refuse(`servers[${index}]`, 'an IP address, with or without a port', server)
}

function isServer(server: unknown): boolean {
  if (typeof server !== 'string') return false
  if (isIP(server) !== 0) return true
  const { host, port = '0' } = /^(?<host>.+):(?<port>\d{1,5})$/.exec(server)?.groups ?? {}
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) return false
  return host.startsWith('[') ? isIP(host.slice(1, -1)) === 6 : isIP(host) === 4
}

function requireWhole(option: string, value: number, least: number, most: number = 2 ** 31 - 1): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  return refuse(option, `a whole number from ${least} to ${most}`, value)
}

function refuse(option: string, expected: string, found: unknown): never {
  const shown = typeof found === 'string' ? JSON.stringify(found.slice(0, 100)) : shownOther(found)
  throw new RangeError(`option "${option}" must be ${expected}, found ${shown}`)
}

function shownOther(found: unknown): string {
  if (Array.isArray(found)) return `a list of ${found.length}`
  return typeof found === 'number' || found === null || found === undefined ? String(found) : typeof found
}
