import { orThrow } from '@ashlar/result'
import { type EtcdCluster, hasEtcd, startEtcd } from '@ashlar/test-etcd'
import { Etcd3 } from 'etcd3'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ServiceDiscovery } from '../discovery/service-discovery.ts'
import type { ServiceRegistration } from '../registry/service-registration.ts'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { Follower } from '../testing/follower.ts'
import { etcdRegistry } from './etcd-registry.ts'

let cluster: EtcdCluster
let opened: (() => unknown)[]
beforeEach(async () => {
  opened = []
  if (hasEtcd()) cluster = await startEtcd({ nodes: 3 })
})
afterEach(async () => {
  for (const close of opened) await close()
  await cluster?.close()
})

function client(endpoints = cluster.endpoints): ServiceRegistry {
  const registry = etcdRegistry({ endpoints, timeoutMs: 400, quietMs: 500 })
  opened.push(() => registry.close())
  return registry
}

function followed(registry: ServiceRegistry): Follower {
  const follower = new Follower(registry, 'orders')
  opened.push(() => follower.stop())
  return follower
}

function orders(number: number): ServiceRegistration {
  return { service: 'orders', host: '10.0.0.1', port: 8_000 + number, ttlMs: 2_000 }
}

/** Registers again and again, as one does whose registry is looking for a leader. */
async function registered(registry: ServiceRegistry, registration: ServiceRegistration) {
  for (;;) {
    const lease = await registry.register(registration)
    if (lease.isOk()) return lease.value
    expect(lease.error.type).toBe('RegistryUnavailable')
  }
}

/** Comes and goes again, when its time is over. */
async function registeredAndGone(registration: ServiceRegistration): Promise<void> {
  const follower = new Follower(client(), 'passing-by')
  const registry = client()
  await registered(registry, { ...registration, service: 'passing-by' })
  await follower.until(({ instances }) => instances.length === 1)
  await registry.close()
  await follower.until(({ instances }) => instances.length === 0)
  await follower.stop()
}

const elsewhere = '{"host":"10.9.9.9","port":9}'

async function post(endpoint: string, path: string, body: object): Promise<void> {
  const answer = await fetch(`${endpoint}/v3/${path}`, { method: 'POST', body: JSON.stringify(body) })
  expect(answer.status).toBe(200)
}

describe('three nodes of etcd', () => {
  // the contract's file says it loudly where there is no program, and fails under CI
  if (!hasEtcd()) return it('are not there', () => expect(process.env.CI).toBeUndefined())

  it('lose their leader while instances come, and nobody loses sight of one', async () => {
    const registry = client()
    const kept = await registered(registry, orders(0))
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)

    await cluster.kill(await cluster.leader())
    const later = await registered(registry, orders(1))
    const both = await follower.until(({ instances }) => instances.length === 2)

    expect(both.instances.map(({ port }) => port)).toEqual([8_000, 8_001])
    expect(follower.told.every(({ instances }) => instances.length >= 1)).toBe(true)
    expect(kept.state === 'held' || kept.state === 'lost').toBe(true)
    await Promise.all([kept.release(), later.release()])
  })

  it('keep leases over the change of the leader', async () => {
    const registry = client()
    const kept = await registered(registry, orders(0))
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)

    await cluster.kill(await cluster.leader())
    const beside = await registered(client(), { ...orders(1), ttlMs: 5_000 })
    await follower.until(({ instances }) => instances.length === 2)

    // the other one's whole time passes, and more than one of this one's
    await orThrow(beside.release())
    await follower.until(({ instances }) => instances.length === 1)
    expect(follower.last?.instances[0]?.port).toBe(8_000)
    await orThrow(kept.release())
  })

  it('let an instance go whose process is gone', async () => {
    const gone = client()
    await registered(gone, orders(0))
    const stays = await registered(client(), orders(1))
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 2)

    await gone.close()

    const left = await follower.until(({ instances }) => instances.length === 1)
    expect(left.instances[0]?.port).toBe(8_001)
    await orThrow(stays.release())
  })

  it('are asked one after the other where the first one hangs', async () => {
    const registry = client()
    const lease = await registered(registry, orders(0))
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)

    const leader = await cluster.leader()
    const hung = cluster.endpoints.findIndex((_, at) => at !== leader)
    cluster.stop(hung)
    const second = await registered(client(), orders(1))
    await follower.until(({ instances }) => instances.length === 2)
    cluster.resume(hung)

    expect(lease.state).not.toBe('released')
    await Promise.all([lease.release(), second.release()])
  })

  it('notice that a stream was cut off without a word', async () => {
    // this one knows a single member, which is stopped with all of its connections open
    const leader = await cluster.leader()
    const cut = cluster.endpoints.findIndex((_, at) => at !== leader)
    const other = cluster.endpoints.filter((_, at) => at !== cut)
    const follower = followed(client([cluster.endpoints[cut] as string, ...other]))
    await follower.until(({ instances }) => instances.length === 0)

    cluster.stop(cut)
    const lease = await registered(client(other), orders(0))

    const seen = await follower.until(({ instances }) => instances.length === 1)
    expect(seen.stale).toBe(false)
    cluster.resume(cut)
    await orThrow(lease.release())
  })

  it('are all stopped: what was known serves as stale, and is up to date again afterwards', async () => {
    const registry = client()
    const lease = await registered(registry, { ...orders(0), ttlMs: 60_000 })
    const discovery = new ServiceDiscovery({ registry: client() })
    opened.push(() => discovery.close())
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)
    await orThrow(discovery.snapshot('orders'))

    for (const at of cluster.endpoints.keys()) cluster.stop(at)
    await follower.until(({ stale }) => stale)
    const meanwhile = await discovery.getServiceEndpoint('orders')
    for (const at of cluster.endpoints.keys()) cluster.resume(at)

    await follower.until(({ stale }) => !stale)
    expect(meanwhile.isOk()).toBe(true)
    await orThrow(lease.release())
  })

  it.each<[string, (etcd: Etcd3, kv: { readonly key: string; readonly lease: string }) => unknown]>([
    ['the key away', (etcd, { key }) => etcd.delete().key(key)],
    ['the lease away', (_, { lease }) => post(cluster.endpoints[0] as string, 'lease/revoke', { ID: lease })],
    // the key does not go with our lease then
    ['the key for themselves, without a lease', (etcd, { key }) => etcd.put(key).value(elsewhere)],
    [
      'the value away, and leaves our lease',
      (etcd, { key, lease }) => etcd.put(key).value(elsewhere).lease(lease),
    ],
  ])('are told again what is there after somebody took %s', async (_, take) => {
    const lease = await registered(client(), orders(0))
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)
    const etcd = new Etcd3({ hosts: [...cluster.endpoints] })
    opened.push(() => etcd.close())
    const key = `/services/orders/${lease.instance.id}`
    const held = (await etcd.get(key).exec()).kvs[0]?.lease

    await take(etcd, { key, lease: `${held}` })
    await follower.until(({ instances }) => instances[0]?.port !== 8_000)
    const again = await follower.until(({ instances }) => instances[0]?.port === 8_000)

    expect(again.instances).toHaveLength(1)
    await orThrow(lease.release())
    expect((await etcd.get(key).exec()).kvs).toEqual([])
  })

  it('leave an id to the process that has registered it last', async () => {
    const [earlier, later] = [client(), client()]
    const ours = await registered(earlier, { ...orders(0), id: 'same' })
    const follower = followed(client())
    await follower.until(({ instances }) => instances[0]?.port === 8_000)

    const theirs = await registered(later, { ...orders(1), id: 'same' })
    await follower.until(({ instances }) => instances[0]?.port === 8_001)
    // several heartbeats of the first one, which looks after its key with each
    await registeredAndGone(orders(2))
    await orThrow(ours.release())
    await registeredAndGone(orders(2))

    const ports = follower.told.map(({ instances }) => instances[0]?.port)
    expect(ports.slice(ports.indexOf(8_001))).toEqual([8_001])
    await orThrow(theirs.release())
  })

  it('are left without a leader, which the one that is left says at once', async () => {
    const alone = etcdRegistry({ endpoints: cluster.endpoints.slice(0, 1), quietMs: 120_000 })
    opened.push(() => alone.close())
    const lease = await registered(client(), { ...orders(0), ttlMs: 60_000 })
    const follower = followed(alone)
    await follower.until(({ instances }) => instances.length === 1)

    await Promise.all([cluster.kill(1), cluster.kill(2)])
    const stale = await follower.until(({ stale }) => stale)
    await cluster.restart(1)
    const again = await follower.until(({ stale }) => !stale)

    expect([stale, again].map(({ instances }) => instances.length)).toEqual([1, 1])
    await orThrow(lease.release())
  })

  it('keep an instance whose time is shorter than the patience with a member that hangs', async () => {
    const registry = etcdRegistry({ endpoints: cluster.endpoints, timeoutMs: 60_000 })
    opened.push(() => registry.close())
    const lease = await registered(registry, { ...orders(0), ttlMs: 1_000 })
    const follower = followed(client())
    await follower.until(({ instances }) => instances.length === 1)

    // it has answered last, so that the next heartbeat goes there
    cluster.stop(0)
    const again = registeredAndGone(orders(3))
    await again
    await follower.until(({ instances, stale }) => !stale && instances.some(({ port }) => port === 8_000))
    cluster.resume(0)

    expect(lease.state).not.toBe('released')
    await orThrow(lease.release())
  })

  it('tell a foreign client what we wrote, and us what it wrote', async () => {
    const registry = client()
    const lease = await registered(registry, { ...orders(0), tags: ['größe'], zone: 'eu-1a' })
    const etcd = new Etcd3({ hosts: [...cluster.endpoints] })

    const ours = JSON.parse(String(await etcd.get(`/services/orders/${lease.instance.id}`)))
    await etcd.put('/services/orders/by-hand').value('{"host":"10.9.9.9","port":99}')
    await etcd.put('/services/orders/nonsense').value('{"host":"0.0.0.0","port":99}')
    await etcd.put('/services/orders-2/other').value('{"host":"10.9.9.8","port":98}')
    const follower = followed(client())
    const { instances } = await follower.until(({ instances }) => instances.length === 2)

    expect(ours).toMatchObject({ host: '10.0.0.1', port: 8_000, tags: ['größe'], zone: 'eu-1a' })
    expect(instances.map(({ id }) => id)).toEqual(['by-hand', lease.instance.id])
    etcd.close()
    await orThrow(lease.release())
  })
})
