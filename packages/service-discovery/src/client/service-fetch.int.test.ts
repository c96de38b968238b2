import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { inOrder } from '../../test/in-order.ts'
import { ServiceDiscovery, type ServiceDiscoveryOptions } from '../discovery/service-discovery.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { ServiceCallError } from './service-call-error.ts'
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

type Served = {
  readonly host: string
  readonly port: number
  readonly asked: string[]
  readonly server: Server
}

/** A server that notes what it was asked. */
async function serving(listener: RequestListener): Promise<Served> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    listener(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port, asked, server }
}

async function clientOf(
  served: readonly Pick<Served, 'host' | 'port'>[],
  options: Partial<ServiceDiscoveryOptions> = {},
) {
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

const answering =
  (status: number, body = '') =>
  (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status).end(body)
  }
/** A port at which nobody listens any more. */
async function nobody(): Promise<Served> {
  const gone = await serving(() => {})
  await new Promise((resolve) => gone.server.close(resolve))
  return gone
}

describe('a fetch of a service', () => {
  it.each([
    ['/items/7?a=b&c=%20', '/items/7?a=b&c=%20'],
    ['/', '/'],
    ['/한국', '/%ED%95%9C%EA%B5%AD'],
    ['/a/../b/./c', '/b/c'],
    ['/a/%2e%2e/b', '/b'],
    ['http://inventory/items/7', '/items/7'],
    ['https://INVENTORY/items', '/items'],
  ])('asks for %s', async (input, path) => {
    const one = await serving(answering(200, 'here'))
    const { fetch } = await clientOf([one])

    const answer = await fetch(input)

    expect(await answer.text()).toBe('here')
    expect(one.asked).toEqual([`GET ${path}`])
  })

  it.each([
    '//evil.example/x',
    '/\\evil.example/x',
    '\\\\evil.example',
    'http://evil.example/',
    'ftp://inventory/',
    'items',
    '',
  ])('goes nowhere with %j', async (input) => {
    const one = await serving(answering(200))
    const { fetch } = await clientOf([one])

    await expect(fetch(input)).rejects.toBeInstanceOf(TypeError)
    expect(one.asked).toEqual([])
  })

  it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])(
    'repeats a %s elsewhere after a status of 503',
    async (method) => {
      const [bad, good] = [await serving(answering(503)), await serving(answering(200))]
      const { fetch } = await clientOf([bad, good])

      const answer = await fetch('/x', { method })

      expect(answer.status).toBe(200)
      expect([bad.asked, good.asked]).toEqual([[`${method} /x`], [`${method} /x`]])
    },
  )

  it.each([429, 500, 502, 504])(
    'returns the last answer where all say %d, and its body can be read',
    async (status) => {
      const servers = [await serving(answering(status, 'one')), await serving(answering(status, 'two'))]
      const { fetch } = await clientOf(servers, { resilience: standard({ attempts: 2, retryDelayMs: 0 }) })

      const answer = await fetch('/x')

      expect(answer.status).toBe(status)
      expect(await answer.text()).toBe('two')
    },
  )

  it.each([400, 404, 409, 501])('takes %d for an answer', async (status) => {
    const [one, two] = [await serving(answering(status)), await serving(answering(200))]
    const { fetch } = await clientOf([one, two])

    expect((await fetch('/x')).status).toBe(status)
    expect(two.asked).toEqual([])
  })

  it('does not repeat a POST that was sent, but one that never was, or that has a key', async () => {
    const [bad, good] = [await serving(answering(503)), await serving(answering(200))]
    const sent = await clientOf([bad, good])
    const once = await sent.fetch('/x', { method: 'POST' })
    const keyed = await clientOf([bad, good])
    const twice = await keyed.fetch('/x', { method: 'POST', headers: { 'Idempotency-Key': 'k-1' } })
    const unsent = await clientOf([await nobody(), good])
    const afterRefusal = await unsent.fetch('/x', { method: 'POST', body: 'hello' })

    expect([once.status, twice.status, afterRefusal.status]).toEqual([503, 200, 200])
  })

  it('sends the body of a request again with each attempt, and a stream once', async () => {
    const bodies: string[] = []
    const noting = (status: number) => async (request: IncomingMessage, response: ServerResponse) => {
      bodies.push(await text(request))
      response.writeHead(status).end()
    }
    const servers = [await serving(noting(503)), await serving(noting(200))]
    const { fetch } = await clientOf(servers)

    const asked = await fetch(new Request('http://inventory/x', { method: 'PUT', body: 'whole' }))
    const streamed = await fetch('/x', {
      method: 'PUT',
      body: new Blob(['piece']).stream(),
      duplex: 'half',
    } as RequestInit)

    expect([asked.status, streamed.status]).toEqual([200, 503])
    expect(bodies).toEqual(['whole', 'whole', 'piece'])
  })

  it('asks another one when a connection breaks before the answer', async () => {
    const [cut, good] = [
      await serving(({ socket }) => socket.destroy()),
      await serving(answering(200, 'here')),
    ]
    const { fetch } = await clientOf([cut, good])

    expect(await (await fetch('/x')).text()).toBe('here')
  })

  it('asks another one when one does not answer in time', async () => {
    const [hung, good] = [await serving(() => {}), await serving(answering(200, 'here'))]
    const { fetch } = await clientOf([hung, good], { resilience: standard({ attemptTimeoutMs: 50 }) })

    expect(await (await fetch('/x')).text()).toBe('here')
  })

  it('throws why nobody has answered', async () => {
    const { fetch } = await clientOf([await nobody()])

    await expect(fetch('/x')).rejects.toMatchObject({
      name: 'ServiceCallError',
      code: 'ASHLAR_SERVICE_DISCOVERY_CALL',
      failure: { type: 'CallFailed' },
    })
    const none = await clientOf([])
    await expect(none.fetch('/x')).rejects.toBeInstanceOf(ServiceCallError)
    await expect(none.fetch('/x')).rejects.toMatchObject({ failure: { type: 'NoInstances' } })
  })

  it('gives bodies all the time that they want, and the abort of the caller ends them', async () => {
    let more: ServerResponse | undefined
    const slow = await serving((_, response) => {
      response.write('begun')
      more = response
    })
    const { fetch } = await clientOf([slow], {
      resilience: standard({ attemptTimeoutMs: 40, totalTimeoutMs: 40 }),
    })
    const stop = new AbortController()

    const patient = await fetch('/x')
    const reader = (patient.body as ReadableStream<Uint8Array>).getReader()
    await reader.read()
    await new Promise((resolve) => AbortSignal.timeout(80).addEventListener('abort', resolve))
    more?.end(' and ended')
    const rest = new TextDecoder().decode((await reader.read()).value)
    const impatient = await fetch('/x', { signal: stop.signal })
    stop.abort(new Error('enough'))

    expect(rest).toBe(' and ended')
    await expect(impatient.text()).rejects.toThrow('enough')
  })

  it('throws the reason of a signal that is aborted, before and while it waits', async () => {
    const hung = await serving(() => {})
    const { fetch } = await clientOf([hung])
    const reason = new Error('enough')
    const stop = new AbortController()

    const waiting = fetch('/x', { signal: stop.signal })
    stop.abort(reason)

    await expect(waiting).rejects.toBe(reason)
    await expect(fetch('/x', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
  })

  it('reads away what it does not return, so that no connection stays behind', async () => {
    const busy = await serving(answering(503, 'x'.repeat(100_000)))
    const good = await serving(answering(200))
    const { fetch } = await clientOf([busy, good], {
      resilience: standard({ breakerFailures: 1_000, retryDelayMs: 0, retryShare: 1 }),
      outliers: false,
    })

    for (let calls = 0; calls < 40; calls++) expect((await fetch('/x')).status).toBe(200)

    const open = await new Promise<number>((resolve) =>
      busy.server.getConnections((_, count) => resolve(count)),
    )
    expect(open).toBeLessThanOrEqual(3)
  })

  it('fails no call that may be repeated when one of three servers dies among a thousand', async () => {
    const servers = await Promise.all([1, 2, 3].map(() => serving(answering(200, 'here'))))
    const { fetch } = await clientOf(servers)
    let done = 0
    let failed = 0
    const caller = async () => {
      while (done < 1_000) {
        if (++done === 300) {
          servers[1]?.server.close()
          servers[1]?.server.closeAllConnections()
        }
        const answer = await fetch('/x').catch(() => undefined)
        if (answer?.ok !== true) failed++
        await answer?.text().catch(() => failed++)
      }
    }

    await Promise.all(Array.from({ length: 20 }, caller))

    expect(failed).toBe(0)
  })

  it('fails none of a thousand at a time that may be repeated when one of three servers dies in the middle', async () => {
    let asked = 0
    const dying = await serving((_, response) => {
      // those that it was asked last it never answers
      if (++asked <= 180) response.end('here')
      else if (asked === 280) {
        dying.server.close()
        dying.server.closeAllConnections()
      }
    })
    const others = await Promise.all([1, 2].map(() => serving(answering(200, 'here'))))
    let attempts = 0
    const counting: typeof globalThis.fetch = (input, init) => {
      attempts++
      return globalThis.fetch(input, init)
    }
    const { fetch } = await clientOf([dying, ...others], { fetch: counting })

    const answers = await Promise.all(
      Array.from({ length: 1_000 }, async () => {
        const answer = await fetch('/x').catch(String)
        return typeof answer === 'string' ? answer : answer.status
      }),
    )

    expect(answers.filter((answer) => answer !== 200)).toEqual([])
    expect(attempts).toBeGreaterThanOrEqual(1_100)
  })
})
