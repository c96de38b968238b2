import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { standard } from './standard.ts'

let registry: ScriptedRegistry
let closing: (() => unknown)[]
beforeEach(() => {
  registry = new ScriptedRegistry()
  closing = []
})
afterEach(async () => {
  for (const close of closing.reverse()) await close()
  await registry.close()
})

type Address = { readonly host: string; readonly port: number }

async function serving(listener: RequestListener, host = '127.0.0.1'): Promise<Address & { server: Server }> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host, port: (server.address() as AddressInfo).port, server }
}

/** A port at which nobody listens any more. */
async function nobody(): Promise<Address> {
  const { host, port, server } = await serving(() => {})
  await new Promise((resolve) => server.close(resolve))
  return { host, port }
}

async function clientOf(served: readonly Address[], options: Partial<ServiceDiscoveryOptions> = {}) {
  registry.tell(
    'inventory',
    served.map(({ host, port }, at) => ({ id: `i-${at}`, host, port })),
  )
  const resilience = standard({ retryDelayMs: 1 })
  const discovery = new ServiceDiscovery({ registry, balancer: inOrder, resilience, ...options })
  closing.push(() => discovery.close())
  expect((await discovery.snapshot('inventory')).isOk()).toBe(true)
  return discovery.serviceClient('inventory')
}

const here: RequestListener = (_, response) => void response.end('here')

describe('a fetch among servers that misbehave', () => {
  it('is not spoilt by a refusal whose body breaks before the next attempt', async () => {
    const broken = Promise.withResolvers<void>()
    const half = await serving(({ socket }, response) => {
      response.writeHead(503, { 'content-length': '1000' })
      response.write('half', () => {
        socket.once('close', broken.resolve)
        socket.destroySoon()
      })
    })
    const [first, second] = [await serving(here), await serving(here)]
    const asked: number[] = []
    const counting: typeof fetch = async (input, init) => {
      const { port } = new URL(String(input))
      asked.push(Number(port))
      const answer = await fetch(input, init)
      if (answer.status === 503) {
        await broken.promise
        for (let turns = 0; turns < 20; turns++) await new Promise(setImmediate)
      }
      return answer
    }
    const client = await clientOf([half, first, second], { fetch: counting })

    const answer = await client.fetch('/x')

    expect(await answer.text()).toBe('here')
    expect(asked).toEqual([half.port, first.port])
  })

  it.each([
    ['in the headers', 'HTTP/1.1 200 OK\r\nContent-Le'],
    ['with what is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n'],
  ])('asks another one when one dies %s', async (_, piece) => {
    const cut = await serving(({ socket }) => void socket.end(piece))
    const client = await clientOf([cut, await serving(here)])

    expect(await (await client.fetch('/x')).text()).toBe('here')
  })

  it('lets the reader know when one dies in the body', async () => {
    const cut = await serving(({ socket }, response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write('half', () => socket.destroySoon())
    })
    const client = await clientOf([cut])

    const answer = await client.fetch('/x')

    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
  })

  it('cancels every answer that it does not return, also where attempts overlap', async () => {
    const cancelled: string[] = []
    const slow = Promise.withResolvers<void>()
    const answering: typeof fetch = async (input) => {
      const { hostname } = new URL(String(input))
      // the second attempt begins while the first one waits, and both have an answer in the end
      if (hostname === '10.0.0.1') await slow.promise
      else slow.resolve()
      if (hostname === '10.0.0.2') for (let turns = 0; turns < 5; turns++) await new Promise(setImmediate)
      const body = new ReadableStream({ cancel: () => void cancelled.push(hostname) })
      return new Response(body, { status: hostname === '10.0.0.1' ? 503 : 200 })
    }
    const client = await clientOf(
      [
        { host: '10.0.0.1', port: 80 },
        { host: '10.0.0.2', port: 80 },
      ],
      { fetch: answering, resilience: standard({ hedgeAfterMs: 0 }) },
    )

    const answer = await client.fetch('/x')

    expect(answer.status).toBe(200)
    await expect.poll(() => cancelled).toEqual(['10.0.0.1'])
  })

  it('cancels an answer where the next attempt gets none', async () => {
    const cancelled: string[] = []
    const answering: typeof fetch = async (input) => {
      const { hostname } = new URL(String(input))
      if (hostname === '10.0.0.2') throw new TypeError('fetch failed')
      return new Response(new ReadableStream({ cancel: () => void cancelled.push(hostname) }), {
        status: 503,
      })
    }
    const client = await clientOf(
      [
        { host: '10.0.0.1', port: 80 },
        { host: '10.0.0.2', port: 80 },
      ],
      { fetch: answering, resilience: standard({ attempts: 2, retryDelayMs: 0 }) },
    )

    await expect(client.fetch('/x')).rejects.toMatchObject({ failure: { type: 'CallFailed' } })

    expect(cancelled).toEqual(['10.0.0.1'])
  })

  it('cancels an answer that comes when nobody waits for it any more', async () => {
    const cancelled: string[] = []
    const begun = Promise.withResolvers<void>()
    const late = Promise.withResolvers<void>()
    const deaf: typeof fetch = async () => {
      begun.resolve()
      await late.promise
      return new Response(new ReadableStream({ cancel: () => void cancelled.push('late') }))
    }
    const client = await clientOf([{ host: '10.0.0.1', port: 80 }], { fetch: deaf })
    const stop = new AbortController()

    const asking = client.fetch('/x', { signal: stop.signal })
    await begun.promise
    stop.abort(new Error('enough'))
    await expect(asking).rejects.toThrow('enough')
    late.resolve()

    await expect.poll(() => cancelled).toEqual(['late'])
  })

  it('follows redirects, or not, as a fetch', async () => {
    const target = await serving(here)
    const leading = await serving((_, response) => {
      response.writeHead(302, { location: `http://127.0.0.1:${target.port}/there` }).end()
    })
    const client = await clientOf([leading])

    const followed = await client.fetch('/x')
    const manual = await client.fetch('/x', { redirect: 'manual' })

    expect(await followed.text()).toBe('here')
    expect([followed.redirected, manual.status]).toEqual([true, 302])
    await expect(client.fetch('/x', { redirect: 'error' })).rejects.toThrow()
  })
})

describe('what a fetch is given', () => {
  it('reaches a host of IPv6', async () => {
    const six = await serving(here, '::1')
    const client = await clientOf([six])

    expect(await (await client.fetch('/x')).text()).toBe('here')
  })

  it('is asked by the scheme of the client, whatever the URL says', async () => {
    const asked: string[] = []
    const noting: typeof fetch = async (input) => {
      asked.push(String(input))
      return new Response()
    }
    const instance = { host: 'fe80::1', port: 8443 }
    const client = await clientOf([instance], { fetch: noting, scheme: 'https' })

    await client.fetch('/x')
    await client.fetch(new URL('http://inventory/y?z'))

    expect(asked).toEqual(['https://[fe80::1]:8443/x', 'https://[fe80::1]:8443/y?z'])
  })

  it.each([
    '/\t/evil.example/x',
    '/\n\\evil.example',
    'http://inventory:8080/x',
    'http://me:secret@inventory/x',
  ])('leads nowhere with %j', async (input) => {
    const client = await clientOf([await serving(here)])

    await expect(client.fetch(input)).rejects.toBeInstanceOf(TypeError)
  })

  it('tells no secret of a URL that it refuses', async () => {
    const client = await clientOf([await serving(here)])

    const refused: unknown = await client
      .fetch('http://me:secret@inventory/x')
      .catch((error: unknown) => error)

    expect(String(refused)).not.toContain('secret')
  })

  it('may have fields that are undefined, which change nothing of a request', async () => {
    const seen: string[] = []
    const one = await serving(async (request, response) => {
      seen.push(`${request.method} ${request.headers['x-a']} ${await text(request)}`)
      response.end()
    })
    const client = await clientOf([one])
    const request = new Request('http://inventory/x', {
      method: 'PUT',
      headers: { 'x-a': 'b' },
      body: 'whole',
    })
    const nothing = { method: undefined, headers: undefined, body: undefined, signal: undefined } as object

    await client.fetch(request, nothing)
    await client.fetch('/x', nothing)

    expect(seen).toEqual(['PUT b whole', 'GET undefined '])
  })

  it('keeps headers that can be read once for each attempt', async () => {
    const seen: (string | undefined)[] = []
    const noting: RequestListener = (request, response) => {
      seen.push(String(request.headers['x-a']))
      response.writeHead(503).end()
    }
    const client = await clientOf([await serving(noting), await serving(noting)], {
      resilience: standard({ attempts: 2, retryDelayMs: 0 }),
    })
    const headers = new Map([
      ['idempotency-key', 'k-1'],
      ['x-a', 'b'],
    ])

    await client.fetch('/x', { method: 'POST', headers: headers.entries() as unknown as Headers })

    expect(seen).toEqual(['b', 'b'])
  })

  it('tells why a stream could not be sent, and blames nobody else for it', async () => {
    const asked: string[] = []
    const good = await serving((request, response) => {
      asked.push(String(request.url))
      response.end()
    })
    const client = await clientOf([await nobody(), good])
    const body = new Blob(['piece']).stream()

    const asking = client.fetch('/x', { method: 'PUT', body, duplex: 'half' } as RequestInit)

    await expect(asking).rejects.toMatchObject({
      failure: { type: 'CallFailed', instance: 'i-0', attempts: 1 },
      cause: { cause: { code: 'ECONNREFUSED' } },
    })
  })

  it('waits no longer for the body of a request whose caller has left', async () => {
    const client = await clientOf([await serving(here)])
    const stop = new AbortController()
    const request = new Request('http://inventory/x', {
      method: 'POST',
      body: new ReadableStream(),
      signal: stop.signal,
      duplex: 'half',
    } as RequestInit)

    const asking = client.fetch(request)
    stop.abort(new Error('enough'))

    await expect(asking).rejects.toThrow('enough')
  })
})
