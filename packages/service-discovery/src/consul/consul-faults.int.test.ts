import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Logger } from '@ashlar/kernel'
import { manualTimer } from '@ashlar/kernel/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RegistryClosedError } from '../registry/registry-closed-error.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { Follower } from '../testing/follower.ts'
import { consulRegistry } from './consul-registry.ts'
import type { ConsulRegistryOptions } from './consul-registry-options.ts'
import { ConsulDouble } from './double/consul-double.ts'

let consul: ConsulDouble
let opened: ServiceRegistry[]
let followers: Follower[]
let warnings: string[]

beforeEach(async () => {
  opened = []
  followers = []
  warnings = []
  consul = await ConsulDouble.start({
    tokens: {
      '': { write: ['*'] },
      's3cret-token': { write: ['*'] },
      reader: { read: ['orders'] },
      stranger: { read: ['other'] },
    },
  })
})
afterEach(async () => {
  await Promise.all(followers.map((follower) => follower.stop()))
  await Promise.all(opened.map((registry) => registry.close()))
  await consul.stop()
})

const silence = () => {}
const logger: Logger = {
  debug: silence,
  info: silence,
  warn: (fields, message) => void warnings.push(`${message} ${JSON.stringify(fields)}`),
  error: silence,
}
function open(options: ConsulRegistryOptions = {}): ServiceRegistry {
  const registry = consulRegistry({ url: consul.url, random: { next: () => 0.1 }, logger, ...options })
  opened.push(registry)
  return registry
}
function follow(options: ConsulRegistryOptions = {}): Follower {
  const follower = new Follower(open(options), 'orders')
  followers.push(follower)
  return follower
}
const place = (...ports: number[]) => {
  for (const port of ports) consul.place({ node: 'node-2', id: `o-${port}`, service: 'orders', port })
}
const portsOf = ({ instances }: { instances: readonly { port: number }[] }) =>
  instances.map(({ port }) => port).join()
const has = (ports: string) => (snapshot: { instances: readonly { port: number }[]; stale: boolean }) =>
  portsOf(snapshot) === ports && !snapshot.stale
async function untilWaiting(count: number): Promise<void> {
  while (consul.waiting !== count) await new Promise((resolve) => setImmediate(resolve))
}

describe('the index', () => {
  it('C54 C57 goes back, and the watch goes on from there', async () => {
    const before = consul.snapshot()
    place(1)
    const follower = follow()
    await follower.until(has('1'))
    await untilWaiting(1)

    before.restore()
    await follower.until(has(''))
    place(2)

    expect(portsOf(await follower.until(has('2')))).toBe('2')
  })

  it('C54 goes back where a server lags behind, whose old instances are not told', async () => {
    place(1)
    const old = consul.snapshot()
    place(2)
    const follower = follow({ waitMs: 20 })
    await follower.until(has('1,2'))

    old.lagBehind()
    place(3)
    await follower.until(has('1,2,3'))
    place(4)
    await follower.until(has('1,2,3,4'))

    expect(follower.told.map(portsOf)).toEqual(['1,2', '1,2,3', '1,2,3,4'])
  })

  it.each(['zero', 'missing'] as const)('C50 C55 is %s, and changes are told all the same', async (kind) => {
    consul.zeroIndex(kind)
    place(1)
    const follower = follow()
    await follower.until(has('1'))

    place(2)

    expect(portsOf(await follower.until(has('1,2')))).toBe('1,2')
  })

  it('C53 C58 wakes for nothing, which is told to nobody, and asked about twice a second at most', async () => {
    const timer = manualTimer()
    place(1)
    const follower = follow({ timer })
    await follower.until(has('1'))
    await untilWaiting(1)

    consul.churn()
    await untilWaiting(0)
    while (!timer.waits.includes(500)) await new Promise((resolve) => setImmediate(resolve))
    const requests = consul.requests
    timer.advance(499)
    const requestsTooEarly = consul.requests
    timer.advance(1)
    await untilWaiting(1)

    expect([requests, requestsTooEarly, consul.requests]).toEqual([2, 2, 3])
    expect(follower.told.map(portsOf)).toEqual(['1'])
  })

  it('C52 waits for an answer a sixteenth longer than the agent may wait, and some', async () => {
    const timer = manualTimer()
    place(1)
    const follower = follow({ timer, waitMs: 16_000, timeoutMs: 1_000 })
    await follower.until(has('1'))
    await untilWaiting(1)

    const waits = timer.waits
    consul.hang()
    timer.advance(18_000)

    expect(waits).toEqual([18_000])
    expect((await follower.until(({ stale }) => stale)).trouble?.message).toContain(
      'no answer within 18000 ms',
    )
  })
})

describe('a server in need', () => {
  it('C42 lets a mass drop pass through', async () => {
    place(1, 2, 3, 4, 5)
    const follower = follow()
    await follower.until(has('1,2,3,4,5'))

    for (const port of [1, 2, 3, 4, 5]) consul.displace('node-2', `o-${port}`)

    expect((await follower.until(has(''))).instances).toEqual([])
  })

  it.each([429, 503] as const)('C61 C62 refuses with %d, and is asked again later', async (status) => {
    place(1)
    const follower = follow()
    await follower.until(has('1'))
    await untilWaiting(1)

    consul.rateLimit(2, status)
    place(2)
    consul.drop()

    const stale = await follower.until(({ stale }) => stale)
    expect(stale).toMatchObject({ trouble: { type: 'RegistryUnavailable' } })
    expect(portsOf(await follower.until(has('1,2')))).toBe('1,2')
  })

  it('C59 C63 has no leader: watches go on, and others are told so', async () => {
    place(1)
    consul.leaderless()

    const follower = follow()
    const asked = await open().get('orders')

    await follower.until(has('1'))
    expect(warnings).toEqual([expect.stringMatching(/^the registry has no leader.*"lastContactMs":"30000"/)])
    expect(asked._unsafeUnwrapErr()).toMatchObject({
      type: 'RegistryUnavailable',
      reason: 'status 500: No cluster leader',
    })
  })

  it('C63 says nothing at all, until a time-out', async () => {
    place(1)
    const follower = follow({ timeoutMs: 100, waitMs: 50 })
    await follower.until(has('1'))

    consul.hang()
    const stale = await follower.until(({ stale }) => stale)
    await consul.mend()
    await follower.until(has('1'))

    expect(stale.trouble?.message).toContain('no answer within')
  })

  it('C63 is cut off again and again', async () => {
    place(1)
    const follower = follow()
    await follower.until(has('1'))

    for (const port of [2, 3]) {
      await untilWaiting(1)
      consul.drop()
      place(port)
      await follower.until(({ instances, stale }) => !stale && instances.at(-1)?.port === port)
    }

    expect(follower.told.every(({ instances }) => instances.length > 0)).toBe(true)
  })
})

describe('an agent that says nothing', () => {
  const instance = { service: 'orders', host: '10.0.0.7', port: 1 }

  it('is waited for no longer than the caller wants', async () => {
    consul.hang()
    const registry = open()
    const stop = new AbortController()
    const reason = new Error('enough')

    const asked = registry.get('orders', { signal: stop.signal })
    const registered = registry.register(instance, { signal: stop.signal })
    await untilWaiting(2)
    stop.abort(reason)

    await expect(asked).rejects.toBe(reason)
    await expect(registered).rejects.toBe(reason)
  })

  it('is waited for no longer than the registry is open', async () => {
    consul.hang()
    const registry = open()

    const asked = registry.get('orders')
    const registered = registry.register(instance)
    await untilWaiting(2)
    await registry.close()

    await expect(asked).rejects.toBeInstanceOf(RegistryClosedError)
    await expect(registered).rejects.toBeInstanceOf(RegistryClosedError)
  })

  it('is waited for no longer than the time-out', async () => {
    consul.hang()
    const registry = open({ timeoutMs: 20 })

    const asked = await registry.get('orders')
    const registered = await registry.register(instance)

    expect(asked._unsafeUnwrapErr().message).toContain('no answer within 20 ms')
    expect(registered._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryUnavailable' })
  })
})

describe('rights', () => {
  it('C14 are taken away in the middle of a watch', async () => {
    place(1)
    const follower = follow({ token: 'reader' })
    await follower.until(has('1'))
    await untilWaiting(1)

    consul.denyToken('reader')
    consul.churn()
    const stale = await follower.until(({ stale }) => stale)

    expect(stale).toMatchObject({ instances: [{ port: 1 }], trouble: { type: 'RegistryDenied' } })
    expect((await open({ token: 'reader' }).get('orders'))._unsafeUnwrapErr()).toMatchObject({
      type: 'RegistryDenied',
      reason: 'status 403: ACL not found',
    })
  })

  it('C14 are too few for a registration', async () => {
    const answer = await open({ token: () => 'reader' }).register({
      service: 'orders',
      host: '10.0.0.7',
      port: 1,
    })

    expect(answer._unsafeUnwrapErr()).toMatchObject({ type: 'RegistryDenied' })
  })

  it('C39 are too few to see anything, which is not "no instances"', async () => {
    place(1)
    const registry = open({ token: 'stranger' })

    expect((await registry.get('orders'))._unsafeUnwrapErr()).toEqual({
      type: 'RegistryFiltered',
      registry: registry.name,
      service: 'orders',
      message: expect.stringContaining('hides some'),
    })
    expect((await registry.get('nobody'))._unsafeUnwrap().instances).toEqual([])
  })

  it('C39 are too few to see everything, which is warned of once', async () => {
    consul.answerWith({
      headers: { ...json, 'x-consul-results-filtered-by-acls': 'true' },
      body: entries(entry),
    })
    const registry = open()

    ;(await registry.get('orders'))._unsafeUnwrap()
    const again = await registry.get('orders')

    expect(again._unsafeUnwrap().instances).toHaveLength(1)
    expect(warnings).toEqual([expect.stringContaining('hides some')])
  })

  it('are asked for anew with each question', async () => {
    place(1)
    const tokens = ['nobody', 'reader']
    const registry = open({ token: async () => tokens.shift() ?? '' })

    expect((await registry.get('orders')).isErr()).toBe(true)
    expect((await registry.get('orders')).isOk()).toBe(true)
    expect((await registry.get('orders'))._unsafeUnwrapErr().message).toContain('option "token"')
  })

  it('are never shown, even where the server says them back', async () => {
    const url = new URL(consul.url)
    url.username = 'ada'
    url.password = 'pa55word'
    const registry = open({ url, token: 's3cret-token' })
    consul.answerWith({ status: 403, body: `who is s3cret-token?\n\u0000${'x'.repeat(1_000)}` })

    const failure = (await registry.get('orders'))._unsafeUnwrapErr()

    expect(registry.name).toBe(`consul ${consul.url}`)
    expect(failure).toMatchObject({ type: 'RegistryDenied', reason: expect.stringContaining('who is …?') })
    expect(failure.message.length).toBeLessThan(400)
    expect(JSON.stringify(failure)).not.toMatch(/s3cret|pa55word/)
  })

  it('are sent as a token and as basic authorisation', async () => {
    const heard: Record<string, unknown>[] = []
    const server = createServer((request, response) => {
      heard.push(request.headers)
      response.writeHead(200, json).end('[]')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo

    const answer = await open({ url: `http://ada:p%40ss@127.0.0.1:${port}/proxy`, token: 't' }).get('orders')
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))

    expect(answer.isOk()).toBe(true)
    expect(heard).toMatchObject([
      { 'x-consul-token': 't', authorization: `Basic ${Buffer.from('ada:p@ss').toString('base64')}` },
    ])
  })
})

const json = { 'content-type': 'application/json', 'x-consul-index': '7' }
const check = { CheckID: 'service:a', Status: 'passing' }
const entry = {
  Node: { Node: 'n', Address: '10.0.0.1', Meta: null },
  Service: { ID: 'a', Service: 'orders', Address: '', Port: 1, Tags: null, Meta: null },
  Checks: [check],
}
const entries = (...list: unknown[]) => JSON.stringify(list)
const within = (key: 'Node' | 'Service', facts: object) =>
  entries({ ...entry, [key]: { ...entry[key], ...facts } })

function* manyBytes(megabytes: number) {
  const piece = Buffer.alloc(1024 * 1024, ' ')
  for (let at = 0; at < megabytes; at++) yield piece
}

describe('answers that no Consul would give', () => {
  it('C34 has null for what is empty', async () => {
    consul.answerWith({ headers: json, body: entries({ ...entry, Checks: null }) })

    expect((await open().get('orders'))._unsafeUnwrap().instances).toMatchObject([
      { id: 'a', tags: [], metadata: {}, weight: 1, health: 'passing' },
    ])
  })

  it.each([
    [
      'HTML',
      { headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' },
      /JSON, found one of "text\/html"/,
    ],
    ['HTML that says to be JSON', { headers: json, body: '<h1>Hello</h1>' }, /14 characters that are none/],
    [
      'half a document',
      { headers: json, body: entries(entry).slice(0, 100) },
      /100 characters that are none/,
    ],
    ['nothing', { headers: json, body: '' }, /0 characters/],
    ['bytes that are no text', { headers: json, body: [new Uint8Array([0xff, 0xfe])] }, /not valid|invalid/i],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }, /status 302/],
    ['a success that is none', { status: 204 }, /status 204/],
    ['not found', { status: 404, body: 'no such page' }, /status 404: no such page/],
    ['null', { headers: json, body: 'null' }, /a list of instances, found null/],
    ['an object', { headers: json, body: '{}' }, /a list of instances, found object/],
    ['a list of numbers', { headers: json, body: '[1]' }, /an object as \[0\], found number/],
    ['no service', { headers: json, body: entries({ Node: {} }) }, /\[0\]\.Service/],
    ['an id that is a number', { headers: json, body: within('Service', { ID: 7 }) }, /\[0\]\.Service\.ID/],
    ['no id', { headers: json, body: within('Service', { ID: '' }) }, /\[0\]\.Service\.ID/],
    [
      'a port that is a text',
      { headers: json, body: within('Service', { Port: '80' }) },
      /\[0\]\.Service\.Port/,
    ],
    ['tags of numbers', { headers: json, body: within('Service', { Tags: [1] }) }, /\[0\]\.Service\.Tags/],
    [
      'metadata of lists',
      { headers: json, body: within('Service', { Meta: { a: [] } }) },
      /Service\.Meta\.a/,
    ],
    ['weights of text', { headers: json, body: within('Service', { Weights: { Passing: '1' } }) }, /Weights/],
    [
      'an address that is null-like',
      { headers: json, body: within('Node', { Address: 1 }) },
      /Node\.Address/,
    ],
    [
      'an unknown state',
      { headers: json, body: entries({ ...entry, Checks: [{ ...check, Status: 'fine' }] }) },
      /Status/,
    ],
    [
      'checks that are an object',
      { headers: json, body: entries({ ...entry, Checks: {} }) },
      /\[0\]\.Checks/,
    ],
  ])('are %s', async (_, answer, said) => {
    consul.answerWith(answer)

    expect((await open().get('orders'))._unsafeUnwrapErr()).toMatchObject({
      type: 'RegistryUnavailable',
      reason: expect.stringMatching(said),
    })
  })

  it.each([
    ['HTML', { headers: { 'content-type': 'text/html' }, body: '<h1>Hello</h1>' }],
    ['half a document', { headers: json, body: entries(entry).slice(0, 100) }],
    ['of the wrong types', { headers: json, body: within('Service', { ID: 7 }) }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:1/' } }],
  ])('are %s in the middle of a watch, which keeps what it has', async (_, answer) => {
    place(1)
    const follower = follow()
    await follower.until(has('1'))
    await untilWaiting(1)

    consul.answerWith(answer)
    consul.drop()
    const stale = await follower.until(({ stale }) => stale)
    await consul.mend()

    expect(portsOf(stale)).toBe('1')
    expect(portsOf(await follower.until(has('1')))).toBe('1')
  })

  it('are a hundred megabytes, of which no more is read than allowed', async () => {
    const before = process.memoryUsage().rss
    consul.answerWith({ headers: json, body: manyBytes(100) })
    const unpacked = await open({ maxBytes: 1024 * 1024 }).get('orders')
    consul.answerWith({ headers: { ...json, 'content-length': '104857600' }, body: manyBytes(100) })
    const announced = await open().get('orders')

    expect(unpacked._unsafeUnwrapErr().message).toContain('the answer must have 1048576 bytes at most')
    expect(announced._unsafeUnwrapErr().message).toContain('bytes at most')
    expect(process.memoryUsage().rss - before).toBeLessThan(80 * 1024 * 1024)
  })

  it('name hosts and ports that can not be, which are left out and warned of once', async () => {
    const odd = (ID: string, facts: object) => ({ ...entry, Service: { ...entry.Service, ID, ...facts } })
    const list = [
      odd('a', { Address: 'http://evil/' }),
      odd('b', { Port: -1 }),
      odd('c', { Port: 1.5 }),
      odd('d', { Address: '[::]' }),
      odd('e', { Address: 'x'.repeat(10_000) }),
      odd('good', {}),
      odd('good', {}),
    ]
    consul.answerWith({ headers: json, body: entries(...list) })
    const registry = open()

    ;(await registry.get('orders'))._unsafeUnwrap()
    const { instances } = (await registry.get('orders'))._unsafeUnwrap()

    expect(instances.map(({ id }) => id)).toEqual(['good'])
    expect(warnings).toHaveLength(6)
    expect(
      warnings.every((warning) => warning.startsWith('an instance is left out') && warning.length < 400),
    ).toBe(true)
  })

  it('have metadata with names that objects have, which harms nobody', async () => {
    const Meta = '{"__proto__":"p","constructor":"c","zone":"z"}'
    const body = entries(entry).replace('"Meta":null}', `"Meta":${Meta}}`)
    consul.answerWith({
      headers: json,
      body: body.replace('"Tags":null,"Meta":null', `"Tags":null,"Meta":${Meta}`),
    })

    const [instance] = (await open().get('orders'))._unsafeUnwrap().instances

    expect(Object.keys(instance?.metadata ?? {}).sort()).toEqual(['__proto__', 'constructor'])
    expect(Object.getPrototypeOf(instance?.metadata)).toBeNull()
    expect(({} as Record<string, unknown>).p).toBeUndefined()
  })

  it('have an index that is no number, or greater than numbers are', async () => {
    place(1)
    for (const index of ['18446744073709551615', 'NaN', '-1', '1e9']) {
      consul.answerWith({ headers: { ...json, 'x-consul-index': index }, body: entries(entry) }, 1)
      const follower = follow({ waitMs: 50 })
      await follower.until(({ instances }) => instances[0]?.id === 'a')
      expect(portsOf(await follower.until(({ instances }) => instances[0]?.id === 'o-1'))).toBe('1')
    }
  })
})

const instance = { service: 'orders', id: 'o', host: '10.0.0.7', port: 1 }

describe('heartbeats', () => {
  it('C22 register again what an agent has lost, whether it says 404 or 500', async () => {
    for (const status of [404, 500]) {
      let heartbeats = 0
      const registered: string[] = []
      const server = createServer((request, response) => {
        if (request.url?.includes('/check/pass/')) {
          heartbeats++
          response.writeHead(heartbeats === 1 ? status : 200).end('Unknown check "service:o"')
        } else {
          registered.push(request.url ?? '')
          response.end()
        }
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const registry = open({ url: `http://127.0.0.1:${port}` })

      const registering = registry.register({ ...instance, ttlMs: 1_000 })
      ;(await registering)._unsafeUnwrap()
      while (heartbeats < 2) await new Promise((resolve) => setImmediate(resolve))
      await registry.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))

      expect(registered).toHaveLength(2)
    }
  })
})
