import { Agent, type Dispatcher } from 'undici'
import type { AcquiredInstance } from '../client/acquired-instance.ts'
import { ServiceCallError } from '../client/service-call-error.ts'
import type { ServiceClient } from '../client/service-client.ts'
import { authorityOf } from '../registry/address.ts'
import type { Instance } from '../registry/instance.ts'
import { countedHandler } from './counted-handler.ts'
import { WaitingRequest } from './waiting-request.ts'

/** Options of {@link discoveryDispatcher}. */
export interface DiscoveryDispatcherOptions {
  /** Sends what was led to an instance, and all that goes elsewhere; an `Agent` of its own unless told. */
  readonly dispatcher?: Dispatcher
}

/**
 * Makes a dispatcher of undici that leads requests for services to their instances.
 *
 * A request whose host is the name of one of the services goes to an instance that its client chooses, at the same path and
 * by the same scheme, with the instance in its `Host` header unless it has one; every other request goes where it was going.
 * How requests end is counted for balancing and ejection, up to the headers of the answer: those without an answer, and
 * answers of 429 and from 500 on, are failures. It retries nothing and has no circuit
 * breakers: compose it with undici's own interceptors, which then choose anew with each attempt.
 *
 * @param clients - of the services, made by a `ServiceDiscovery`
 * @param options - what sends the requests
 * @returns the dispatcher, for the `dispatcher` of a `fetch` or `request`, or for `setGlobalDispatcher`; a request for
 * which there is no instance fails with a `ServiceCallError`
 * @example
 * ```ts
 * import { createServer } from 'node:http'
 * import type { AddressInfo } from 'node:net'
 * import { InMemoryRegistry, ServiceDiscovery } from '@ashlar/service-discovery'
 * import { discoveryDispatcher } from '@ashlar/service-discovery/undici'
 * import { request } from 'undici'
 *
 * const server = createServer((_, response) => response.end('in stock'))
 * await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
 * const { port } = server.address() as AddressInfo
 *
 * await using registry = new InMemoryRegistry()
 * await using discovery = new ServiceDiscovery({ registry })
 * await discovery.registerService({ service: 'inventory', host: '127.0.0.1', port })
 *
 * const dispatcher = discoveryDispatcher([discovery.serviceClient('inventory')])
 * const { body } = await request('http://inventory/items/7', { dispatcher })
 * console.log(await body.text()) // in stock
 * await dispatcher.close()
 * server.close()
 * ```
 */
export function discoveryDispatcher(
  clients: readonly ServiceClient[],
  options: DiscoveryDispatcherOptions = {},
): Dispatcher {
  // a host name comes in lower case
  const byHost = new Map(clients.map((client) => [client.service.toLowerCase(), client]))
  return (options.dispatcher ?? new Agent()).compose((dispatch) => (request, handler) => {
    const origin = URL.parse(String(request.origin ?? ''))
    const client = origin === null || origin.port !== '' ? undefined : byHost.get(origin.hostname)
    if (origin === null || client === undefined) return dispatch(request, handler)
    const lead: Lead = ({ instance, release }) => {
      const led = { ...request, origin: originOf(origin.protocol, instance) }
      try {
        return dispatch(led, countedHandler(handler, { instance, release }))
      } catch (error) {
        release('cancelled')
        throw error
      }
    }
    const acquired = client.acquire()
    if (acquired !== undefined) return lead(acquired)
    void leadLater(client, handler, lead)
    return true
  })
}

/** Sends a request to an instance. */
type Lead = (acquired: AcquiredInstance) => boolean

/** The registry may not have answered yet. */
async function leadLater(
  client: ServiceClient,
  handler: Dispatcher.DispatchHandler,
  lead: Lead,
): Promise<void> {
  const waiting = new WaitingRequest()
  try {
    handler.onRequestStart?.(waiting, {})
    const acquired = await acquireLater(client, waiting.signal)
    lead(acquired)
  } catch (error) {
    handler.onResponseError?.(waiting, error instanceof Error ? error : new Error(String(error)))
  }
}

async function acquireLater(client: ServiceClient, signal: AbortSignal): Promise<AcquiredInstance> {
  const known = await client.endpoint({ signal })
  if (known.isErr()) throw new ServiceCallError(known.error)
  signal.throwIfAborted()
  return client.acquire() ?? (await acquireLater(client, signal))
}

function originOf(protocol: string, { host, port }: Instance): string {
  return `${protocol}//${authorityOf(host, port)}`
}
