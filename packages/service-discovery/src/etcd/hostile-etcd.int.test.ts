import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { silentLogger } from '@ashlar/kernel'
import { manualTimer } from '@ashlar/kernel/testing'
import { afterEach, describe, expect, it } from 'vitest'
import { backOffMs } from '../registry/back-off.ts'
import { Follower } from '../testing/follower.ts'
import { etcdRegistry } from './etcd-registry.ts'
import type { EtcdRegistryOptions } from './etcd-registry-options.ts'

const servers: Server[] = []
const opened: (() => unknown)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
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

function followed(options: EtcdRegistryOptions): Follower {
  const registry = etcdRegistry(options)
  const follower = new Follower(registry, 'orders')
  opened.push(
    () => follower.stop(),
    () => registry.close(),
  )
  return follower
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

  it('through a stream that says nothing wrong but "not canceled" is followed', async () => {
    const event = eventOf('orders/a', { host: 'a', port: 1 })
    const message = { result: { header: { revision: '8' }, canceled: false, events: [event] } }
    const endpoint = await answering((request, response) => {
      if (request.url === '/v3/watch') response.write(`${JSON.stringify(message)}\n`)
      else response.end(empty)
    })
    const follower = followed({ endpoints: [endpoint] })

    const { instances } = await follower.until(({ instances }) => instances.length === 1)

    expect(instances[0]?.id).toBe('a')
  })

  it('through streams that end at once is asked less and less often', async () => {
    const timer = manualTimer()
    let lists = 0
    let watches = 0
    const endpoint = await answering((request, response) => {
      if (request.url === '/v3/watch') watches++
      else lists++
      response.end(request.url === '/v3/watch' ? '' : empty)
    })
    const random = { next: () => 0.5 }
    followed({ endpoints: [endpoint], timer, random })
    const rests = [1, 2, 3, 4].map((failures) => backOffMs(failures, random))

    const asked: number[] = []
    for (const rest of rests) {
      while (!(timer.waits.length === 1 && timer.waits[0] === rest && watches === lists))
        await new Promise(setImmediate)
      asked.push(lists)
      timer.advance(rest)
    }

    expect(asked).toEqual([2, 3, 4, 5])
    expect(rests).toEqual(rests.toSorted((one, other) => one - other))
  })

  it.each<[string, RequestListener]>([
    ['behind a proxy that is out of order', (_, response) => response.writeHead(503).end('<html>')],
    ['with what is no JSON', (_, response) => response.end('<html>')],
    [
      'that it has no leader',
      (_, response) => response.writeHead(503).end('{"error":"etcdserver: no leader","code":14}'),
    ],
    [
      'with a failure in the place of a success',
      (_, response) => response.end('{"error":{"grpc_code":14,"message":"etcdserver: no leader"}}'),
    ],
    ['by closing the connection', (request) => request.socket.destroy()],
    ['never', () => {}],
  ])('%s is left for another member', async (_, listener) => {
    const endpoints = [await answering(listener), await answering((__, response) => response.end(empty))]
    await using registry = etcdRegistry({ endpoints, timeoutMs: 200 })

    expect((await registry.get('orders')).isOk()).toBe(true)
  })

  it('never, to one that has less patience than we, is left for another member the next time', async () => {
    let asked = 0
    const hangs = await answering(() => void asked++)
    const well = await answering((_, response) => response.end(empty))
    await using registry = etcdRegistry({ endpoints: [hangs, well], timeoutMs: 60_000 })
    const stop = new AbortController()
    const waiting = registry.get('orders', { signal: stop.signal })
    while (asked === 0) await new Promise(setImmediate)
    stop.abort()
    await expect(waiting).rejects.toBe(stop.signal.reason)

    expect((await registry.get('orders')).isOk()).toBe(true)
    expect(asked).toBe(1)
  })

  it.each(['{"TTL":"15"}', '{"ID":"0"}', '{"ID":"-7"}', '{"ID":"seven"}', '{"ID":{}}'])(
    'with the lease %s gets no key, which would outlive us',
    async (lease) => {
      const asked: (string | undefined)[] = []
      const endpoint = await answering((request, response) => {
        asked.push(request.url)
        response.end(lease)
      })
      await using registry = etcdRegistry({ endpoints: [endpoint] })

      const failure = (await registry.register({ service: 'orders', host: 'a', port: 1 }))._unsafeUnwrapErr()

      expect(failure.type).toBe('RegistryUnavailable')
      expect(asked).toEqual(['/v3/lease/grant'])
    },
  )

  it('with ids that no number can hold is told of them digit by digit', async () => {
    const bodies: string[] = []
    const endpoint = await answering(async (request, response) => {
      let body = ''
      for await (const part of request) body += part
      bodies.push(`${request.url} ${body}`)
      response.end('{"header":{"revision":"9223372036854775806"},"ID":"9223372036854775807","TTL":"15"}')
    })
    const follower = followed({ endpoints: [endpoint] })
    await using registry = etcdRegistry({ endpoints: [endpoint] })

    ;(await registry.register({ service: 'orders', host: 'a', port: 1 }))._unsafeUnwrap()
    await follower.until(({ instances }) => instances.length === 0)
    while (!bodies.some((body) => body.startsWith('/v3/watch'))) await new Promise(setImmediate)

    expect(bodies.find((body) => body.startsWith('/v3/kv/put'))).toContain('"lease":"9223372036854775807"')
    expect(bodies.find((body) => body.startsWith('/v3/watch'))).toContain(
      '"start_revision":"9223372036854775807"',
    )
  })

  it('with values of all kinds tells those that are instances, and warns of the others once', async () => {
    const keys: readonly (readonly [string, unknown])[] = [
      ['orders/plain', { host: '10.0.0.1', port: 1 }],
      ['orders/whole', { host: 'a.b', port: 2, metadata: { ['__proto__']: 'x', a: 'b' }, tags: ['t'] }],
      ['orders/future', { host: 'a.b', port: 3, something: { new: true } }],
      ['orders/deeper/key', { host: 'a.b', port: 4 }],
      ['orders/', { host: 'a.b', port: 4 }],
      ['orders-2/other', { host: 'a.b', port: 4 }],
      ['others/another', { host: 'a.b', port: 4 }],
      ['orders/host', { host: '0.0.0.0', port: 4 }],
      ['orders/port', { host: 'a.b', port: '4' }],
      ['orders/tags', { host: 'a.b', port: 4, tags: [7] }],
      ['orders/metadata', { host: 'a.b', port: 4, metadata: { a: 7 } }],
      ['orders/health', { host: 'a.b', port: 4, health: 'constructor' }],
      ['orders/list', []],
      ['orders/null', null],
    ]
    const kvs = keys.map(([key, value]) => eventOf(key, value).kv)
    const broken = [
      { key: btoa('/services/orders/bytes'), value: btoa('\xff\xfe') },
      { key: btoa('/services/orders/json'), value: btoa('{"host":') },
      { key: btoa('/services/orders/nothing') },
    ]
    const endpoint = await answering((_, response) =>
      response.end(JSON.stringify({ header: { revision: '7' }, kvs: [...kvs, ...broken] })),
    )
    const warned: unknown[] = []
    const logger = { ...silentLogger, warn: (fields: object) => void warned.push(Reflect.get(fields, 'id')) }
    await using registry = etcdRegistry({ endpoints: [endpoint], logger })

    const { instances } = (await registry.get('orders'))._unsafeUnwrap()
    ;(await registry.get('orders'))._unsafeUnwrap()

    expect(instances.map(({ id }) => id)).toEqual(['future', 'plain', 'whole'])
    expect(Object.entries(instances[2]?.metadata ?? {})).toEqual([
      ['__proto__', 'x'],
      ['a', 'b'],
    ])
    expect(warned).toEqual([
      'host',
      'port',
      'tags',
      'metadata',
      'health',
      'list',
      'null',
      'bytes',
      'json',
      'nothing',
    ])
  })

  it('with changes faster than they are read tells a slow reader the newest', async () => {
    const written = Promise.withResolvers<void>()
    const told = changesOf(5, written.resolve)
    const answers: typeof fetch = async (input) =>
      String(input).endsWith('/v3/watch') ? new Response(told) : new Response(empty)
    await using registry = etcdRegistry({ endpoints: ['http://127.0.0.1:1'], fetch: answers })
    const stop = new AbortController()
    const watching = registry.watch('orders', { signal: stop.signal })[Symbol.asyncIterator]()
    await watching.next()
    await watching.next()

    await written.promise
    const counts: number[] = []
    while (counts.at(-1) !== 5)
      counts.push((await watching.next()).value?._unsafeUnwrap().instances.length ?? 0)
    stop.abort()

    expect(counts).toEqual([5])
  })
})

describe('options of etcd', () => {
  it.each<[string, object]>([
    ['endpoints', { endpoints: [] }],
    ['endpoints', { endpoints: 'http://10.0.0.1' }],
    ['endpoints', { endpoints: ['ftp://10.0.0.1'] }],
    ['endpoints', { endpoints: ['nonsense with secret-word'] }],
    ['endpoints', { endpoints: ['http://me:secret-word@10.0.0.1'] }],
    ['endpoints', { endpoints: ['http://10.0.0.1/?token=secret-word'] }],
    ['prefix', { prefix: '' }],
    ['node', { node: 7 }],
    ['username', { username: '' }],
    ['username', { password: 'secret-word' }],
    ['password', { username: 'shop', password: 7 }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['quietMs', { quietMs: Number.NaN }],
    ['maxBytes', { maxBytes: 1.5 }],
  ])('refuse %s of %j', (name, options) => {
    const make = () => etcdRegistry({ endpoints: ['http://127.0.0.1:1'], ...options })

    expect(make).toThrow(RangeError)
    expect(make).toThrow(`option "${name}" must be`)
    expect(make).not.toThrow('secret-word')
  })

  it('name all members, and what stands before them', async () => {
    await using registry = etcdRegistry({ endpoints: ['http://10.0.0.1:2379', 'https://proxy/etcd'] })

    expect(registry.name).toBe('etcd http://10.0.0.1:2379 https://proxy/etcd')
  })
})

function eventOf(key: string, value: unknown) {
  const encoded = Buffer.from(JSON.stringify(value)).toString('base64')
  return { kv: { key: Buffer.from(`/services/${key}`).toString('base64'), value: encoded } }
}

/** One instance more with each message; tells when all of them were read, and followed. */
function changesOf(count: number, done: () => void): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        at++
        if (at > count) return new Promise(done)
        const events = [eventOf(`orders/${at}`, { host: 'a', port: at })]
        const message = { result: { header: { revision: `${7 + at}` }, events } }
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify(message)}\n`))
        return undefined
      },
    },
    { highWaterMark: 0 },
  )
}
