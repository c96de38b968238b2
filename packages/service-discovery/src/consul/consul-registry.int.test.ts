import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { Follower } from '../testing/follower.ts'
import { registryContract } from '../testing/registry-contract.ts'
import type { RegistryProbe } from '../testing/registry-probe.ts'
import { consulRegistry } from './consul-registry.ts'
import type { ConsulRegistryOptions } from './consul-registry-options.ts'
import { ConsulDouble } from './double/consul-double.ts'

/** Registries of one agent, closed together. */
function registriesOf(options: ConsulRegistryOptions) {
  const registries: ServiceRegistry[] = []
  const open = () => {
    const registry = consulRegistry(options)
    registries.push(registry)
    return registry
  }
  const close = async () => {
    await Promise.all(registries.map((registry) => registry.close()))
  }
  return { open, close }
}

registryContract('consul, by the double', async (): Promise<RegistryProbe> => {
  const consul = await ConsulDouble.start()
  const { open, close } = registriesOf({ url: consul.url })
  return {
    registry: open(),
    canRegister: true,
    other: async () => open(),
    cut: () => consul.cut(),
    mend: () => consul.mend(),
    forget: async () => consul.restart(),
    async close() {
      await close()
      await consul.stop()
    },
  }
})

const { CONSUL_HTTP_ADDR, CONSUL_HTTP_TOKEN } = process.env
if (CONSUL_HTTP_ADDR !== undefined)
  registryContract('consul, a living one', async (): Promise<RegistryProbe> => {
    const url = CONSUL_HTTP_ADDR.includes('://') ? CONSUL_HTTP_ADDR : `http://${CONSUL_HTTP_ADDR}`
    const headers: Record<string, string> =
      CONSUL_HTTP_TOKEN === undefined ? {} : { 'x-consul-token': CONSUL_HTTP_TOKEN }
    const services = await fetch(new URL('/v1/agent/services', url), { headers })
    for (const [id, { Service }] of Object.entries(
      (await services.json()) as Record<string, { Service: string }>,
    ))
      if (Service === 'orders' || Service === 'beside')
        await fetch(new URL(`/v1/agent/service/deregister/${id}`, url), { method: 'PUT', headers })
    const { open, close } = registriesOf(
      CONSUL_HTTP_TOKEN === undefined ? { url } : { url, token: CONSUL_HTTP_TOKEN },
    )
    return { registry: open(), canRegister: true, other: async () => open(), close }
  })

describe('consulRegistry', () => {
  let consul: ConsulDouble
  let registries: ReturnType<typeof registriesOf>
  let registry: ServiceRegistry
  beforeEach(async () => {
    consul = await ConsulDouble.start({ nodeAddress: '10.9.8.7', nodeMeta: { zone: 'eu-1a' } })
    registries = registriesOf({ url: consul.url })
    registry = registries.open()
  })
  afterEach(async () => {
    await registries.close()
    await consul.stop()
  })

  const orders: ServiceRegistration = { service: 'orders', host: '127.0.0.1', port: 8_001 }
  const ordersNow = async () => (await registry.get('orders'))._unsafeUnwrap().instances
  const raw = async (path: string) => (await fetch(`${consul.url}/v1/${path}`)).json()
  const put = (path: string, body?: object) =>
    fetch(`${consul.url}/v1/${path}`, {
      method: 'PUT',
      body: body === undefined ? null : JSON.stringify(body),
    })

  it('takes the address, the machine and the zone of the agent where an instance has none', async () => {
    await put('agent/service/register', { Name: 'orders', Port: 80 })

    expect(await ordersNow()).toMatchObject([
      { id: 'orders', host: '10.9.8.7', port: 80, node: 'node-1', zone: 'eu-1a', tags: [], metadata: {} },
    ])
  })

  it("goes by the instance's zone before that of its machine, and keeps it out of the metadata", async () => {
    const registering = registry.register({ ...orders, zone: 'us-2', metadata: { version: '1' } })
    ;(await registering)._unsafeUnwrap()

    const [instance] = await ordersNow()
    expect(instance?.zone).toBe('us-2')
    expect({ ...instance?.metadata }).toEqual({ version: '1' })
  })

  it.each([
    ['node-2', 'service:orders', 'warning', 'warning', 2],
    ['node-2', 'service:orders', 'critical', 'critical', 9],
    ['node-2', 'serfHealth', 'critical', 'critical', 9],
    ['node-2', 'serfHealth', 'warning', 'warning', 2],
  ] as const)('folds the check %s %s, %s', async (node, check, status, health, weight) => {
    consul.place({ node, service: 'orders', port: 1, weights: { Passing: 9, Warning: 2 } })

    consul.setCheck(node, check, status)

    expect(await ordersNow()).toMatchObject([{ health, weight }])
  })

  it('takes maintenance of an instance and of its machine for draining, unless it is dead', async () => {
    await put('agent/service/register', {
      Name: 'orders',
      Port: 80,
      Check: { TTL: '60s', Status: 'passing' },
    })
    const health = async () => (await ordersNow()).map(({ health }) => health).join()

    await put('agent/maintenance?enable=true')
    const node = await health()
    await put('agent/maintenance?enable=false')
    await put('agent/service/maintenance/orders?enable=true')
    const service = await health()
    await put('agent/check/fail/service:orders')

    expect([node, service, await health()]).toEqual(['draining', 'draining', 'critical'])
  })

  it('gives each its own id where two machines have the same', async () => {
    consul.place({ node: 'node-2', id: 'same', service: 'orders', port: 1 })
    consul.place({ node: 'node-3', id: 'same', service: 'orders', port: 2 })
    consul.place({ node: 'node-3', id: 'own', service: 'orders', port: 3 })

    expect((await ordersNow()).map(({ id }) => id)).toEqual(['same@node-2', 'own', 'same@node-3'])
  })

  it('leaves out whom nobody could reach', async () => {
    consul.place({ node: 'node-2', id: 'a', service: 'orders', port: 0 })
    consul.place({ node: 'node-2', id: 'b', service: 'orders', port: 70_000 })
    consul.place({ node: 'node-2', id: 'c', service: 'orders', port: 1, address: 'user:pass@evil' })
    consul.place({ node: 'node-2', id: 'd', service: 'orders', port: 1, address: '0.0.0.0' })
    consul.place({ node: 'node-2', id: 'e', service: 'orders', port: 1 })

    expect((await ordersNow()).map(({ id }) => id)).toEqual(['e'])
  })

  it.each([
    [{ kind: 'http', path: '/ready' }, 'http'],
    [{ kind: 'tcp', intervalMs: 2_000, timeoutMs: 500 }, 'tcp'],
    [{ kind: 'grpc', serviceName: 'orders.v1' }, 'grpc'],
  ] as const)('lets the agent ask by %j', async (check, type) => {
    const lease = (await registry.register({ ...orders, id: 'o', check }))._unsafeUnwrap()

    expect(await raw('agent/checks')).toMatchObject({ 'service:o': { Type: type, Status: 'passing' } })
    expect(await ordersNow()).toMatchObject([{ health: 'passing' }])
    ;(await lease.release())._unsafeUnwrap()
    expect(await ordersNow()).toEqual([])
  })

  it('registers again what the agent asks about and has forgotten', async () => {
    ;(await registry.register({ ...orders, ttlMs: 1_000, check: { kind: 'tcp' } }))._unsafeUnwrap()
    const follower = new Follower(registry, 'orders')
    await follower.until(({ instances }) => instances.length === 1)

    consul.restart()
    await follower.until(({ instances, stale }) => stale || instances.length === 0)

    expect((await follower.until(({ instances, stale }) => !stale && instances.length === 1)).stale).toBe(
      false,
    )
    await follower.stop()
  })

  it('goes on draining after the agent has forgotten', async () => {
    const lease = (await registry.register({ ...orders, ttlMs: 1_000 }))._unsafeUnwrap()
    ;(await lease.drain())._unsafeUnwrap()
    const follower = new Follower(registry, 'orders')
    await follower.until(({ instances }) => instances[0]?.health === 'draining')

    consul.restart()
    await follower.until(({ instances, stale }) => stale || instances.length === 0)
    await follower.until(({ instances, stale }) => !stale && instances[0]?.health === 'draining')
    await follower.stop()

    expect(follower.told.flatMap(({ instances }) => instances.map(({ health }) => health))).not.toContain(
      'passing',
    )
  })

  it('ends the maintenance that one of the same id has left behind', async () => {
    const old = (await registry.register({ ...orders, id: 'o' }))._unsafeUnwrap()
    ;(await old.drain())._unsafeUnwrap()

    ;(await registries.open().register({ ...orders, id: 'o' }))._unsafeUnwrap()

    expect(await ordersNow()).toMatchObject([{ health: 'passing' }])
  })

  it('releases what the agent does not know', async () => {
    const lease = (await registry.register(orders))._unsafeUnwrap()
    consul.restart()

    expect((await lease.release()).isOk()).toBe(true)
  })

  it('tells the agent when to take out the dead', async () => {
    const told: string[] = []
    const listening: typeof fetch = (input, init) => {
      told.push(String(init?.body))
      return fetch(input, init)
    }
    const other = consulRegistry({ url: consul.url, deregisterCriticalAfterMs: 90_000, fetch: listening })

    ;(await other.register(orders))._unsafeUnwrap()
    await other.close()

    expect(JSON.parse(told[0] ?? '')).toMatchObject({
      Check: { TTL: '15000ms', Status: 'passing', DeregisterCriticalServiceAfter: '90000ms' },
    })
  })

  it.each<[string, Partial<ServiceRegistration>]>([
    ['metadata', { metadata: Object.fromEntries(Array.from({ length: 65 }, (_, at) => [`k${at}`, ''])) }],
    ['metadata', { metadata: { 'two words': '' } }],
    ['metadata', { metadata: { 'consul-x': '' } }],
    ['metadata.big', { metadata: { big: 'ä'.repeat(300) } }],
    ['metadata.zone', { metadata: { zone: 'a' }, zone: 'b' }],
    ['check.path', { check: { kind: 'http', path: '@evil/' } }],
    ['check.intervalMs', { check: { kind: 'tcp', intervalMs: 0 } }],
    ['check.timeoutMs', { check: { kind: 'tcp', timeoutMs: Number.NaN } }],
    ['check.serviceName', { check: { kind: 'grpc', serviceName: 'a/b' } }],
    ['check.kind', { check: { kind: 'pigeon' } as never }],
  ])('refuses a registration by its %s, as Consul would', async (field, wrong) => {
    const failure = (await registry.register({ ...orders, ...wrong }))._unsafeUnwrapErr()

    expect(failure).toMatchObject({ type: 'RegistrationInvalid', field })
    expect(await ordersNow()).toEqual([])
  })

  it('asks for the datacenter, the namespace and the consistency that it is told', async () => {
    const asked: URL[] = []
    const listening: typeof fetch = (input, init) => {
      asked.push(new URL(String(input)))
      return fetch(input, init)
    }
    const other = consulRegistry({
      url: `${consul.url}/`,
      datacenter: 'dc2',
      namespace: 'team',
      consistency: 'consistent',
      fetch: listening,
    })

    ;(await other.get('orders'))._unsafeUnwrap()
    await other.close()

    expect(asked.map(({ search }) => search)).toEqual(['?consistent=&dc=dc2&ns=team'])
  })

  it.each<[string, ConsulRegistryOptions]>([
    ['url', { url: 'ftp://127.0.0.1' }],
    ['url', { url: 'no url with s3cret' }],
    ['url', { url: 'http://127.0.0.1:8500/?token=s3cret' }],
    ['token', { token: '' }],
    ['token', { token: 's3cret\n' }],
    ['datacenter', { datacenter: 'a/b' }],
    ['namespace', { namespace: '' }],
    ['consistency', { consistency: 'eventual' as never }],
    ['waitMs', { waitMs: 600_001 }],
    ['timeoutMs', { timeoutMs: 0 }],
    ['maxBytes', { maxBytes: Number.NaN }],
    ['deregisterCriticalAfterMs', { deregisterCriticalAfterMs: 59_999 }],
  ])('refuses a bad option %s, and shows no secret', (option, options) => {
    expect(() => consulRegistry(options)).toThrow(RangeError)
    expect(() => consulRegistry(options)).toThrow(new RegExp(`^option "${option}" must be (?!.*s3cret)`))
  })
})
