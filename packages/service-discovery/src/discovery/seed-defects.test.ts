import { type ManualTimer, manualTimer } from '@ashlar/kernel/testing'
import { orThrow } from '@ashlar/result'
import { beforeEach, describe, expect, it } from 'vitest'
import { roundRobin } from '../balance/round-robin.ts'
import { weighted } from '../balance/weighted.ts'
import { zoneAware } from '../balance/zone-aware.ts'
import { consulRegistry } from '../consul/consul-registry.ts'
import { instancesOf } from '../consul/health-answer.ts'
import { InMemoryRegistry } from '../memory/in-memory-registry.ts'
import { parseRegistration } from '../registry/service-registration.ts'
import { ScriptedRegistry } from '../testing/scripted-registry.ts'
import { ServiceDiscovery } from './service-discovery.ts'

const a = { id: 'a', host: '10.0.0.1', port: 80 }
const b = { id: 'b', host: '10.0.0.2', port: 80 }
const c = { id: 'c', host: '10.0.0.3', port: 80 }
const orders = { service: 'orders', ...a }
const random = { next: () => 0 }

let timer: ManualTimer
let registry: ScriptedRegistry
beforeEach(() => {
  timer = manualTimer()
  registry = new ScriptedRegistry()
  registry.tell('orders', [a, b, c])
})

/** Lets microtasks pass until nobody does anything but wait. */
async function settled(): Promise<void> {
  for (let turns = 0; turns < 50; turns++) await Promise.resolve()
}

async function chosenOf(discovery: ServiceDiscovery, times: number): Promise<string> {
  let ids = ''
  for (let time = 0; time < times; time++)
    ids += (await discovery.getServiceEndpoint('orders'))._unsafeUnwrap().instanceId
  return ids
}

describe('a service discovery', () => {
  it('1: that says round robin goes round', async () => {
    await using discovery = new ServiceDiscovery({ registry, timer, random, balancer: roundRobin() })

    expect(await chosenOf(discovery, 9)).toBe('abcabcabc')
  })

  it('2: asks nobody anything for each choice', async () => {
    let gets = 0
    const { get } = registry
    Object.assign(registry, {
      get: (...asked: Parameters<typeof get>) => {
        gets++
        return get.apply(registry, asked)
      },
    })
    await using discovery = new ServiceDiscovery({ registry, timer })

    await chosenOf(discovery, 1_000)

    expect([registry.watches, gets]).toEqual([1, 0])
  })

  it('3: tells nobody there from nobody to ask', async () => {
    registry.tell('orders', [])
    await using empty = new ServiceDiscovery({ registry, timer })
    const none = (await empty.getServiceEndpoint('orders'))._unsafeUnwrapErr()
    registry.fail()
    await using blind = new ServiceDiscovery({ registry, timer })
    const unknown = (await blind.getServiceEndpoint('orders'))._unsafeUnwrapErr()

    expect([none.type, unknown.type]).toEqual(['NoInstances', 'RegistryUnavailable'])
  })

  it('4: takes the address of the machine where the service has none', () => {
    const entry = {
      Node: { Node: 'n1', Address: '10.0.0.9' },
      Service: {
        ID: 'a',
        Service: 'orders',
        Address: '',
        Port: 80,
        Tags: [],
        Meta: {},
        Weights: { Passing: 1 },
      },
      Checks: [],
    }

    expect(instancesOf('orders', [entry], () => {}).map(({ host }) => host)).toEqual(['10.0.0.9'])
  })

  it('5: heeds weights and zones', async () => {
    registry.tell('orders', [
      { ...a, weight: 3, zone: 'far' },
      { ...b, zone: 'near' },
      { ...c, zone: 'near' },
    ])
    await using heavy = new ServiceDiscovery({ registry, timer, random, balancer: weighted() })
    const near = { registry, timer, random, balancer: zoneAware(roundRobin(), { zone: 'near' }) }
    await using close = new ServiceDiscovery(near)

    const share = [...(await chosenOf(heavy, 2_000))].filter((id) => id === 'a').length / 2_000
    expect([share > 0.55, share < 0.65]).toEqual([true, true])
    expect(await chosenOf(close, 4)).not.toContain('a')
  })

  it('6: lets a service say how its health is asked for, over TLS too', () => {
    const check = { kind: 'http', path: '/ready', isSecure: true } as const

    expect(parseRegistration({ ...orders, check })._unsafeUnwrap().check).toEqual(check)
  })

  it('7: takes services that say themselves that they live', async () => {
    await using memory = new InMemoryRegistry({ timer })
    await using discovery = new ServiceDiscovery({ registry: memory, timer })

    const lease = (await discovery.registerService({ ...orders, ttlMs: 3_000 }))._unsafeUnwrap()
    for (let seconds = 0; seconds < 60; seconds++) {
      timer.advance(1_000)
      await settled()
    }

    expect([lease.state, (await discovery.checkHealth('orders'))._unsafeUnwrap().isHealthy]).toEqual([
      'held',
      true,
    ])
  })

  it('8: drains and takes out what it has registered, when it ends', async () => {
    await using memory = new InMemoryRegistry({ timer })
    const discovery = new ServiceDiscovery({ registry: memory, timer })
    await orThrow(discovery.registerService(orders))
    const healths = async () =>
      (await memory.get('orders'))._unsafeUnwrap().instances.map(({ health }) => health)

    await discovery.drain()
    expect(await healths()).toEqual(['draining'])
    await discovery.close()

    expect(await healths()).toEqual([])
  })

  it('9: is known again by itself after an outage of any length', async () => {
    await using memory = new InMemoryRegistry({ timer })
    await using discovery = new ServiceDiscovery({ registry: memory, timer })
    const lease = (await discovery.registerService({ ...orders, ttlMs: 3_000 }))._unsafeUnwrap()
    // nobody beats for an hour, so that the registry has forgotten it
    const paused = (await memory.get('orders'))._unsafeUnwrap().instances.length
    timer.advance(3_600_000)
    expect((await memory.get('orders'))._unsafeUnwrap().instances).toEqual([])
    await settled()
    timer.advance(1_000)
    await settled()

    expect([paused, lease.state]).toEqual([1, 'held'])
    expect((await memory.get('orders'))._unsafeUnwrap().instances.length).toBe(1)
  })

  it('10: counts an instance as well only where all of its checks are', () => {
    const entry = (...statuses: readonly string[]) => ({
      Node: { Node: 'n1', Address: '10.0.0.9' },
      Service: {
        ID: statuses.join('-'),
        Service: 'orders',
        Address: '10.0.0.1',
        Port: 80,
        Tags: [],
        Meta: {},
      },
      Checks: statuses.map((Status, at) => ({ CheckID: `c${at}`, Status, Name: 'check', ServiceID: '' })),
    })
    const entries = [entry('passing', 'passing'), entry('passing', 'warning'), entry('passing', 'critical')]

    const healths = instancesOf('orders', entries, () => {}).map(({ health }) => health)

    expect([...healths].sort()).toEqual(['critical', 'passing', 'warning'])
  })

  it('11: can be called off', async () => {
    await using discovery = new ServiceDiscovery({ registry, timer })
    const signal = AbortSignal.abort('enough')

    await expect(discovery.getServiceEndpoint('orders', { signal })).rejects.toBe('enough')
    await expect(discovery.checkHealth('orders', { signal })).rejects.toBe('enough')
  })

  it('12, 13: shows its token, and names its datacenter and how fresh an answer it wants', async () => {
    const asked: string[] = []
    const fetch: typeof globalThis.fetch = async (url, init) => {
      const token = new Headers(init?.headers).get('x-consul-token')
      const { pathname, searchParams } = new URL(String(url))
      asked.push(`${token} ${pathname} ${[...searchParams.keys()].sort()} ${searchParams.get('dc')}`)
      return Response.json([], { headers: { 'x-consul-index': '1' } })
    }
    await using consul = consulRegistry({
      token: 'secret',
      datacenter: 'eu',
      consistency: 'consistent',
      fetch,
    })

    expect((await consul.get('orders')).isOk()).toBe(true)

    expect(asked).toEqual(['secret /v1/health/service/orders consistent,dc eu'])
  })

  it('14: goes on calling where one instance fails, and asks it less', async () => {
    await using discovery = new ServiceDiscovery({ registry, timer, random, balancer: roundRobin() })
    const client = discovery.serviceClient('orders')
    let failures = 0
    const call = () =>
      client.execute(
        ({ id }) => {
          if (id === 'a') throw new Error(`failure ${++failures}`)
          return id
        },
        { isIdempotent: true },
      )

    const answers: boolean[] = []
    for (let calls = 0; calls < 100; calls++) answers.push((await call()).isOk())

    expect([answers.every(Boolean), failures]).toEqual([true, 5])
  })

  it('15: tells each attempt to those who measure', async () => {
    const names: string[] = []
    const span = { setAttribute: () => {}, setAttributes: () => {}, recordException: () => {} }
    const noting = {
      startActiveSpan: (name: string, ...rest: readonly unknown[]) => {
        names.push(name)
        const run = rest.at(-1) as (span: unknown) => unknown
        return run({ ...span, setStatus: () => {}, end: () => {} })
      },
    }
    await using discovery = new ServiceDiscovery({ registry, timer, telemetry: { tracer: noting as never } })

    await orThrow(discovery.serviceClient('orders').execute(({ id }) => id))

    expect(names.length).toBe(1)
  })

  it('16: tells why it could not register or find, and throws neither', async () => {
    await using discovery = new ServiceDiscovery({ registry, timer })

    const registered = await discovery.registerService({ ...orders, host: '0.0.0.0' })
    const found = await discovery.getServiceEndpoint('nobody')

    expect([registered._unsafeUnwrapErr().type, found._unsafeUnwrapErr().type]).toEqual([
      'RegistrationInvalid',
      'NoInstances',
    ])
  })
})
