import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Agent, request, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { ServiceCallError } from '../client/service-call-error.ts'
import { ServiceDiscovery } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { discoveryDispatcher } from './discovery-dispatcher.ts'

let closing: (() => unknown)[]
let registry: ScriptedRegistry
beforeEach(() => {
  closing = []
  registry = new ScriptedRegistry()
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await registry.close()
})

async function serving(listener: RequestListener): Promise<{ host: string; port: number }> {
  const server: Server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port }
}

function opened(options = {}) {
  const discovery = new ServiceDiscovery({ registry, balancer: inOrder, ...options })
  const client = discovery.serviceClient('inventory')
  const dispatcher = discoveryDispatcher([client])
  closing.push(
    () => discovery.close(),
    () => dispatcher.destroy(),
  )
  return { client, dispatcher }
}

describe('a dispatcher of undici', () => {
  it.each([
    [
      'request of undici',
      async (url: string, dispatcher: Agent) => (await request(url, { dispatcher })).body.text(),
    ],
    [
      'fetch of undici',
      async (url: string, dispatcher: Agent) => (await undiciFetch(url, { dispatcher })).text(),
    ],
    [
      'fetch of the platform',
      async (url: string, dispatcher: Agent) => (await fetch(url, { dispatcher } as object)).text(),
    ],
  ])('leads a %s to one instance after the other', async (_, ask) => {
    const hosts: (string | undefined)[] = []
    const listener: RequestListener = ({ headers, url }, response) => {
      hosts.push(headers.host)
      response.end(url)
    }
    const [one, two] = [await serving(listener), await serving(listener)]
    registry.tell('inventory', [one, two])
    const { dispatcher } = opened()

    const answers = [
      await ask('http://inventory/items/7?a=b', dispatcher as Agent),
      await ask('http://INVENTORY/items/8', dispatcher as Agent),
    ]

    expect(answers).toEqual(['/items/7?a=b', '/items/8'])
    expect(hosts.toSorted()).toEqual([`127.0.0.1:${one.port}`, `127.0.0.1:${two.port}`].toSorted())
  })

  it('waits for the first word of the registry, and tells why there is nobody', async () => {
    const { dispatcher } = opened()

    const asking = request('http://inventory/', { dispatcher })

    await expect(asking).rejects.toBeInstanceOf(ServiceCallError)
    await expect(asking).rejects.toMatchObject({ failure: { type: 'NoInstances' } })
  })

  it('lets all other hosts be, and the name with a port', async () => {
    const other = await serving((_, response) => response.end('other'))
    registry.tell('inventory', [])
    const { dispatcher } = opened()

    const answer = await request(`http://127.0.0.1:${other.port}/`, { dispatcher })

    expect(await answer.body.text()).toBe('other')
    await expect(request('http://inventory:1/', { dispatcher })).rejects.not.toBeInstanceOf(ServiceCallError)
  })

  it('counts statuses and broken connections against an instance, and aborts against none', async () => {
    const bad = await serving(({ url, socket }, response) => {
      if (url === '/503') response.writeHead(503).end()
      else if (url === '/cut') socket.destroy()
    })
    registry.tell('inventory', [bad, { host: '127.0.0.2', port: 1 }, { host: '127.0.0.3', port: 1 }])
    const alwaysFirst = {
      name: 'first',
      create() {
        let targets: readonly { instance: { host: string } }[] = []
        return {
          update(given: typeof targets) {
            targets = given
          },
          pick: () => targets[0],
        }
      },
    }
    const { client, dispatcher } = opened({ balancer: alwaysFirst, outliers: { consecutiveFailures: 2 } })
    await client.endpoint().then((known) => known._unsafeUnwrap())
    const stop = new AbortController()

    for (let aborted = 0; aborted < 5; aborted++) {
      const hanging = request('http://inventory/hang', {
        dispatcher,
        signal: AbortSignal.any([stop.signal, AbortSignal.timeout(20)]),
      })
      await expect(hanging).rejects.toThrow()
    }
    const afterAborts = client.pick()?.host
    await (await request('http://inventory/503', { dispatcher })).body.dump()
    const afterOne = client.pick()?.host
    await expect(request('http://inventory/cut', { dispatcher })).rejects.toThrow()

    expect([afterAborts, afterOne]).toEqual(['127.0.0.1', '127.0.0.1'])
    expect(client.pick()?.host).toBe('127.0.0.2')
  })

  it('sends by the dispatcher that it was given', async () => {
    const one = await serving((_, response) => response.end('here'))
    registry.tell('inventory', [one])
    const discovery = new ServiceDiscovery({ registry })
    const agent = new Agent({ connections: 1 })
    const dispatcher = discoveryDispatcher([discovery.serviceClient('inventory')], { dispatcher: agent })
    closing.push(
      () => discovery.close(),
      () => agent.destroy(),
    )

    expect(await (await request('http://inventory/', { dispatcher })).body.text()).toBe('here')
  })
})
