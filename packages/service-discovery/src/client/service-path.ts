/**
 * Where a path of a service leads, whoever answers.
 *
 * @param service - whose it is
 * @param input - a path, or a URL whose host is the service's name
 * @returns the path, and the query where there is one
 * @throws TypeError for all that leads elsewhere
 */
export function servicePath(service: string, input: string): string {
  if (plainPath.test(input)) return input
  const isPath = input.startsWith('/')
  const url = URL.parse(input, isPath ? base : undefined)
  // what starts as a path may still lead to another host, as URLs forget tabs and take slashes of both kinds
  const isOurs =
    url !== null &&
    (isPath ? url.origin === base : isHttp(url) && url.host === service.toLowerCase()) &&
    url.username === '' &&
    url.password === ''
  if (!isOurs)
    throw new TypeError(`expected a path, or a URL of the host "${service}", found ${shown(input)}`)
  return url.pathname + url.search
}

const base = 'http://service.invalid'

/** What a URL would not change, without the parts that it would take out. */
const plainPath = /^(?!\/\/)(?:\/(?!\.{1,2}(?:[/?]|$))[\w.~!$&'()*+,;=:@-]*)+(?:\?[\w.~!$&()*+,;=:@/?%-]+)?$/

function isHttp({ protocol }: URL): boolean {
  return protocol === 'http:' || protocol === 'https:'
}

/** Neither user and password nor the query are anybody's who reads messages. */
function shown(input: string): string {
  return JSON.stringify(input.replace(/\?.*/s, '?…').replace(/^.*@/s, '…@').slice(0, 200))
}
