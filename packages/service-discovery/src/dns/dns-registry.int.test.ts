import { fixedClock, manualTimer } from '@ashlar/kernel/testing'
import type { Result } from '@ashlar/result'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Behaviour, DnsServer } from '../../test/dns/dns-server.ts'
import type { RegistryFailure } from '../registry/registry-failure.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import type { Snapshot } from '../registry/snapshot.ts'
import { dnsRegistry } from './dns-registry.ts'
import type { DnsRegistryOptions } from './dns-registry-options.ts'

const payments = '_payments._tcp.svc.example.test'

let server: DnsServer
const open: ServiceRegistry[] = []

beforeEach(async () => {
  server = await DnsServer.start()
})

afterEach(async () => {
  await Promise.all(open.splice(0).map((registry) => registry.close()))
  await server.cut()
})

describe('the registry of DNS, of SRV records', () => {
  it('finds instances by their targets and addresses', async () => {
    server.tell(payments, records(srv('a.example.test', 8080, { weight: 3 }), srv('b.example.test', 8081)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.tell('b.example.test', records(aaaa('b.example.test', '2001:db8::2')))

    const snapshot = orThrow(await registryOf().get('payments'))

    expect(snapshot).toMatchObject({ service: 'payments', stale: false })
    expect(
      snapshot.instances.map(({ id, host, port, node, weight, health }) => [
        id,
        host,
        port,
        node,
        weight,
        health,
      ]),
    ).toEqual([
      ['192.0.2.1:8080', '192.0.2.1', 8080, 'a.example.test', 3, 'passing'],
      ['[2001:db8::2]:8081', '2001:db8::2', 8081, 'b.example.test', 1, 'passing'],
    ])
    expect(snapshot.instances.every(Object.isFrozen)).toBe(true)
  })

  it('names targets instead of addresses where certificates need it', async () => {
    server.tell(payments, records(srv('a.example.test', 8080), srv('gone.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1'), a('a.example.test', '192.0.2.2')))

    const snapshot = orThrow(await registryOf({ hosts: 'name' }).get('payments'))

    expect(snapshot.instances.map(({ id, host }) => [id, host])).toEqual([
      ['a.example.test:8080', 'a.example.test'],
    ])
  })

  it('prefers IPv4, unless told otherwise', async () => {
    server.tell(payments, records(srv('a.example.test', 8080)))
    server.tell(
      'a.example.test',
      records(a('a.example.test', '192.0.2.1'), aaaa('a.example.test', '2001:db8::1')),
    )

    const either = orThrow(await registryOf().get('payments'))
    const ipv6 = orThrow(await registryOf({ family: 6 }).get('payments'))

    expect(hostsOf(either)).toEqual(['192.0.2.1'])
    expect(hostsOf(ipv6)).toEqual(['2001:db8::1'])
  })

  it('takes the lowest priority alone, and the next one when its targets are gone', async () => {
    server.tell(
      payments,
      records(
        srv('spare.example.test', 8080, { priority: 20 }),
        srv('a.example.test', 8080, { priority: 10 }),
      ),
    )
    server.tell('spare.example.test', records(a('spare.example.test', '192.0.2.9')))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    const registry = registryOf()

    const first = orThrow(await registry.get('payments'))
    server.tell('a.example.test', { kind: 'code', code: 3 })
    const second = orThrow(await registry.get('payments'))

    expect(hostsOf(first)).toEqual(['192.0.2.1'])
    expect(hostsOf(second)).toEqual(['192.0.2.9'])
  })

  it('counts a weight of 0 as 1', async () => {
    server.tell(
      payments,
      records(srv('a.example.test', 8080, { weight: 0 }), srv('b.example.test', 8080, { weight: 65_535 })),
    )
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.tell('b.example.test', records(a('b.example.test', '192.0.2.2')))

    const { instances } = orThrow(await registryOf().get('payments'))

    expect(instances.map(({ weight }) => weight)).toEqual([1, 65_535])
  })

  it('counts two targets with one address once', async () => {
    server.tell(payments, records(srv('a.example.test', 8080), srv('b.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.tell('b.example.test', records(a('b.example.test', '192.0.2.1')))

    const registry = registryOf()
    const snapshot = orThrow(await registry.get('payments'))
    server.tell(payments, records(srv('B.Example.test', 8080), srv('A.example.test', 8080)))
    const turned = orThrow(await registry.get('payments'))

    expect(hostsOf(snapshot)).toEqual(['192.0.2.1'])
    expect(turned.version).toBe(snapshot.version)
  })

  it('finds hundreds of targets', async () => {
    const targets = Array.from({ length: 200 }, (_, index) => `t${index}.example.test`)
    server.tell(payments, records(...targets.map((target) => srv(target, 8080))))
    for (const [index, target] of targets.entries())
      server.tell(target, records(a(target, `192.0.2.${index + 1}`)))
    server.isTruncating = true

    const snapshot = orThrow(await registryOf({ timeoutMs: 20_000 }).get('payments'))

    expect(snapshot.instances).toHaveLength(200)
  })

  it('finds nothing under a name that does not exist, or has no such records', async () => {
    server.tell('_empty._tcp.svc.example.test', records())
    const registry = registryOf()

    const unknown = orThrow(await registry.get('unknown'))
    const empty = orThrow(await registry.get('empty'))

    expect(unknown.instances).toEqual([])
    expect(empty.instances).toEqual([])
  })

  it('takes the target "." as a word that there is no such service', async () => {
    server.tell(payments, records(srv('.', 8080)))

    const snapshot = orThrow(await registryOf().get('payments'))

    expect(snapshot.instances).toEqual([])
    expect(server.asked).toEqual([`udp SRV ${payments}`])
  })

  it('drops what nobody can reach, and complains of each once', async () => {
    server.tell(
      payments,
      records(
        srv('a b/c.example.test', 80),
        srv('a.example.test', 0),
        srv('every.example.test', 80),
        srv('good.example.test', 80),
      ),
    )
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.tell('every.example.test', records(a('every.example.test', '0.0.0.0')))
    server.tell('good.example.test', records(a('good.example.test', '192.0.2.2')))
    const warnings: unknown[] = []
    const registry = registryOf({ logger: loggerInto(warnings) })

    const once = orThrow(await registry.get('payments'))
    const twice = orThrow(await registry.get('payments'))

    expect(hostsOf(once)).toEqual(['192.0.2.2'])
    expect(hostsOf(twice)).toEqual(['192.0.2.2'])
    expect(warnings).toHaveLength(3)
  })

  it("asks for names of one's own making", async () => {
    server.tell('payments.grpc.example.test', records(srv('a.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))

    const byText = orThrow(await registryOf({ srv: '{service}.grpc.example.test' }).get('payments'))
    const byFunction = orThrow(
      await registryOf({ srv: (service) => `${service}.grpc.example.test.` }).get('payments'),
    )

    expect(hostsOf(byText)).toEqual(['192.0.2.1'])
    expect(hostsOf(byFunction)).toEqual(['192.0.2.1'])
  })
})

describe('the registry of DNS, of addresses', () => {
  it('makes an instance of each address', async () => {
    const name = 'payments.svc.example.test'
    server.tell(name, records(a(name, '192.0.2.2'), a(name, '192.0.2.1')))

    const snapshot = orThrow(await registryOf({ port: 9_000 }).get('payments'))

    expect(snapshot.instances.map(({ id, node }) => [id, node])).toEqual([
      ['192.0.2.1:9000', name],
      ['192.0.2.2:9000', name],
    ])
    expect(server.asked).toEqual([`udp A ${name}`])
  })

  it("asks for a host of one's own making", async () => {
    server.tell('lb-payments.test', records(a('lb-payments.test', '192.0.2.1')))

    const snapshot = orThrow(await registryOf({ port: 9_000, host: 'lb-{service}.test' }).get('payments'))

    expect(hostsOf(snapshot)).toEqual(['192.0.2.1'])
  })
})

describe('the registry of DNS, of servers in trouble', () => {
  it.each<readonly [string, Behaviour]>([
    ['fails', { kind: 'code', code: 2 }],
    ['refuses', { kind: 'code', code: 5 }],
    ['is silent', { kind: 'silence' }],
    ['talks nonsense', { kind: 'garbage' }],
    ['answers what nobody asked', { kind: 'wrong-id' }],
  ])('is not available while the server %s', async (_, behaviour) => {
    server.tell(payments, behaviour)

    const found = await registryOf({ timeoutMs: 300 }).get('payments')

    expect(found.isErr() && found.error).toMatchObject({
      type: 'RegistryUnavailable',
      registry: `dns ${server.address}`,
    })
  })

  it('is not available while nobody listens', async () => {
    await server.cut()

    const found = await registryOf({ timeoutMs: 300 }).get('payments')

    expect(found.isErr() && found.error.type).toBe('RegistryUnavailable')
  })

  it('is not available when a part of the answer is missing', async () => {
    server.tell(payments, records(srv('a.example.test', 8080), srv('b.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.tell('b.example.test', { kind: 'code', code: 2 })

    const found = await registryOf().get('payments')

    expect(found.isErr() && found.error.type).toBe('RegistryUnavailable')
  })

  it('asks again by TCP when an answer is too long', async () => {
    server.tell(payments, records(srv('a.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    server.isTruncating = true

    const snapshot = orThrow(await registryOf().get('payments'))

    expect(hostsOf(snapshot)).toEqual(['192.0.2.1'])
    expect(server.asked).toContain(`tcp SRV ${payments}`)
  })

  it('asks the next server when one is dead', async () => {
    const dead = await DnsServer.start()
    await dead.cut()
    server.tell(payments, records(srv('a.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))

    const snapshot = orThrow(await registryOf({ servers: [dead.address, server.address] }).get('payments'))

    expect(hostsOf(snapshot)).toEqual(['192.0.2.1'])
  })

  it('tells the time limit, measured by the timer that it was handed', async () => {
    server.tell(payments, { kind: 'silence' })
    const timer = manualTimer()

    const asking = registryOf({ timer, timeoutMs: 60_000 }).get('payments')
    await expect.poll(() => timer.waits).toEqual([60_000])
    timer.advance(60_000)
    const found = await asking

    expect(found.isErr() && found.error.message).toContain('no answer within 60000 ms')
  })

  it('stops asking when nobody waits any more', async () => {
    server.tell(payments, { kind: 'silence' })
    const caller = new AbortController()
    const reason = new Error('enough')
    const asking = registryOf({ timeoutMs: 60_000 }).get('payments', { signal: caller.signal })
    await expect.poll(() => server.asked).toHaveLength(1)

    caller.abort(reason)

    await expect(asking).rejects.toBe(reason)
  })

  it('stops asking when it is closed', async () => {
    server.tell(payments, { kind: 'silence' })
    const registry = registryOf({ timeoutMs: 60_000 })
    const asking = registry.get('payments')
    await expect.poll(() => server.asked).toHaveLength(1)

    await Promise.all([
      registry.close(),
      expect(asking).rejects.toMatchObject({ name: 'RegistryClosedError' }),
    ])

    await expect(registry.get('payments')).rejects.toMatchObject({ name: 'RegistryClosedError' })
  })
})

describe('the registry of DNS, watched', () => {
  it('asks again when the shortest TTL is over, and tells what has changed', async () => {
    server.tell(payments, records(srv('a.example.test', 8080), srv('b.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1', 25)))
    server.tell('b.example.test', records(a('b.example.test', '192.0.2.2', 7)))
    const timer = manualTimer()
    const watched = watchOf(registryOf({ timer }))
    const first = await next(watched)

    const coming = next(watched)
    await expect.poll(() => timer.waits).toEqual([7_000])
    server.tell('b.example.test', records(a('b.example.test', '192.0.2.3', 7)))
    timer.advance(6_999)
    const askedBefore = server.asked.length
    timer.advance(1)
    const second = await coming

    expect(askedBefore).toBe(3)
    expect(hostsOf(first)).toEqual(['192.0.2.1', '192.0.2.2'])
    expect(hostsOf(second)).toEqual(['192.0.2.1', '192.0.2.3'])
    expect(second.version).not.toBe(first.version)
  })

  it.each<readonly [string, number, Partial<DnsRegistryOptions>, number]>([
    ['not at once for a TTL of 0', 0, {}, 1_000],
    ['not at once for a TTL that is too great to be one', 2 ** 32 - 1, {}, 1_000],
    ['not tomorrow for a TTL of a day, as SRV records may change before', 86_400, {}, 30_000],
    ['at the latest when told', 86_400, { maxTtlMs: 5_000 }, 5_000],
    ['at the earliest when told', 1, { minTtlMs: 9_000 }, 9_000],
    [
      'at the latest after a minute, where the TTL is all there is',
      86_400,
      { port: 80, host: '{service}-a.example.test' },
      60_000,
    ],
  ])('asks again %s', async (_, ttl, options, expected) => {
    server.tell(payments, records(srv('payments-a.example.test', 80)))
    server.tell('payments-a.example.test', records(a('payments-a.example.test', '192.0.2.1', ttl)))
    const timer = manualTimer()
    const watched = watchOf(registryOf({ timer, ...options }))

    await next(watched)
    void next(watched).catch(() => {})

    await expect.poll(() => timer.waits).toEqual([expected])
  })

  it('asks for what is not there every refresh', async () => {
    const timer = manualTimer()
    const watched = watchOf(registryOf({ timer, refreshMs: 4_000 }))
    const nothing = await next(watched)
    const coming = next(watched)
    await expect.poll(() => timer.waits).toEqual([4_000])

    server.tell(payments, records(srv('a.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1')))
    timer.advance(4_000)

    expect(nothing.instances).toEqual([])
    expect(hostsOf(await coming)).toEqual(['192.0.2.1'])
  })

  it('keeps the last answer as stale while the server is down, and freshens it when it is back', async () => {
    server.tell(payments, records(srv('a.example.test', 8080)))
    server.tell('a.example.test', records(a('a.example.test', '192.0.2.1', 5)))
    const timer = manualTimer()
    const random = { next: () => 0.5 }
    const watched = watchOf(registryOf({ timer, random, clock: fixedClock() }))
    const fresh = await next(watched)

    const coming = next(watched)
    await expect.poll(() => timer.waits).toEqual([5_000])
    await server.cut()
    timer.advance(5_000)
    const stale = await coming
    const mended = next(watched)
    await expect.poll(() => timer.waits).toEqual([100])
    await server.mend()
    timer.advance(100)

    expect(stale).toEqual({
      ...fresh,
      stale: true,
      trouble: expect.objectContaining({ type: 'RegistryUnavailable' }),
    })
    expect(await mended).toEqual(fresh)
  })

  it('tells the failure where it has no answer yet', async () => {
    await server.cut()
    const caller = new AbortController()

    const watched = registryOf({ timeoutMs: 300 }).watch('payments', caller)[Symbol.asyncIterator]()
    const told = await watched.next()

    expect(told.value).toMatchObject({ error: { type: 'RegistryUnavailable' } })
    await watched.return?.()
  })
})

describe('the registry of DNS, of hostile names', () => {
  it.each(['../etc', 'a/b', 'a b', '', 'a..b', '*', 'a\0b', 'x'.repeat(129), 'a\u0660'])(
    'refuses the service %j without asking',
    async (service) => {
      const found = await registryOf().get(service)

      expect(found.isErr() && found.error.type).toBe('ServiceNameInvalid')
      expect(server.asked).toEqual([])
    },
  )

  it.each<readonly [string, DnsRegistryOptions]>([
    ['is too long', { domain: `${'long.'.repeat(60)}test` }],
    ['has a part that is too long', { domain: `${'x'.repeat(64)}.test` }],
    ['has an empty part', { domain: 'a..test' }],
    ['is no text', { srv: () => 7 as unknown as string }],
  ])('refuses a service whose name in DNS %s', async (_, options) => {
    const found = await registryOf(options).get('payments')

    expect(found.isErr() && found.error.type).toBe('ServiceNameInvalid')
    expect(server.asked).toEqual([])
  })

  it('takes no registrations', async () => {
    const taken = await registryOf().register({ service: 'payments', host: '192.0.2.1', port: 80 })

    expect(taken.isErr() && taken.error).toMatchObject({ type: 'RegistrationInvalid', field: 'registry' })
  })
})

function registryOf(options: Partial<DnsRegistryOptions> = {}): ServiceRegistry {
  const registry = dnsRegistry({ domain: 'svc.example.test', servers: [server.address], ...options })
  open.push(registry)
  return registry
}

function watchOf(registry: ServiceRegistry): AsyncIterator<Result<Snapshot, RegistryFailure>> {
  return registry.watch('payments', new AbortController())[Symbol.asyncIterator]()
}

async function next(watched: AsyncIterator<Result<Snapshot, RegistryFailure>>): Promise<Snapshot> {
  const { value } = await watched.next()
  return orThrow(value)
}

function orThrow(found: Result<Snapshot, RegistryFailure>): Snapshot {
  return found._unsafeUnwrap()
}

function hostsOf({ instances }: Snapshot): readonly string[] {
  return instances.map(({ host }) => host)
}

function records(...told: Extract<Behaviour, { kind: 'records' }>['records']): Behaviour {
  return { kind: 'records', records: told }
}

function srv(target: string, port: number, { priority = 0, weight = 1 } = {}) {
  return { type: 'SRV', name: payments, ttl: 1, data: { priority, weight, port, target } } as const
}

function a(name: string, data: string, ttl = 60) {
  return { type: 'A', name, ttl, data } as const
}

function aaaa(name: string, data: string, ttl = 60) {
  return { type: 'AAAA', name, ttl, data } as const
}

function loggerInto(warnings: unknown[]) {
  const silent = () => {}
  return { debug: silent, info: silent, warn: (fields: object) => void warnings.push(fields), error: silent }
}
