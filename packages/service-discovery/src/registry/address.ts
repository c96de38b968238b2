/** Why a host or a port can't be one that others reach. */
export type AddressProblem = {
  readonly field: 'host' | 'port'
  readonly expected: string
  readonly found: string
}

/** Looks at a host and a port; nothing where others can reach them. */
export function addressProblem(host: unknown, port: unknown): AddressProblem | undefined {
  return hostProblem(host) ?? portProblem(port)
}

/** As it stands in a URL: an IPv6 address in brackets. */
export function authorityOf(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

function hostProblem(host: unknown): AddressProblem | undefined {
  if (typeof host !== 'string') return notReachable(host === null ? 'null' : typeof host)
  if (host.length > 253) return notReachable(`${host.length} characters`)
  if (!plainHost.test(host) || hasEmptyLabel(host)) return notReachable(JSON.stringify(host))
  // the platform knows every way in which an address can be written
  const parsed = URL.parse(`http://${authorityOf(host, 80)}`)?.hostname
  if (parsed === undefined) return notReachable(JSON.stringify(host))
  if (everyAddress.has(parsed)) return notReachable(`"${host}", which is every address of a machine`)
  return undefined
}

function portProblem(port: unknown): AddressProblem | undefined {
  if (typeof port === 'number' && Number.isInteger(port) && port >= 1 && port <= 65_535) return undefined
  const found = typeof port === 'number' ? String(port) : typeof port
  return { field: 'port', expected: 'a whole number from 1 to 65,535', found }
}

/** As the platform writes them; the last one is IPv4's within IPv6. */
const everyAddress: ReadonlySet<string> = new Set(['0.0.0.0', '[::]', '[::ffff:0:0]'])

/** A dot at the end says that a name is whole; two in a row, or nothing but one, are no name. */
function hasEmptyLabel(host: string): boolean {
  return host.startsWith('.') || host.includes('..')
}

/** What a name or an address is written with; nothing that has a meaning of its own in a URL. */
const plainHost = /^[A-Za-z0-9_.:-]+$/

function notReachable(found: string): AddressProblem {
  return { field: 'host', expected: 'a host name or an IP address that others can reach', found }
}
