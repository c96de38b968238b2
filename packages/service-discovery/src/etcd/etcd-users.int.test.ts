import { type EtcdCluster, hasEtcd, startEtcd } from '@ashlar/test-etcd'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServiceRegistry } from '../registry/service-registry.ts'
import { Follower } from '../testing/follower.ts'
import { etcdRegistry } from './etcd-registry.ts'
import type { EtcdRegistryOptions } from './etcd-registry-options.ts'

const shop = { username: 'shop', password: 'secret-word' }
const orders = { service: 'orders', host: '10.0.0.1', port: 8_001, ttlMs: 2_000 }

describe('an etcd that knows its users', () => {
  // the contract's file says it loudly where there is no program, and fails under CI
  if (!hasEtcd()) return it('is not there', () => expect(process.env.CI).toBeUndefined())

  let cluster: EtcdCluster
  let opened: (() => unknown)[]
  let rootToken: string
  const admin = async (path: string, body: object): Promise<string> => {
    const headers: Record<string, string> = rootToken === '' ? {} : { authorization: rootToken }
    const init = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${cluster.endpoints[0]}/v3/auth/${path}`, init)
    const text = await answer.text()
    expect(text).not.toContain('error')
    return text
  }
  const becomeRoot = async () => {
    rootToken = ''
    const said = await admin('authenticate', { name: 'root', password: 'root' })
    rootToken = (JSON.parse(said) as { readonly token: string }).token
  }
  const client = (options: Partial<EtcdRegistryOptions> = {}): ServiceRegistry => {
    const registry = etcdRegistry({ endpoints: cluster.endpoints, quietMs: 300, ...options })
    opened.push(() => registry.close())
    return registry
  }
  beforeEach(async () => {
    opened = []
    rootToken = ''
    cluster = await startEtcd()
    for (const name of ['root', 'shop', 'stranger'])
      await admin('user/add', { name, password: name === 'root' ? 'root' : shop.password })
    const [key, range_end] = ['/services/', '/services0'].map((text) => btoa(text))
    await admin('role/add', { name: 'services' })
    await admin('role/grant', { name: 'services', perm: { permType: 'READWRITE', key, range_end } })
    await admin('user/grant', { user: 'root', role: 'root' })
    await admin('user/grant', { user: 'shop', role: 'services' })
    await admin('enable', {})
    await becomeRoot()
  })
  afterEach(async () => {
    for (const close of opened) await close()
    await cluster?.close()
  })

  it('knows ours, who registers, follows and releases', async () => {
    const follower = new Follower(client(shop), 'orders')
    opened.push(() => follower.stop())

    const lease = (await client(shop).register(orders))._unsafeUnwrap()
    await follower.until(({ instances }) => instances.length === 1)
    const released = await lease.release()

    expect(released.isOk()).toBe(true)
    expect((await follower.until(({ instances }) => instances.length === 0)).stale).toBe(false)
  })

  it.each<[string, Partial<EtcdRegistryOptions>]>([
    ['nobody', {}],
    ['one with a wrong password', { ...shop, password: 'wrong-word' }],
    ['one without the rights', { ...shop, username: 'stranger' }],
  ])('refuses %s', async (_, user) => {
    const registry = client(user)

    const failures = [
      (await registry.get('orders'))._unsafeUnwrapErr(),
      (await registry.register(orders))._unsafeUnwrapErr(),
    ]

    expect(failures.map(({ type }) => type)).toEqual(['RegistryDenied', 'RegistryDenied'])
    expect(JSON.stringify(failures)).not.toContain('-word')
  })

  it('refuses tokens from before a change of rights, and gives new ones', async () => {
    const registry = client(shop)
    ;(await registry.get('orders'))._unsafeUnwrap()

    await admin('user/add', { name: 'another', password: 'another' })

    expect((await registry.get('orders'))._unsafeUnwrap().instances).toEqual([])
  })

  it('takes rights away in the middle of a watch: the last instances serve as stale', async () => {
    const registry = client(shop)
    ;(await registry.register(orders))._unsafeUnwrap()
    const follower = new Follower(client(shop), 'orders')
    opened.push(() => follower.stop())
    await follower.until(({ instances }) => instances.length === 1)

    await admin('user/revoke', { name: 'shop', role: 'services' })

    const { trouble, instances } = await follower.until(({ stale }) => stale)
    expect([trouble?.type, instances.length]).toEqual(['RegistryDenied', 1])
  })

  it('goes on with a name and a password where it knows no users any more', async () => {
    const registry = client(shop)
    ;(await registry.get('orders'))._unsafeUnwrap()

    await admin('disable', {})

    expect((await registry.get('orders')).isOk()).toBe(true)
    expect((await client(shop).get('orders')).isOk()).toBe(true)
  })
})
