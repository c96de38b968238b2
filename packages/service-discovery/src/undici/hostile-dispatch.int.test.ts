import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import {
  Agent,
  type Dispatcher,
  getGlobalDispatcher,
  interceptors,
  request,
  setGlobalDispatcher,
} from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import type { Balancer } from '../balance/balancer.ts'
import { ServiceDiscovery } from '../discovery/service-discovery.ts'
import type { Target } from '../pool/target.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { discoveryDispatcher } from './discovery-dispatcher.ts'

let closing: (() => unknown)[]
let registry: ScriptedRegistry
let told: { readonly host: string; readonly isFailure: boolean }[]
let seen: Set<Target>
beforeEach(() => {
  closing = []
  registry = new ScriptedRegistry()
  told = []
  seen = new Set()
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await registry.close()
})

async function serving(
  listener: RequestListener,
  host = '127.0.0.1',
): Promise<{ host: string; port: number }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host, port: (server.address() as AddressInfo).port }
}

/** One after the other, noting what it is told. */
const noting = {
  name: 'noting',
  create(tools: Parameters<typeof inOrder.create>[0]): Balancer {
    const balancer = inOrder.create(tools)
    return {
      update(targets) {
        for (const target of targets) seen.add(target)
        balancer.update(targets)
      },
      pick: (key) => balancer.pick(key),
      report: ({ instance }, _, isFailure) => void told.push({ host: instance.host, isFailure }),
    }
  },
}

function opened(options: { readonly dispatcher?: Dispatcher } = {}) {
  const discovery = new ServiceDiscovery({ registry, balancer: noting })
  const client = discovery.serviceClient('inventory')
  const dispatcher = discoveryDispatcher([client], options)
  closing.push(
    () => discovery.close(),
    () => dispatcher.destroy(),
  )
  return { client, discovery, dispatcher }
}

const inFlight = () => [...seen].map((target) => target.inFlight)

describe('a dispatcher of undici', () => {
  it('serves all of a program, and sends what it is told to', async () => {
    const heard: string[] = []
    const one = await serving(async (asked, response) => {
      heard.push(`${asked.method} ${asked.headers.host} ${asked.headers['x-a']} ${await text(asked)}`)
      response.end()
    })
    registry.tell('inventory', [one])
    const before = getGlobalDispatcher()
    closing.push(() => setGlobalDispatcher(before))

    setGlobalDispatcher(opened().dispatcher)
    await fetch('http://inventory/x', { method: 'POST', headers: { 'x-a': 'b' }, body: 'whole' })
    await request('http://inventory/x', { headers: { host: 'shop.example' } }).then(({ body }) => body.dump())

    expect(heard).toEqual([`POST 127.0.0.1:${one.port} b whole`, 'GET shop.example undefined '])
  })

  it('reaches a host of IPv6', async () => {
    const six = await serving((_, response) => response.end('six'), '::1')
    registry.tell('inventory', [six])
    const { dispatcher } = opened()

    expect(await (await request('http://inventory/', { dispatcher })).body.text()).toBe('six')
  })

  it('takes no early word for the answer', async () => {
    const hinting = await serving((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' })
      response.writeProcessing()
      response.writeHead(503).end()
    })
    registry.tell('inventory', [hinting])
    const { dispatcher } = opened()

    const { statusCode, body } = await request('http://inventory/', { dispatcher })
    await body.dump()

    expect(statusCode).toBe(503)
    expect(told).toEqual([{ host: '127.0.0.1', isFailure: true }])
  })

  it('counts an instance that was never reached, and leaves nothing open', async () => {
    registry.tell('inventory', [{ host: '127.0.0.1', port: 1 }])
    const { dispatcher } = opened()

    await expect(request('http://inventory/', { dispatcher })).rejects.toMatchObject({ code: 'ECONNREFUSED' })

    expect(told).toEqual([{ host: '127.0.0.1', isFailure: true }])
    expect(inFlight()).toEqual([0])
  })

  it('leaves nothing open where the dispatcher below throws, or refuses what it is asked', async () => {
    const one = await serving((_, response) => response.end())
    registry.tell('inventory', [one])
    const throwing = new Agent()
    throwing.dispatch = () => {
      throw new Error('no dispatch')
    }
    const direct = opened()
    const broken = opened({ dispatcher: throwing })
    await Promise.all([direct.client.endpoint(), broken.client.endpoint()])

    const refused = request('http://inventory/', { dispatcher: direct.dispatcher, headers: { 'x y': 'z' } })
    const thrown = request('http://inventory/', { dispatcher: broken.dispatcher })

    await expect(refused).rejects.toThrow('header')
    await expect(thrown).rejects.toThrow('no dispatch')
    expect(inFlight()).toEqual([0, 0])
  })

  it('tells what the dispatcher below throws also where the registry had to be waited for', async () => {
    const throwing = new Agent()
    throwing.dispatch = () => {
      throw new Error('no dispatch')
    }
    registry.tell('inventory', [{ host: '127.0.0.1', port: 1 }])
    const { dispatcher } = opened({ dispatcher: throwing })

    await expect(request('http://inventory/', { dispatcher })).rejects.toThrow('no dispatch')

    expect(inFlight()).toEqual([0])
  })

  it('waits no longer for the registry than its caller does', async () => {
    const { promise } = Promise.withResolvers<never>()
    const silent = {
      name: 'silent',
      async *watch() {
        yield await promise
      },
    }
    const discovery = new ServiceDiscovery({ registry: silent as unknown as ScriptedRegistry })
    const dispatcher = discoveryDispatcher([discovery.serviceClient('inventory')])
    closing.push(
      () => discovery.close(),
      () => dispatcher.destroy(),
    )
    const stop = new AbortController()

    const asking = request('http://inventory/', { dispatcher, signal: stop.signal })
    const fetching = fetch('http://inventory/', { dispatcher, signal: stop.signal } as object)
    const ends = Promise.all([
      expect(asking).rejects.toThrow('enough'),
      expect(fetching).rejects.toThrow('enough'),
    ])
    await new Promise(setImmediate)
    stop.abort(new Error('enough'))

    await ends
  })

  it('tells that the discovery is closed', async () => {
    const one = await serving((_, response) => response.end())
    registry.tell('inventory', [one])
    const { dispatcher, discovery } = opened()

    await discovery.close()

    await expect(request('http://inventory/', { dispatcher })).rejects.toMatchObject({
      name: 'DiscoveryClosedError',
    })
  })

  it('chooses anew with each attempt of the interceptor that retries', async () => {
    const bad = await serving((_, response) => response.writeHead(503).end())
    const good = await serving((_, response) => response.end('here'))
    registry.tell('inventory', [
      { ...bad, id: 'a' },
      { ...good, id: 'b' },
    ])
    const { dispatcher, discovery } = opened()
    expect((await discovery.snapshot('inventory')).isOk()).toBe(true)
    const retrying = dispatcher.compose(interceptors.retry({ maxRetries: 2, minTimeout: 1, maxTimeout: 1 }))

    const { statusCode, body } = await request('http://inventory/', { dispatcher: retrying })

    expect([statusCode, await body.text()]).toEqual([200, 'here'])
    expect(told.map(({ isFailure }) => isFailure)).toEqual([true, false])
  })

  it('counts an upgrade', async () => {
    const upgrading = await serving(() => {})
    const server = createServer()
    server.on('upgrade', (_, socket) => {
      socket.end('HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    closing.push(() => server.close())
    registry.tell('inventory', [{ ...upgrading, port: (server.address() as AddressInfo).port }])
    const { dispatcher } = opened()

    const { socket } = await dispatcher.upgrade({
      origin: 'http://inventory',
      path: '/',
      protocol: 'echo',
    } as never)
    socket.destroy()

    expect(told).toEqual([{ host: '127.0.0.1', isFailure: false }])
    expect(inFlight()).toEqual([0])
  })
})
