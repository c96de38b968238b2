import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { Follower } from '../testing/follower.ts'
import { etcdRegistry } from './etcd-registry.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function answering(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function failureOf(listener: RequestListener, options: object = {}) {
  const endpoint = await answering(listener)
  await using registry = etcdRegistry({
    endpoints: [endpoint],
    timeoutMs: 500,
    maxBytes: 100_000,
    ...options,
  })
  return (await registry.get('orders'))._unsafeUnwrapErr()
}

const empty = '{"header":{"revision":"7"},"kvs":[]}'

describe('an etcd that answers', () => {
  it.each<[string, RequestListener, RegExp]>([
    ['with HTML', (_, response) => response.end('<html>login</html>'), /JSON/],
    ['with half of its JSON', (_, response) => response.end('{"header":{"revi'), /JSON/],
    ['with a list', (_, response) => response.end('[]'), /expected an object, found a list/],
    ['with a header of a wrong type', (_, response) => response.end('{"header":7}'), /header/],
    ['with a revision that is none', (_, response) => response.end('{"header":{"revision":{}}}'), /revision/],
    ['with keys that are no list', (_, response) => response.end('{"header":{},"kvs":{}}'), /kvs/],
    ['with nothing', (_, response) => response.end(), /JSON/],
    ['with more than is allowed', (_, response) => response.end('x'.repeat(200_000)), /100000 bytes/],
    [
      'with more than is allowed, and never ends',
      (_, response) => {
        const more = () => response.write('x'.repeat(50_000), () => setImmediate(more))
        more()
      },
      /100000 bytes/,
    ],
    ['with status 500', (_, response) => response.writeHead(500).end('oh no'), /status 500: oh no/],
    [
      'with a way to elsewhere',
      (_, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
      /status 307/,
    ],
    ['never', () => {}, /no answer within 500 ms/],
    ['by closing the connection', (request) => request.socket.destroy(), /fetch failed/],
  ])('%s is not available', async (_, listener, reason) => {
    const failure = await failureOf(listener)

    expect(failure.type).toBe('RegistryUnavailable')
    expect(failure.message).toMatch(reason)
  })

  it.each<[string, number, string]>([
    ['by status', 401, 'no'],
    ['for lack of rights', 403, '{"error":"etcdserver: permission denied","code":7}'],
    ['for a token that is over', 401, '{"error":"etcdserver: invalid auth token","code":16}'],
  ])('that it refuses us %s', async (_, status, body) => {
    const failure = await failureOf((__, response) => response.writeHead(status).end(body))

    expect(failure.type).toBe('RegistryDenied')
  })

  it('that it refuses us in the middle of a watch: the last instances serve as stale', async () => {
    let isOpen = true
    const streams: (() => void)[] = []
    const endpoint = await answering((request, response) => {
      if (!isOpen) response.writeHead(403).end('{"error":"etcdserver: permission denied","code":7}')
      else if (request.url === '/v3/watch') {
        response.write('{"result":{"created":true}}\n')
        streams.push(() => response.end())
      } else response.end(empty)
    })
    await using registry = etcdRegistry({ endpoints: [endpoint] })
    const follower = new Follower(registry, 'orders')
    await follower.until(({ instances }) => instances.length === 0)
    while (streams.length === 0) await new Promise(setImmediate)

    isOpen = false
    for (const end of streams) end()

    const stale = await follower.until((snapshot) => snapshot.stale)
    expect(stale.trouble?.type).toBe('RegistryDenied')
    await follower.stop()
  })

  it('with a password asks for a token, sends it, and asks again when it is over', async () => {
    let tokens = 0
    const seen: (string | undefined)[] = []
    const endpoint = await answering((request, response) => {
      if (request.url === '/v3/auth/authenticate') return response.end(`{"token":"token-${++tokens}"}`)
      seen.push(request.headers.authorization)
      if (request.headers.authorization === 'token-2') return response.end(empty)
      return response.writeHead(401).end('{"error":"etcdserver: invalid auth token","code":16}')
    })
    await using registry = etcdRegistry({ endpoints: [endpoint], username: 'shop', password: 'secret-word' })

    const answer = await registry.get('orders')

    expect(answer.isOk()).toBe(true)
    expect(seen).toEqual(['token-1', 'token-2'])
  })

  it('refuses a password without showing it', async () => {
    const failure = await failureOf(
      (_, response) =>
        response
          .writeHead(400)
          .end('{"error":"authentication failed, invalid user ID or password","code":3}'),
      { username: 'shop', password: 'secret-word' },
    )

    expect(failure.type).toBe('RegistryDenied')
    expect(JSON.stringify(failure)).not.toContain('secret-word')
  })

  it('through a stream that is cut between and within characters', async () => {
    const endpoint = await answering((request, response) => {
      if (request.url !== '/v3/watch') return response.end(empty)
      const kv = (id: string, value: object) => ({
        kv: {
          key: Buffer.from(`/services/orders/${id}`).toString('base64'),
          value: Buffer.from(JSON.stringify(value)).toString('base64'),
        },
      })
      const message = Buffer.from(
        `${JSON.stringify({ result: { header: { revision: '8' }, note: '한국어 größe', events: [kv('a', { host: 'a', port: 1 })] } })}\n` +
          `${JSON.stringify({ result: { header: { revision: '9' }, events: [kv('b', { host: 'b', port: 2 })] } })}\n`,
      )
      let at = 0
      const more = () => {
        const piece = message.subarray(at, at + 3)
        at += 3
        if (piece.length > 0) response.write(piece, () => setImmediate(more))
      }
      more()
    })
    await using registry = etcdRegistry({ endpoints: [endpoint] })
    const follower = new Follower(registry, 'orders')

    const { instances } = await follower.until(({ instances }) => instances.length === 2)

    expect(instances.map(({ id }) => id)).toEqual(['a', 'b'])
    await follower.stop()
  })

  it.each([
    ['is no JSON', 'nonsense\n'],
    ['never ends its line', 'x'.repeat(300_000)],
    ['has events that are none', '{"result":{"events":[7]}}\n'],
    ['was compacted', '{"result":{"canceled":true,"compact_revision":"9"}}\n'],
  ])('through a stream that %s begins anew, and does not spin', async (_, text) => {
    let watches = 0
    let lists = 0
    const endpoint = await answering((request, response) => {
      if (request.url !== '/v3/watch') {
        lists++
        return response.end(empty)
      }
      response.write(++watches < 3 ? text : '{"result":{"created":true}}\n')
    })
    await using registry = etcdRegistry({ endpoints: [endpoint], maxBytes: 100_000 })
    const follower = new Follower(registry, 'orders')
    await follower.until(({ instances }) => instances.length === 0)

    while (watches < 3) await new Promise(setImmediate)

    expect(lists).toBe(3)
    expect(follower.told).toHaveLength(1)
    await follower.stop()
  })
})

describe('options of etcd', () => {
  it.each<[string, object]>([
    ['endpoints', { endpoints: [] }],
    ['endpoints', { endpoints: ['ftp://10.0.0.1'] }],
    ['endpoints', { endpoints: ['nonsense'] }],
    ['endpoints', { endpoints: ['http://me:secret-word@10.0.0.1'] }],
    ['prefix', { prefix: '' }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['quietMs', { quietMs: Number.NaN }],
    ['maxBytes', { maxBytes: 1.5 }],
  ])('refuse %s of %j', (name, options) => {
    const make = () => etcdRegistry({ endpoints: ['http://127.0.0.1:1'], ...options })

    expect(make).toThrow(RangeError)
    expect(make).toThrow(name)
    expect(make).not.toThrow('secret-word')
  })
})
